/**
 * Messages between the controller (main thread) and its workers. Everything goes through the
 * controller, which keeps what is not yet acknowledged, so that a replaced worker loses nothing.
 * @module
 */
import type { Anomaly, Followup } from "../detect/anomaly.ts";
import type { Config } from "../config/types.ts";
import type { MetricsAnswer, MetricsRequest } from "../evidence/host_metrics.ts";
import type { StuckChild } from "../evidence/stuck.ts";
import type { ProbeHandles } from "../probe/smb/handles.ts";
import type { FromEventLog, ToEventLog } from "./event_log/messages.ts";
import type { QueueBuffers } from "./event_queues.ts";
import type { FromPlatform, ToPlatform } from "./platform/messages.ts";

/** The workers, by the name their thread carries. */
export type WorkerRole = "dispatcher" | "watcher" | "collector" | "event_log" | "platform";

/** First message to every worker. */
export interface StartMessage extends QueueBuffers {
  /** Tells it from the other messages. */
  kind: "start";
  /** In force. */
  config: Config;
  /** null until cifs is there and the probe is attached. */
  probe: ProbeHandles | null;
  /** For the collector: children that one before it left behind. */
  stuck?: readonly StuckChild[];
  /** Shared counters and heartbeats, see control.ts. */
  control: SharedArrayBuffer;
}

/** What the controller sends. */
export type ToWorker =
  | StartMessage
  | ToEventLog
  | ToPlatform
  | { kind: "config"; config: Config }
  | { kind: "probe"; probe: ProbeHandles | null }
  | { kind: "anomaly"; anomaly: Anomaly }
  | { kind: "followup"; followup: Followup }
  /** What the collector asked for, by its number; or why there is nothing. */
  | { kind: "metrics"; id: number; answer: MetricsAnswer | string }
  /** A hang has replaced the event queue; for whoever reads its ledger. */
  | { kind: "queues" } & QueueBuffers
  /** Finish what is under way, flush, answer `stopped`. */
  | { kind: "drain" };

/** What a worker sends. */
export type FromWorker =
  | FromEventLog
  | FromPlatform
  | { kind: "ready" }
  | { kind: "log"; level: "DEBUG" | "INFO" | "WARNING" | "ERROR"; text: string }
  | { kind: "anomaly"; anomaly: Anomaly }
  | { kind: "followup"; followup: Followup }
  /** The collector has accepted an anomaly (its directory exists): the controller forgets it. */
  | { kind: "accepted"; id: string }
  | { kind: "sealed"; id: string; path: string; bytes: number; verdict: string }
  /** The collector asks for the host's metrics, for a bundle. */
  | { kind: "ask_metrics"; id: number; request: MetricsRequest }
  /** An action's child outlived SIGKILL and was left. */
  | { kind: "stuck"; child: StuckChild }
  /** Offences per anomaly since the last such message. */
  | { kind: "violations"; counts: Record<string, number> }
  | { kind: "audit"; event: string; fields: Record<string, unknown> }
  | { kind: "stopped" };
