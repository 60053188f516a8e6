/**
 * What a collector of host metrics is: it reads the kernel's own files and gives values by key.
 *
 * A sample never waits for a device, a server or a lock that a process may hold for long: only files
 * that the kernel answers from memory are read.
 * @module
 */

/** How a value is to be read. */
export type MetricType =
  /** Share of something that is used, in percent. */
  | "utilization"
  /** A value that goes up and down. */
  | "gauge"
  /** What a counter of the kernel grew by since the sample before. */
  | "delta"
  /** A mean over what happened since the sample before; no point where nothing did. */
  | "mean"
  /** 1 or 0. */
  | "state";

/** What the keys of one pattern mean. */
export interface MetricDescriptor {
  /** The key; at most one `<name>` in it stands for what varies, as in `disk.<device>.read_bytes_delta`. */
  key: string;
  /** `%`, `bytes`, `ms`; the thing counted where it is a count. */
  unit: string;
  /** How a value is to be read. */
  metric_type: MetricType;
  /** One line. */
  description: string;
}

/** One value. */
export interface MetricPoint {
  /** A key of one of the collector's patterns. */
  key: string;
  /** Finite. */
  value: number;
}

/** What one look gave. */
export interface Sample {
  /** When, in seconds since 1970 UTC with a fraction. */
  timestamp: number;
  /** The values; a key is in it once. */
  points: MetricPoint[];
  /** What is no number by key: rows by the table's name. */
  tables?: Record<string, unknown[]>;
}

/** Looks at one part of the host. */
export interface Collector {
  /** As in the registry. */
  readonly name: string;
  /**
   * Looks now. What does not exist has no points; deltas come with the second sample.
   * @throws Error where a file that every host has cannot be read or is not of its form
   */
  sample(): Sample;
}

/** Where and by which clocks to look. */
export interface CollectEnvironment {
  /** `/proc`, or a directory like it. */
  proc: string;
  /** `/sys`, or a directory like it. */
  sys: string;
  /** Monotonic time in ms; performance.now() where none is given. */
  now_ms?: () => number;
  /** Wall time in ms since 1970; Date.now() where none is given. */
  wall_ms?: () => number;
}

/** A collector as the registry lists it. */
export interface CollectorEntry {
  /** Used in `collector.<name>.duration_ms` and as `collector::<name>`. */
  name: string;
  /** Key of the configuration's section `collectors`. */
  interval: CollectorInterval;
  /** One line. */
  description: string;
  /** All that it gives. */
  metrics: readonly MetricDescriptor[];
  /** A collector with a baseline of its own. */
  make(env: CollectEnvironment): Collector;
}

/** Keys of the intervals in the configuration. */
export type CollectorInterval =
  | "cpu_interval"
  | "memory_interval"
  | "disk_interval"
  | "network_interval"
  | "process_interval"
  | "smb_interval";

/** The host itself. */
export const HOST: CollectEnvironment = { proc: "/proc", sys: "/sys" };

/** The clocks of an environment, with the usual ones where it has none. */
export function clocksOf(
  env: CollectEnvironment,
): { now_ms: () => number; wall_ms: () => number } {
  return {
    now_ms: env.now_ms ?? (() => performance.now()),
    wall_ms: env.wall_ms ?? (() => Date.now()),
  };
}
