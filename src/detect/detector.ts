/**
 * What a detector is: pure judgement over batches of columns. It keeps windows, and tells what it
 * found through the context it was made with.
 * @module
 */
import type { AnomalyKind } from "../config/anomaly_kinds.ts";
import type { AnomalyConfig } from "../config/types.ts";
import type { SmbRequest } from "../probe/smb/request.ts";
import type { Anomaly, Followup } from "./anomaly.ts";
import type { RowColumns } from "./fields.ts";
import type { Survey } from "./survey.ts";
import type { IdSource } from "./ids.ts";
import type { Names } from "./names.ts";

/** What became of a record; a row's mark is the union over all detectors. */
export const MARK = {
  /** Counts for an anomaly. */
  COUNTED: 1,
  /** The end of a request that was reported in flight. */
  UPDATE: 2,
  /** Failed with a code that counts only where it is named. */
  BENIGN: 4,
} as const;

/** What the detectors get from outside. */
export interface DetectContext {
  /** Width of the sliding window. */
  watchIntervalSec: number;
  /** CLOCK_MONOTONIC ns that event times are taken relative to, so that doubles stay exact. */
  base: bigint;
  /** Ids of anomalies. */
  ids: IdSource;
  /** Words for the numbers of records. */
  names: Names;
  /** Decodes the record at `offset` (layout of `struct aod_smb_request`). */
  decode(view: DataView, offset: number): SmbRequest;
  /** CLOCK_MONOTONIC ns. */
  nowNs(): bigint;
  /** Takes what fired. */
  onAnomaly(anomaly: Anomaly): void;
  /** Takes what came after. */
  onFollowup(followup: Followup): void;
  /** Counts what has no message of its own. */
  stats: DetectStats;
}

/** Figures of the detectors since they were made. */
export interface DetectStats {
  /** Firings of every kind. */
  anomalies: number;
  /** Those by one slow request. */
  emergencies: number;
  /** Those by one request in flight. */
  hung: number;
  /** Follow-up messages told. */
  followups: number;
  /** Repeats that a cooldown turned into follow-ups. */
  cooled_down: number;
  /** Offences that came when their window had already passed. */
  late: number;
  /** Offences counted in the group "(other)" because there were too many groups. */
  groups_overflowed: number;
  /** Offences per anomaly name. */
  violations: Record<string, number>;
}

/** A configured anomaly at work. */
export interface Detector {
  /** What it was made from. */
  readonly config: AnomalyConfig;
  /** Can count a request without status and error, as a slow one. */
  readonly countsPlain: boolean;
  /**
   * Judges rows `from` (included) to `to` (excluded) and marks them in `marks` (index = row), unless
   * the survey says that it is alone with them.
   * @returns how many rows count
   */
  observe(
    columns: RowColumns,
    from: number,
    to: number,
    marks: Uint8Array,
    survey: Survey,
  ): number;
  /** Tells the follow-ups that are due. `final`: all of them, the watcher stops. */
  tick(now: number, final: boolean): void;
  /** Takes over what must outlive a change of the configuration: cooldowns and hung requests. */
  inherit(previous: Detector): void;
  /** Another probe has been loaded: requests in flight before it will not end. */
  probeChanged(): void;
  /** The window's width has changed. */
  resize(watchIntervalSec: number): void;
}

/** An entry of the registry: what the configuration knows of a kind, and the detector that judges it. */
export interface DetectorKind extends AnomalyKind {
  /** A detector of this kind for one configured anomaly. */
  create(config: AnomalyConfig, context: DetectContext): Detector;
}

/** A context with its figures at zero; what a test or the watcher builds on. */
export function emptyStats(): DetectStats {
  return {
    anomalies: 0,
    emergencies: 0,
    hung: 0,
    followups: 0,
    cooled_down: 0,
    late: 0,
    groups_overflowed: 0,
    violations: {},
  };
}
