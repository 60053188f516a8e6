/**
 * What the section `event_log` asks of the kernel side, the reader and the output.
 * @module
 */
import { type EventLogConfig, eventLogPath } from "../../config/event_log.ts";
import type { Config } from "../../config/types.ts";
import type { LogFilters } from "../../probe/event_log/filters.ts";
import { LOG_TYPE } from "../../probe/event_log/layout.gen.ts";
import type { FsyncPolicy } from "../../sink/file_sink.ts";

const MB = 2 ** 20;

/** Where events go, and how. */
export interface OutputSettings {
  /** The file. */
  path: string;
  /** How events are written. */
  format: EventLogConfig["format"];
  /** Null: never. */
  rotate_bytes: number | null;
  /** Null: never. */
  rotate_ms: number | null;
  /** Rotated files that stay. */
  keep: number;
  /** Rotated files are compressed. */
  compress: boolean;
  /** When the disk is waited for. */
  fsync: FsyncPolicy;
  /** 0: no limit. */
  max_events_per_sec: number;
  /** Room that is left to others. */
  min_free_bytes: number;
}

/** What is loaded and set in the kernel. */
export interface KernelSettings {
  /** Values of `enum aod_log_type`. */
  types: ReadonlySet<number>;
  /** Whose events. */
  filters: LogFilters;
  /** Bytes of the ring. */
  ring_bytes: number;
}

/** The kernel's part. */
export function kernelSettings({ types, filters, ring_size_kb }: EventLogConfig): KernelSettings {
  const { pid, follow_children, uid, comm, cgroup, path_prefix } = filters;
  const byName: Readonly<Record<string, number>> = LOG_TYPE;
  return {
    types: new Set(types.map((name) => byName[name.toUpperCase()])),
    filters: {
      ...(pid.length > 0 ? { pids: pid, follow_children } : {}),
      ...(uid === null ? {} : { uid }),
      ...(comm === null ? {} : { comm }),
      ...(cgroup === null ? {} : { cgroup }),
      ...(path_prefix === null ? {} : { path_prefix }),
    },
    ring_bytes: ring_size_kb * 1024,
  };
}

/** The output's part. */
export function outputSettings(config: Config): OutputSettings {
  const { format, rotate_mb, rotate_sec, keep, compress, fsync } = config.event_log;
  return {
    path: eventLogPath(config),
    format,
    rotate_bytes: rotate_mb === 0 ? null : Math.max(1, Math.floor(rotate_mb * MB)),
    rotate_ms: rotate_sec === 0 ? null : rotate_sec * 1000,
    keep,
    compress,
    fsync,
    max_events_per_sec: config.event_log.max_events_per_sec,
    min_free_bytes: config.event_log.min_free_mb * MB,
  };
}
