/**
 * The detectors as functions from a planted series to the indices of what they report.
 * @module
 */
import { MetricDetection } from "../../../src/detect/metrics/detection.ts";
import { type DetectionOptions, HOST_NEAR } from "../../../src/detect/metrics/options.ts";
import { TREND_WINDOW_SEC, trendOf } from "../../../src/detect/trends/trend.ts";
import type { PlantedHost } from "./planted.ts";
import { reportsOf } from "./quality.ts";

/** Seconds of the first point; any will do. */
const START = 1_700_000_000;

/** Ways to judge one series. */
export const KEY_JUDGES = {
  /** As the agent does it. */
  default: {},
  /** One point five sigma from the mean, nothing else. */
  "z_score alone": { only: "z_score" },
  /** Three points in a row beyond three sigma, nothing else. */
  "three_sigma alone": { z_threshold: 1e9 },
  /** With the median and its absolute deviation beside the others. */
  "with robust": { robust: true },
} as const satisfies Record<string, Partial<DetectionOptions> & { only?: string }>;

/** Name of one. */
export type KeyJudge = keyof typeof KEY_JUDGES;

/** Indices of the points at which an anomaly was reported. */
export function judgeKey(
  values: Float64Array,
  options: Partial<DetectionOptions> & { only?: string } = {},
): number[] {
  const { only, ...rest } = options;
  const detection = new MetricDetection({ per_minute: 1000, ...rest });
  const reports: number[] = [];
  values.forEach((value, i) => {
    const anomaly = detection.observe("series", START + i, value);
    if (anomaly !== null && (only === undefined || anomaly.method === only)) reports.push(i);
  });
  return reports;
}

/** The same for the states of a host. */
export function judgeHost(
  { rows, width }: Pick<PlantedHost, "rows" | "width">,
  options: Partial<DetectionOptions> = {},
): number[] {
  const detection = new MetricDetection({ per_minute: 1000, ...options });
  const reports: number[] = [];
  for (let i = 0; i < rows.length / width; i++) {
    const vector = rows.subarray(i * width, (i + 1) * width);
    if (detection.observeHost(vector, START + i) !== null) reports.push(i);
  }
  return reports;
}

/** Points between two looks at a trend. */
const TREND_STEP = 10;

/** Indices at which the trend of the last 300 points begins to have a direction. */
export function judgeTrend(values: Float64Array): number[] {
  const times = Float64Array.from(values, (_, i) => START + i);
  const flags = Array.from(values, () => false);
  for (let end = TREND_WINDOW_SEC; end <= values.length; end += TREND_STEP) {
    const from = end - TREND_WINDOW_SEC;
    const trend = trendOf(times.subarray(from, end), values.subarray(from, end));
    if (trend?.trend_direction === "stable") continue;
    flags.fill(true, end - 1, Math.min(end - 1 + TREND_STEP, values.length));
  }
  return reportsOf(flags);
}

/** Of flags, those that have another one among the few before them, as the host is judged. */
export function flagsNearOthers(flags: readonly boolean[]): boolean[] {
  return flags.map((flag, i) => flag && flags.slice(Math.max(0, i - HOST_NEAR), i).includes(true));
}
