/**
 * Where a metric is going: the slope of its last minutes, and whether it is more than noise.
 * @module
 */
import { drawLine, type Line } from "./regression.ts";
import { twoSidedT } from "./student_t.ts";

/** Seconds that a trend looks back. */
export const TREND_WINDOW_SEC = 300;

/** Fewer points than this have no direction. */
export const LEAST_POINTS = 10;
/** A slope counts where chance alone would make one as steep once in a hundred series. */
const SIGNIFICANCE = 0.01;
/** A change over the window by less than this part of the mean is none, however sure it is. */
const RELATIVE_CHANGE = 0.001;

/** Where a metric is going. */
export interface Trend {
  /** Units of the metric per second. */
  slope: number;
  /** The newest value. */
  current_value: number;
  /** `stable` where the slope cannot be told from noise. */
  trend_direction: "increasing" | "decreasing" | "stable";
  /** Size of the slope. */
  magnitude: number;
  /** Part of the variance that the line accounts for, 0 to 1; 0 for a flat series. */
  r2: number;
  /** Points it is drawn through. */
  points: number;
}

/**
 * The trend of a series, null when it has no point. A direction is given where all of this holds:
 * at least ten points; the slope differs from 0 with 99 % confidence by Student's t, with as many
 * degrees of freedom as the series is worth (neighbouring points are alike); the line rises or falls
 * over the window by more than the points scatter about it, and by more than 0.1 % of the mean.
 */
export function trendOf(
  timestamps: ArrayLike<number>,
  values: ArrayLike<number>,
): Trend | null {
  const current_value = newest(values);
  if (current_value === null) return null;
  const line = drawLine(timestamps, values);
  const slope = line?.slope ?? 0;
  return {
    slope,
    current_value,
    trend_direction: line === null || !isClear(line)
      ? "stable"
      : slope > 0
      ? "increasing"
      : "decreasing",
    magnitude: Math.abs(slope),
    r2: line?.r2 ?? 0,
    points: line?.points ?? Math.min(timestamps.length, values.length),
  };
}

/** Whether a line's slope is more than noise. */
export function isClear(line: Line): boolean {
  if (line.points < LEAST_POINTS || line.slope === 0) return false;
  const change = Math.abs(line.slope) * line.span_sec;
  if (change <= line.residual || change <= Math.abs(line.mean_value) * RELATIVE_CHANGE) {
    return false;
  }
  const t = twoSidedT(SIGNIFICANCE, line.effective_points - 2);
  return Math.abs(line.slope) > t * line.slope_error;
}

function newest(values: ArrayLike<number>): number | null {
  for (let i = values.length - 1; i >= 0; i--) {
    if (Number.isFinite(values[i])) return values[i];
  }
  return null;
}
