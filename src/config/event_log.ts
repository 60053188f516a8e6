/**
 * The effective configuration of the kernel event log.
 * @module
 */

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
  /** Absolute and normal. */
  output: string;
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

/** The file names that belong to an output: itself, and what its rotation makes of it. */
export function isEventLogFile({ output }: Pick<EventLogConfig, "output">, path: string): boolean {
  return path === output || path.startsWith(`${output}.`);
}
