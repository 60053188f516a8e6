/**
 * The effective configuration: what is left when defaults, modes and names are resolved.
 * Keys are those of the YAML file. Built by `loadConfig`; nothing else makes one.
 * @module
 */

import type { EventLogConfig } from "./event_log.ts";
import type { ParameterValues } from "./parameter.ts";
import type { PlatformConfig } from "./platform.ts";

/**
 * The kinds that count records without thresholds or lists. The file of a new kind adds its name:
 * `declare module "../config/types.ts" { interface CountedTypes { logon: true } }`.
 */
export interface CountedTypes {
  /** Connections that were lost and made again. */
  reconnect: true;
  /** Waits for credits. */
  credit: true;
}

/** The kinds of trouble that open a bundle. `snapshot` is one asked for by a person (SIGUSR1, `aod snapshot`). */
export type AnomalyType = "latency" | "error" | keyof CountedTypes | "metric" | "snapshot";

/** What the track and exclude lists of an anomaly mean; see docs/configuration.md. */
export type Mode = "all" | "trackonly" | "excludeonly";

/** A code that an error anomaly counts: an NTSTATUS or an errno. */
export interface Code {
  /** Which of the two tables the value is of. */
  kind: "ntstatus" | "errno";
  /** NTSTATUS as unsigned 32 bit, or the positive errno. */
  value: number;
  /** `STATUS_ACCESS_DENIED`, `EACCES`. */
  name: string;
}

/** A quick action as an anomaly runs it: a built-in one with parameters, or one defined in the file. */
export interface ActionSpec {
  /** Also the name of its log in the bundle. */
  name: string;
  /** Built in, or defined in the file: runs a program, copies a file. */
  kind: "builtin" | "command" | "file";
  /** argv for kind "command". */
  command?: string[];
  /** Absolute path for kind "file". */
  file?: string;
  /** Its process group is killed after this. */
  timeout_sec: number;
  /** Output beyond this is cut. */
  max_output_kb: number;
  /** Parameters of built-in actions: `lines` (syslogs), `ring` (tcpdump), ... */
  params: ParameterValues;
}

/** What every anomaly has. */
export interface AnomalyBase {
  /** The key under `guardian.anomalies`. */
  name: string;
  /** The kind of trouble. */
  type: Exclude<AnomalyType, "snapshot">;
  /** What feeds it: a probe, or the collectors of the platform. */
  tool: "smbslower" | "smbiosnoop" | "collectors";
  /** Applied already: what is left of it is in the lists and thresholds. */
  mode: Mode;
  /** Fires at this many offences within the window. */
  acceptable_count: number;
  /** Time after a firing in which repeats only count. */
  cooldown_sec: number;
  /** What is counted apart. */
  group_by: "none" | "server" | "share";
  /** What a bundle of it collects. */
  actions: ActionSpec[];
}

/** Slow, very slow and hung requests. */
export interface LatencyAnomaly extends AnomalyBase {
  /** Tells the types apart. */
  type: "latency";
  /** Threshold of commands without one of their own. */
  default_threshold_ms: number;
  /** A single request of this age fires at once. */
  emergency_threshold_ms: number;
  /** MS-SMB2 command code to threshold in ms, for every command that is tracked. */
  thresholds_ms: Record<number, number>;
  /** Commands that can raise an emergency or be reported hung. */
  emergency_commands: number[];
  /**
   * Of LOCK and CHANGE_NOTIFY, those that `track_commands` names: only for these does a request with
   * the flag AOD_SMB_F_WAITS_BY_DESIGN count as slow, as an emergency or as hung. Every
   * CHANGE_NOTIFY has that flag; a LOCK has it only when it may block, so a LOCK without it counts
   * like any other command. The kernel side has the same set in `aod_smb_rules.waits_tracked`.
   */
  waiting_commands: number[];
}

/** Failed requests. */
export interface ErrorAnomaly extends AnomalyBase {
  /** Tells the types apart. */
  type: "error";
  /** True: every failure but benign and excluded ones counts, besides `track_codes`. */
  all_failures: boolean;
  /**
   * Codes that count (mode trackonly, or named on top of all). A request is judged by its NTSTATUS
   * first: tracked counts, excluded or benign (BENIGN_NTSTATUS) does not; else by its errno: tracked
   * counts, excluded does not; else it counts when `all_failures` is set and it failed.
   */
  track_codes: Code[];
  /** Codes that do not count. */
  exclude_codes: Code[];
}

/** Reconnects, credit starvation and whatever else is only counted per window. */
export interface CountedAnomaly extends AnomalyBase {
  /** Tells the types apart. */
  type: keyof CountedTypes;
  /** Keys of its kind's own, see `params` of the kind; absent where it has none. */
  params?: ParameterValues;
}

/** Metrics of the host that left their range; they come from the platform, not from the probe. */
export interface MetricTrigger extends AnomalyBase {
  /** Tells the types apart. */
  type: "metric";
  /** Keys that count, `*` standing for any text; `host` is all eight of the forest together. */
  metrics: string[];
  /** Least distance from the mean, in standard deviations, on either side. */
  min_z_score: number;
  /** Least score of the forest, where it was the forest. */
  min_score: number;
  /** Width of its own sliding window: `watch_interval_sec` is shorter than most metrics' interval. */
  window_sec: number;
}

/** Any anomaly. */
export type AnomalyConfig = LatencyAnomaly | ErrorAnomaly | CountedAnomaly | MetricTrigger;

/** The whole configuration, every default filled in. */
export interface Config extends PlatformConfig {
  /** Path of the file, or "embedded default". */
  source: string;
  /** Width of the sliding window on event time. */
  watch_interval_sec: number;
  /** Absolute and normal; bundles are in `batches/` below it. Restart. */
  aod_output_dir: string;
  /** In the order of the file; at least one. */
  guardian: { anomalies: AnomalyConfig[] };
  /** Actions a snapshot runs: those of `watcher.actions`, or of all anomalies where it is absent. */
  watcher: { actions: ActionSpec[] };
  /** The space watcher. */
  cleanup: {
    /** Time between two passes. */
    cleanup_interval_sec: number;
    /** Sealed bundles older than this go. */
    max_log_age_days: number;
    /** Size of everything below `aod_output_dir` beyond which sealed bundles go, in 2^20 bytes. */
    max_total_log_size_mb: number;
    /** Collection pauses when the file system has less free than this. */
    min_free_mb: number;
  };
  /** The record of what the agent did. */
  audit: { enabled: boolean };
  /** The kernel side. */
  probe: {
    /** "auto" takes fentry where it loads, else raw tracepoints. Restart. */
    hook_mode: "auto" | "fentry" | "raw_tp";
    /** Power of two. Restart. */
    ring_size_kb: number;
    /** Requests the flight recorder holds; power of two. Restart. */
    recorder_slots: number;
    /** Requests that can be in flight at once. Restart. */
    max_in_flight: number;
  };
  /** How bundles are filled. */
  collector: {
    /** Quick actions that run at once. */
    max_concurrent_actions: number;
    /** How far requests.jsonl reaches back before the anomaly. */
    requests_before_sec: number;
    /** How far it reaches beyond it. */
    requests_after_sec: number;
    /** How far journals reach back before the first offending request. */
    journal_lookback_sec: number;
  };
  /** The kernel event log. */
  event_log: EventLogConfig;
}
