/**
 * What `aod status` tells: one plain object, made when asked for.
 * @module
 */
import { type LoadedProgram, loadedPrograms } from "../bpf/loaded_programs.ts";
import type { PassReport } from "../evidence/space_watcher.ts";
import { AOD_VERSION } from "../os/build_info.ts";
import type { ActionStatistics } from "./action_stats.ts";
import type { SealedInfo } from "./bundles.ts";
import { type ControlBlock, quantile } from "./control.ts";
import { SUMMARIES } from "./control_names.ts";
import type { EventLogStatus } from "./event_log/status.ts";
import type { Ledger } from "./ledger.ts";
import type { PlatformStatus } from "./platform/status.ts";
import type { ProbeStatus } from "./probe_manager.ts";
import type { ComponentStatus } from "./supervisor_options.ts";

/** Figures of one summary; units are in its name. */
export interface SummaryFigures {
  /** Observations. */
  count: number;
  /** Their mean. */
  mean: number;
  /** Upper bounds of the log2 buckets in which the quantiles lie. */
  p50: number;
  /** Upper bound of its bucket. */
  p99: number;
  /** The largest. */
  max: number;
}

/** What `aod status --json` prints. */
export interface AgentStatus {
  /** Of the program. */
  version: string;
  /** Process id. */
  pid: number;
  /** ISO 8601. */
  started_at: string;
  /** Since the start. */
  uptime_sec: number;
  /** The file, or "embedded default". */
  config: string;
  /** Where bundles go. */
  output_dir: string;
  /** Without self-metrics. */
  minimal: boolean;
  /** Resident memory. */
  rss_bytes: number;
  /** BPF programs of every part that are loaded now. */
  programs: LoadedProgram[];
  /** The kernel side. */
  probe: ProbeStatus;
  /** Workers and what restarted them. */
  components: ComponentStatus[];
  /** Per second over the last minute; empty with `--minimal`. */
  rates: Record<string, number>;
  /** Batch sizes and times. */
  summaries: Record<string, SummaryFigures>;
  /** Quick actions by name. */
  actions: Record<string, ActionStatistics>;
  /** Offences per anomaly since the start. */
  violations: Record<string, number>;
  /** In and out at every hop. */
  ledger: Ledger;
  /** Every counter by name. */
  counters: Record<string, number>;
  /** What was sealed since the start. */
  bundles: { sealed: number; bytes: number; recent: SealedInfo[] };
  /** The kernel event log. */
  event_log: EventLogStatus;
  /** The host monitoring platform. */
  platform: PlatformStatus;
  /** The last pass of the space watcher; null before the first. */
  space: PassReport | null;
}

/** Figures of every summary that has seen something. */
export function summaryFigures(control: ControlBlock): Record<string, SummaryFigures> {
  const figures: Record<string, SummaryFigures> = {};
  for (const name of SUMMARIES) {
    const summary = control.summary(name);
    if (summary.count === 0) continue;
    figures[name] = {
      count: summary.count,
      mean: Math.round((summary.sum / summary.count) * 1000) / 1000,
      p50: quantile(summary, 0.5),
      p99: quantile(summary, 0.99),
      max: summary.max,
    };
  }
  return figures;
}

/** The parts of the status that the process itself knows. */
export function processFigures(): Pick<AgentStatus, "version" | "pid" | "rss_bytes" | "programs"> {
  const rss_bytes = Deno.memoryUsage().rss;
  return { version: AOD_VERSION, pid: Deno.pid, rss_bytes, programs: loadedPrograms() };
}

/** One line for the service manager. */
export function statusLine(probe: ProbeStatus, anomalies: number, sealed: number): string {
  const watching = probe.state === "attached"
    ? `watching by ${probe.mode}`
    : `not watching: ${probe.reason}`;
  return `${watching}; ${anomalies} anomalies, ${sealed} bundles`;
}
