/**
 * What a controller is made of.
 * @module
 */
import type { Config } from "../config/types.ts";
import type { RunPaths } from "../os/paths.ts";
import type { SdNotify } from "../os/sd_notify.ts";
import type { Syslog } from "../os/syslog.ts";
import type { WorkerRole } from "./messages.ts";
import type { Logger } from "./log.ts";
import type { ControllerParts } from "./parts.ts";

/** Heartbeats, the probe and the space watcher are looked at this often. */
export const TICK_MS = 1000;
/** The start waits so long for the workers. */
export const READY_MS = 5_000;
/** A snapshot's bundle is waited for this long. */
export const SNAPSHOT_MS = 150_000;
/** Time of each role to drain; 10 s in all is the promise. */
export const DRAIN_MS: Record<WorkerRole, number> = {
  dispatcher: 2500,
  watcher: 1500,
  collector: 5500,
  // Beside the others.
  event_log: 5000,
  platform: 4000,
};

/** What the controller works with. */
export interface ControllerOptions {
  /** In force at the start. */
  config: Config;
  /** The file to read again on a reload; null for the embedded default. */
  configPath: string | null;
  /** Without self-metrics. */
  minimal: boolean;
  /** Socket, lock and state. */
  paths: RunPaths;
  /** What it is made of. */
  parts: ControllerParts;
  /** Log on stderr. */
  log: Logger;
  /** System log. */
  syslog: Syslog;
  /** Service manager. */
  notify: SdNotify;
  /** Called when the agent can go on no longer and must end with this code. */
  fatal: (code: number) => void;
}
