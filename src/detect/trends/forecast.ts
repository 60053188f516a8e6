/**
 * When a metric reaches a limit, if it goes on like that: disk full, memory gone.
 * @module
 */
import { drawLine } from "./regression.ts";
import { twoSidedT } from "./student_t.ts";
import { isClear, LEAST_POINTS } from "./trend.ts";

/** What to forecast. */
export interface ForecastOptions {
  /** Value that must not be reached. */
  limit: number;
  /** The side on which it is bad: `above` (disk full) unless told, `below` (memory gone). */
  bad?: "above" | "below";
  /** Probability that the interval holds the moment; 0.9 unless told. */
  confidence?: number;
  /** How far to look, as a multiple of the time that the points cover; 10 unless told. */
  horizon?: number;
}

/** When the limit is reached. */
export interface Forecast {
  /**
   * - `reaching`: the rest tells when
   * - `reached`: the newest value is at the limit or beyond it
   * - `stable`: the slope is noise
   * - `receding`: away from the limit
   * - `far`: later than can be told from so short a time
   * - `unknown`: too few points
   */
  outcome: "reaching" | "reached" | "stable" | "receding" | "far" | "unknown";
  /** The limit. */
  limit: number;
  /** Units per second. */
  slope: number;
  /** The newest value. */
  current_value: number;
  /** Seconds from the newest point until the line meets the limit; null unless `reaching`. */
  seconds: number | null;
  /** Not sooner, with the confidence; null unless `reaching`. */
  earliest_sec: number | null;
  /** Not later; null also where the data allow that it is never reached. */
  latest_sec: number | null;
  /** Of the interval. */
  confidence: number;
}

/**
 * Forecasts by a straight line through stored points or roll-ups, oldest first.
 *
 * The interval is Fieller's (1954): all times at which the confidence band of the line holds the
 * limit, the band being made for as many points as the series is worth (see regression.ts). Null when
 * there is no point.
 * @throws RangeError where confidence is not between 0 and 1
 */
export function forecast(
  timestamps: ArrayLike<number>,
  values: ArrayLike<number>,
  { limit, bad = "above", confidence = 0.9, horizon = 10 }: ForecastOptions,
): Forecast | null {
  if (!(confidence > 0 && confidence < 1)) {
    throw new RangeError(
      `Cannot forecast with confidence ${confidence}: because it is a probability`,
    );
  }
  const at = newestPoint(timestamps, values);
  if (at < 0) return null;
  const current_value = values[at];
  const line = drawLine(timestamps, values);
  const slope = line?.slope ?? 0;
  const none = { limit, slope, current_value, seconds: null, earliest_sec: null, latest_sec: null };
  const ending = (outcome: Forecast["outcome"]) => ({ outcome, ...none, confidence });
  const sign = bad === "above" ? 1 : -1;
  if (sign * (current_value - limit) >= 0) return ending("reached");
  if (line === null || line.points < LEAST_POINTS) return ending("unknown");
  if (!isClear(line)) return ending("stable");
  if (sign * slope < 0) return ending("receding");
  const fitted = line.mean_value + slope * (timestamps[at] - line.mean_time);
  const seconds = Math.max(0, (limit - fitted) / slope);
  if (seconds > horizon * line.span_sec) return ending("far");
  // The roots u = t - mean_time of (gap - slope u)^2 = h (1/n + u^2 / S), with gap = limit - mean.
  const gap = limit - line.mean_value;
  const t = twoSidedT(1 - confidence, line.effective_points - 2);
  const variance = line.slope_error ** 2 * line.time_squares;
  const h = t * t * variance;
  const a = slope * slope - h / line.time_squares;
  const left = gap * gap - h / line.effective_points;
  const product = gap * slope;
  const root = Math.sqrt(Math.max(0, product * product - a * left));
  const since = line.mean_time - timestamps[at];
  return {
    ...ending("reaching"),
    seconds,
    earliest_sec: product > 0 ? Math.min(seconds, Math.max(0, left / (product + root) + since)) : 0,
    // Without a > 0 the slope might be 0: the band never leaves the limit behind.
    latest_sec: a > 0 ? Math.max(seconds, (product + root) / a + since) : null,
  };
}

function newestPoint(timestamps: ArrayLike<number>, values: ArrayLike<number>): number {
  for (let i = Math.min(timestamps.length, values.length) - 1; i >= 0; i--) {
    if (Number.isFinite(timestamps[i]) && Number.isFinite(values[i])) return i;
  }
  return -1;
}
