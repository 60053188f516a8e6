/**
 * The effective configuration as people read it: names in place of codes, every tracked command with
 * its threshold, every code.
 * @module
 */
import { eventLogPath } from "./event_log.ts";
import { errnoName } from "./names/errno.ts";
import { BENIGN_NTSTATUS, ntstatusErrno, ntstatusName } from "./names/ntstatus.ts";
import { smbCommandName } from "./names/smb_commands.ts";
import { apiTokenPath, historyDirectory, type PlatformConfig } from "./platform.ts";
import type { ActionSpec, AnomalyConfig, Code, Config } from "./types.ts";

/** Values as `aod config show` prints them; keys as in the file where the file has them. */
export interface EffectiveConfig extends PlatformConfig {
  /** Path of the file, or "embedded default". */
  source: string;
  /** As in the file. */
  watch_interval_sec: number;
  /** As in the file, normalised. */
  aod_output_dir: string;
  /** Anomalies by name, spelled out. */
  guardian: { anomalies: Record<string, Record<string, unknown>> };
  /** What a snapshot runs. */
  watcher: { actions: Record<string, unknown>[] };
  /** As in the file. */
  cleanup: Config["cleanup"];
  /** As in the file. */
  audit: Config["audit"];
  /** As in the file. */
  probe: Config["probe"];
  /** As in the file. */
  collector: Config["collector"];
  /** With the event types that are left, and the file. */
  event_log: Config["event_log"];
}

/** The whole configuration, spelled out. */
export function effectiveConfig(config: Config): EffectiveConfig {
  const anomalies = config.guardian.anomalies.map((a) => [a.name, effectiveAnomaly(a)]);
  return {
    source: config.source,
    watch_interval_sec: config.watch_interval_sec,
    aod_output_dir: config.aod_output_dir,
    guardian: { anomalies: Object.fromEntries(anomalies) },
    watcher: { actions: config.watcher.actions.map(effectiveAction) },
    cleanup: config.cleanup,
    audit: config.audit,
    probe: config.probe,
    collector: config.collector,
    event_log: { ...config.event_log, output: eventLogPath(config) },
    collectors: config.collectors,
    ml: config.ml,
    api: { ...config.api, token_file: apiTokenPath(config) },
    ebpf: config.ebpf,
    bus: config.bus,
    history: { ...config.history, directory: historyDirectory(config) },
    budget: config.budget,
    logging: config.logging,
  };
}

/** One anomaly, spelled out. */
export function effectiveAnomaly(anomaly: AnomalyConfig): Record<string, unknown> {
  return {
    type: anomaly.type,
    tool: anomaly.tool,
    mode: anomaly.mode,
    acceptable_count: anomaly.acceptable_count,
    cooldown_sec: anomaly.cooldown_sec,
    group_by: anomaly.group_by,
    ...rules(anomaly),
    actions: anomaly.actions.map(effectiveAction),
  };
}

function rules(anomaly: AnomalyConfig): Record<string, unknown> {
  if (anomaly.type === "latency") {
    const commands = Object.entries(anomaly.thresholds_ms).map(([code, threshold_ms]) => {
      const command = Number(code);
      const emergency = anomaly.emergency_commands.includes(command);
      return [smbCommandName(command), {
        threshold_ms,
        emergency_ms: emergency ? anomaly.emergency_threshold_ms : null,
      }];
    });
    return {
      default_threshold_ms: anomaly.default_threshold_ms,
      emergency_threshold_ms: anomaly.emergency_threshold_ms,
      commands: Object.fromEntries(commands),
      counted_though_waiting_by_design: anomaly.waiting_commands.map(smbCommandName),
    };
  }
  if (anomaly.type === "error") {
    const named = new Set(
      anomaly.track_codes.filter((c) => c.kind === "ntstatus").map((c) => c.value),
    );
    return {
      counts: anomaly.all_failures ? "every failure but those below" : "only the tracked codes",
      track_codes: anomaly.track_codes.map(codeText),
      exclude_codes: anomaly.exclude_codes.map(codeText),
      benign_codes: BENIGN_NTSTATUS.filter((value) => !named.has(value)).map(ntstatusName),
    };
  }
  if (anomaly.type === "metric") {
    const { metrics, min_z_score, min_score, window_sec } = anomaly;
    return { metrics, min_z_score, min_score, window_sec };
  }
  return { ...anomaly.params };
}

/** `STATUS_ACCESS_DENIED (0xC0000022, EACCES)`, `EACCES (13)`. */
function codeText({ kind, value, name }: Code): string {
  if (kind === "errno") return `${name} (${value})`;
  const hex = `0x${value.toString(16).toUpperCase().padStart(8, "0")}`;
  return `${name} (${hex}, ${errnoName(ntstatusErrno(value))})`;
}

function effectiveAction(action: ActionSpec): Record<string, unknown> {
  const { name, kind, command, file, timeout_sec, max_output_kb, params } = action;
  const what = kind === "command" ? { command } : kind === "file" ? { file } : {};
  return { name, ...what, timeout_sec, max_output_kb, ...params };
}
