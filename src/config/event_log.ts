/**
 * The effective configuration of the kernel event log.
 * @module
 */
import { join } from "node:path";

/** Whose events are logged: all that are given must hold. */
export interface EventLogFilters {
  /** Thread groups; none: every process. */
  pid: number[];
  /** With `pid`: what they start as well. */
  follow_children: boolean;
  /** Real user id. */
  uid: number | null;
  /** Name of the thread. */
  comm: string | null;
  /** Directory of a cgroup v2; those below it belong to it. */
  cgroup: string | null;
  /** Absolute path that files lie below. */
  path_prefix: string | null;
}

/** `event_log` with every default filled in. */
export interface EventLogConfig {
  /** Off unless asked for. */
  enabled: boolean;
  /** Names of event types (names/log_events.ts), `types` without `exclude`, in the table's order. */
  types: string[];
  /** Applied in the kernel. */
  filters: EventLogFilters;
  /** How events are written. */
  format: "json" | "text" | "origin";
  /** Absolute and normal; null: below `aod_output_dir`, see {@linkcode eventLogPath}. */
  output: string | null;
  /** A new file begins before one gets longer, in 2^20 bytes; 0: never. */
  rotate_mb: number;
  /** A new file begins after this; 0: never. */
  rotate_sec: number;
  /** Rotated files that stay. */
  keep: number;
  /** Rotated files are compressed. */
  compress: boolean;
  /** When the disk is waited for. */
  fsync: "never" | "rotate" | "interval";
  /** Power of two. */
  ring_size_kb: number;
  /** What is above is counted as dropped; 0: no limit. */
  max_events_per_sec: number;
  /** The log stops while the file system of `output` has less free, in 2^20 bytes. */
  min_free_mb: number;
}

const NAMES = { json: "events.jsonl", text: "events.log", origin: "events.aodrec" } as const;

/** The file that the event log writes to. */
export function eventLogPath(
  config: { aod_output_dir: string; event_log: Pick<EventLogConfig, "format" | "output"> },
): string {
  const { format, output } = config.event_log;
  return output ?? join(config.aod_output_dir, "events", NAMES[format]);
}

/** Whether a file is the one at `output`, or one that its rotation has made. */
export function isEventLogFile(output: string, path: string): boolean {
  return path === output || path.startsWith(`${output}.`);
}
