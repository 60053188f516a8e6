/**
 * Detectors as a test drives them: messages collected, clocks in the test's hand.
 * @module
 */
import type {
  AnomalyConfig,
  Config,
  ErrorAnomaly,
  LatencyAnomaly,
} from "../../src/config/types.ts";
import type { Anomaly, Followup } from "../../src/detect/anomaly.ts";
import { type DetectContext, emptyStats } from "../../src/detect/detector.ts";
import { type BatchFate, Guardian } from "../../src/detect/guardian.ts";
import type { Names } from "../../src/detect/names.ts";
import { errnoName } from "../../src/config/names/errno.ts";
import { ntstatusName } from "../../src/config/names/ntstatus.ts";
import { smbCommandName } from "../../src/config/names/smb_commands.ts";
import { EVENT_LOG_OFF, PLATFORM_OFF } from "./config.ts";
import { IdSource } from "../../src/detect/ids.ts";
import { FLAG, RECORD_BYTES } from "../../src/detect/fields.ts";
import { decodeRequest } from "../../src/probe/smb/decode.ts";
import { columnsOf, type Row } from "./columns.ts";

export const MS = 1_000_000n;
export const SEC = 1_000_000_000n;

/** A latency anomaly that tracks READ (8) at 20 ms and lets READ and WRITE (9) raise emergencies. */
export function latencyAnomaly(change: Partial<LatencyAnomaly> = {}): LatencyAnomaly {
  return {
    name: "latency",
    type: "latency",
    tool: "smbslower",
    mode: "all",
    acceptable_count: 10,
    cooldown_sec: 30,
    group_by: "none",
    actions: [],
    default_threshold_ms: 20,
    emergency_threshold_ms: 1000,
    thresholds_ms: { 8: 20 },
    emergency_commands: [8, 9],
    waiting_commands: [],
    ...change,
  };
}

/** An error anomaly that counts every failure, each at once. */
export function errorAnomaly(change: Partial<ErrorAnomaly> = {}): ErrorAnomaly {
  return {
    name: "error",
    type: "error",
    tool: "smbiosnoop",
    mode: "all",
    acceptable_count: 1,
    cooldown_sec: 0,
    group_by: "none",
    actions: [],
    all_failures: true,
    track_codes: [],
    exclude_codes: [],
    ...change,
  };
}

/** A CREATE that was answered with this status and errno. */
export function failed(status: number, error: number, change: Row = {}): Row {
  return { command: 5, flags: FLAG.STATUS_VALID, status, error, end_ns: SEC, ...change };
}

/** STATUS_ACCESS_DENIED. */
export const DENIED = 0xc0000022;
/** STATUS_MORE_PROCESSING_REQUIRED: benign. */
export const MORE_PROCESSING = 0xc0000016;

/** A configuration around these anomalies. */
export function configOf(anomalies: AnomalyConfig[], watch_interval_sec = 1): Config {
  return {
    source: "test",
    watch_interval_sec,
    aod_output_dir: "/nonexistent",
    guardian: { anomalies },
    watcher: { actions: [] },
    cleanup: {
      cleanup_interval_sec: 60,
      max_log_age_days: 2,
      max_total_log_size_mb: 200,
      min_free_mb: 64,
    },
    audit: { enabled: false },
    event_log: EVENT_LOG_OFF,
    ...PLATFORM_OFF,
    probe: { hook_mode: "auto", ring_size_kb: 8192, recorder_slots: 1024, max_in_flight: 1024 },
    collector: {
      max_concurrent_actions: 4,
      requests_before_sec: 10,
      requests_after_sec: 2,
      journal_lookback_sec: 10,
    },
  } as Config;
}

/** Names that show where they came from. */
const SHORT_NAMES: Names = {
  command: (code) => `C${code}`,
  status: (value) => `S${value.toString(16)}`,
  errno: (value) => `E${value}`,
  server: (id) => (id === 0n ? "" : `server${id}`),
  share: (session, tree) => `share${session}/${tree}`,
};

/** Names as the watcher prints them. */
export const REAL_NAMES: Names = {
  ...SHORT_NAMES,
  command: smbCommandName,
  status: ntstatusName,
  errno: errnoName,
};

/** A guardian with its messages. */
export class Bed {
  readonly anomalies: Anomaly[] = [];
  readonly followups: Followup[] = [];
  readonly stats = emptyStats();
  readonly guardian: Guardian;
  readonly fates: BatchFate[] = [];
  now: bigint;
  wall = 1_700_000_000_000_000_000n;

  /** @param names short ones of the test's own, or those the watcher prints */
  constructor(config: Config, base = 0n, names: Names = SHORT_NAMES) {
    this.now = base;
    const context: DetectContext = {
      watchIntervalSec: config.watch_interval_sec,
      base,
      ids: new IdSource(() => this.wall),
      names,
      decode: (view, offset) => decodeRequest(view, offset, RECORD_BYTES),
      nowNs: () => this.now,
      onAnomaly: (a) => this.anomalies.push(a),
      onFollowup: (f) => this.followups.push(f),
      stats: this.stats,
    };
    this.guardian = new Guardian(config, context);
  }

  /** Feeds rows as one batch. */
  feed(rows: readonly Row[]): BatchFate {
    const fate = this.guardian.observe(columnsOf(rows), 0, rows.length);
    this.fates.push(fate);
    return fate;
  }

  /** Sets the monotonic clock and lets the follow-ups come. */
  tickAt(now: bigint, final = false): void {
    this.now = now;
    this.guardian.tick(final);
  }
}

/** A slow READ that ends at `end_ns`. */
export function slowRead(end_ns: bigint, change: Row = {}): Row {
  return { command: 8, end_ns, latency_ns: 50n * MS, ...change };
}
