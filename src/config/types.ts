/**
 * The effective configuration: what is left when defaults, modes and names are resolved.
 * Keys are those of the YAML file. Built by `loadConfig`; nothing else makes one.
 * @module
 */

/** The kinds of trouble that open a bundle. `snapshot` is one asked for by a person (SIGUSR1, `aod snapshot`). */
export type AnomalyType = "latency" | "error" | "reconnect" | "credit" | "snapshot";

export type Mode = "all" | "trackonly" | "excludeonly";

/** A code that an error anomaly counts: an NTSTATUS or an errno. */
export interface Code {
  kind: "ntstatus" | "errno";
  /** NTSTATUS as unsigned 32 bit, or the positive errno. */
  value: number;
  name: string;
}

/** A quick action as an anomaly runs it: a built-in one with parameters, or one defined in the file. */
export interface ActionSpec {
  name: string;
  kind: "builtin" | "command" | "file";
  /** argv for kind "command". */
  command?: string[];
  /** Absolute path for kind "file". */
  file?: string;
  timeout_sec: number;
  max_output_kb: number;
  /** Parameters of built-in actions: `lines` (syslogs), `ring` (tcpdump), ... */
  params: Record<string, number | string | boolean>;
}

interface AnomalyBase {
  /** The key under `guardian.anomalies`. */
  name: string;
  type: Exclude<AnomalyType, "snapshot">;
  tool: "smbslower" | "smbiosnoop";
  mode: Mode;
  acceptable_count: number;
  cooldown_sec: number;
  group_by: "none" | "server" | "share";
  actions: ActionSpec[];
}

export interface LatencyAnomaly extends AnomalyBase {
  type: "latency";
  default_threshold_ms: number;
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

export interface ErrorAnomaly extends AnomalyBase {
  type: "error";
  /** True: every failure but benign and excluded ones counts, besides `track_codes`. */
  all_failures: boolean;
  /**
   * Codes that count (mode trackonly, or named on top of all). A request is judged by its NTSTATUS
   * first: tracked counts, excluded or benign (BENIGN_NTSTATUS) does not; else by its errno: tracked
   * counts, excluded does not; else it counts when `all_failures` is set and it failed.
   */
  track_codes: Code[];
  exclude_codes: Code[];
}

/** Reconnects or credit starvation, counted per window. */
export interface ConnectionAnomaly extends AnomalyBase {
  type: "reconnect" | "credit";
}

export type AnomalyConfig = LatencyAnomaly | ErrorAnomaly | ConnectionAnomaly;

export interface Config {
  /** Path of the file, or "embedded default". */
  source: string;
  watch_interval_sec: number;
  aod_output_dir: string;
  guardian: { anomalies: AnomalyConfig[] };
  /** Actions a snapshot runs: those of `watcher.actions`, or of all anomalies where it is absent. */
  watcher: { actions: ActionSpec[] };
  cleanup: {
    cleanup_interval_sec: number;
    max_log_age_days: number;
    max_total_log_size_mb: number;
    /** Collection pauses when the file system has less free than this. */
    min_free_mb: number;
  };
  audit: { enabled: boolean };
  probe: {
    /** "auto" takes fentry where it loads, else raw tracepoints. Restart. */
    hook_mode: "auto" | "fentry" | "raw_tp";
    /** Restart. */
    ring_size_kb: number;
    /** Requests the flight recorder holds. Restart. */
    recorder_slots: number;
    /** Restart. */
    max_in_flight: number;
  };
  collector: {
    max_concurrent_actions: number;
    requests_before_sec: number;
    requests_after_sec: number;
    journal_lookback_sec: number;
  };
}
