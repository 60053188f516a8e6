/**
 * The host's metrics around an anomaly: what a bundle asks for, what it gets, and metrics.jsonl. The
 * series are in the platform's worker; how the question comes there is the service's business.
 * @module
 */
import type { Anomaly } from "../detect/anomaly.ts";
import { HOST_VECTOR } from "../detect/metrics/host_vector.ts";
import type { NamedMetricAnomaly } from "../detect/metrics/metric_anomaly.ts";

/** metrics.jsonl reaches back so far from the first offending request, in seconds. */
export const METRICS_BEFORE_SEC = 300;
/**
 * A metric anomaly coincides when it was found from so long before the first offending request on,
 * until the bundle asks, which is when its tail ends.
 */
export const COINCIDES_BEFORE_SEC = 60;
/** Series in a bundle; with 300 points of each, metrics.jsonl has about half a megabyte. */
export const MOST_SERIES = 64;
/** Points of each, the newest: intervals of half a second and longer are whole. */
export const MOST_POINTS = 600;
/** Metric anomalies named in a bundle, the newest. */
export const MOST_COINCIDING = 20;

/** What a bundle asks for. Times in seconds since the epoch. */
export interface MetricsRequest {
  /** Earliest points. */
  from_sec: number;
  /** Earliest metric anomalies. */
  anomalies_from_sec: number;
  /** Keys that come first; a series of each of them is in the answer if there is one. */
  keys: string[];
}

/** Points of one key, oldest first. */
export interface MetricSeries {
  /** As in docs/metrics.md. */
  metric_key: string;
  /** Of the values. */
  unit: string;
  /** As in docs/metrics.md; "" where it is not known. */
  metric_type: string;
  /** Seconds since the epoch. */
  timestamps: Float64Array;
  /** One for each. */
  values: Float64Array;
}

/** What it gets. */
export interface MetricsAnswer {
  /** The most telling first, at most {@linkcode MOST_SERIES}. */
  series: MetricSeries[];
  /** Keys with points that are not among them. */
  left_out: number;
  /** Metric anomalies since `anomalies_from_sec`, oldest first, at most {@linkcode MOST_COINCIDING}. */
  anomalies: NamedMetricAnomaly[];
}

/** Asks for metrics. @throws Error with the reason, also where no answer comes in time */
export type AskMetrics = (request: MetricsRequest) => Promise<MetricsAnswer>;

/** What a bundle asks for its anomaly. @param offset_ns from CLOCK_MONOTONIC to wall time */
export function metricsRequest(anomaly: Anomaly, offset_ns: bigint): MetricsRequest {
  const first_sec = Number(anomaly.first_start_ns + offset_ns) / 1e9;
  const own = (anomaly.metrics ?? []).flatMap((
    { metric_key, shares = [] },
  ) => [metric_key, ...shares.map((share) => share.metric_key)]);
  return {
    from_sec: first_sec - METRICS_BEFORE_SEC,
    anomalies_from_sec: first_sec - COINCIDES_BEFORE_SEC,
    keys: [...new Set([...own, ...HOST_VECTOR])],
  };
}

/** Of what left its range itself, and what else did at that time; each once, oldest first. */
export function coinciding(
  anomaly: Anomaly,
  answer: MetricsAnswer | null,
): NamedMetricAnomaly[] {
  const all = [...anomaly.metrics ?? [], ...answer?.anomalies ?? []];
  const once = new Map(all.map((found) => [`${found.metric_key} ${found.timestamp}`, found]));
  return [...once.values()].sort((a, b) => a.timestamp - b.timestamp);
}

/** Lines of metrics.jsonl, each with its line end: the first says what follows. */
export function* metricsLines(
  { series, left_out }: MetricsAnswer,
  { from_sec }: MetricsRequest,
): Generator<string> {
  yield line({
    schema: "aod-metrics-1",
    from: round(from_sec, 1e3),
    series: series.length,
    points: series.reduce((sum, { values }) => sum + values.length, 0),
    left_out,
  });
  for (const { metric_key, unit, metric_type, timestamps, values } of series) {
    const points = Array.from(values, (value, i) => [round(timestamps[i], 1e3), short(value)]);
    yield line({ metric_key, unit, metric_type, points });
  }
}

function line(value: unknown): string {
  return `${JSON.stringify(value)}\n`;
}

function round(value: number, parts: number): number {
  return Math.round(value * parts) / parts;
}

/** Counts stay whole; of a measured value seven digits are more than was measured. */
function short(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(7));
}
