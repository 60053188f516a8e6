/**
 * What the watcher hands to the collector: an anomaly, with the requests that made it.
 *
 * Times ending in `_ns` are CLOCK_MONOTONIC nanoseconds as bigint; wall time is made of them once, at
 * the edge (bundle, syslog, API).
 * @module
 */
import type { AnomalyType } from "../config/types.ts";
import type { SmbRequest } from "../probe/smb/request.ts";
import type { NamedMetricAnomaly } from "./metrics/metric_anomaly.ts";

/** Why an anomaly fired. */
export type FireReason = "count" | "emergency" | "hung" | "manual";

/** A combination of attributes and how many offending requests had it. */
export interface Pattern {
  /** Offending requests with it. */
  count: number;
  /** NTSTATUS name, errno name, or "slow". */
  code: string;
  /** SMB2 command, or the kind of a connection event. */
  command: string;
  /** Host, "" where unknown. */
  server: string;
  /** UNC, "" where there is none. */
  share: string;
  /** Name of the issuer. */
  process: string;
}

/** Key of an error anomaly's `rules` where every failure counts that is neither benign nor excluded. */
export const EVERY_FAILURE = "every failure";

/** One firing of one configured anomaly. */
export interface Anomaly {
  /** Wall-clock nanoseconds as 19 digits: unique, the bundle's id, ascending. */
  id: string;
  /** The key under `guardian.anomalies`, or "snapshot". */
  name: string;
  /** Of the configured anomaly. */
  type: AnomalyType;
  /** What made it fire. */
  reason: FireReason;
  /** `group_by` value that fired, "" when not grouped. */
  group: string;
  /** Offending requests in the window at firing. */
  count: number;
  /** As configured. */
  acceptable_count: number;
  /** As configured. */
  watch_interval_sec: number;
  /** The sliding window on event time that fired. */
  window_start_ns: bigint;
  /** End of the newest offending request. */
  window_end_ns: bigint;
  /** Start (not end) of the earliest offending request: journal look-back begins 10 s before it. */
  first_start_ns: bigint;
  /** When the watcher decided. */
  detected_ns: bigint;
  /** The worst offending requests, longest first, at most 20. */
  worst: SmbRequest[];
  /** The five commonest patterns over all offending requests of the window. */
  patterns: Pattern[];
  /** Thresholds in force: command name to milliseconds (latency), or the codes that count (error). */
  rules: Record<string, number | string>;
  /** Type metric: what left its range, farthest first, at most 20. */
  metrics?: NamedMetricAnomaly[];
}

/**
 * Offences counted while their anomaly cooled down, for `<id>.followup.json` beside the bundle.
 * `count`, `worst_latency_ns` and `last_end_ns` are totals since the firing, not differences: the
 * last message holds everything, and one that is sent twice does no harm.
 */
export interface Followup {
  /** Id of the bundle that started the cooldown. */
  id: string;
  /** As in the anomaly. */
  name: string;
  /** As in the anomaly. */
  type: AnomalyType;
  /** Which cooldown counted it. */
  reason: FireReason;
  /** Repeats since the firing. */
  count: number;
  /** Longest of them. */
  worst_latency_ns: bigint;
  /** End of the newest. */
  last_end_ns: bigint;
  /** An in-flight request of the bundle has ended (flag WAS_REPORTED): its final record. */
  ended?: SmbRequest;
}
