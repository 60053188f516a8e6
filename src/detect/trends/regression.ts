/**
 * A straight line through the points of a series, by least squares.
 * @module
 */

/** The line, and what is left of the points beside it. */
export interface Line {
  /** Points it was drawn through. */
  points: number;
  /** From the first to the last point, in seconds. */
  span_sec: number;
  /** Mean time, in seconds; the line passes through (mean_time, mean_value). */
  mean_time: number;
  /** Mean value. */
  mean_value: number;
  /** Per second. */
  slope: number;
  /** Sum of the squared distances of the times from their mean. */
  time_squares: number;
  /** Part of the variance that the line accounts for, 0 to 1; 0 for a flat series. */
  r2: number;
  /** Standard deviation of the points about the line. */
  residual: number;
  /**
   * How many independent points the series is worth. Neighbours of a series of measurements are alike,
   * and a line through them is less certain than through as many independent points: n (1 - r) / (1 + r)
   * with r the residuals' correlation with their successors (Santer et al., Journal of Geophysical
   * Research 105, 2000, p. 7337).
   */
  effective_points: number;
  /** Standard error of the slope, for that many points. */
  slope_error: number;
}

/** A sum of squares below this part of the total is rounding. */
const ROUNDING = 1e-18;

/**
 * Draws the line; null with fewer than three points or without any time between them. Points that are
 * no numbers are left out. Two passes, so that large times and values lose no digits.
 */
export function drawLine(
  times: ArrayLike<number>,
  values: ArrayLike<number>,
): Line | null {
  const length = Math.min(times.length, values.length);
  const use = (i: number) => Number.isFinite(times[i]) && Number.isFinite(values[i]);
  let points = 0;
  let mean_time = 0;
  let mean_value = 0;
  let first = Infinity;
  let last = -Infinity;
  for (let i = 0; i < length; i++) {
    if (!use(i)) continue;
    points++;
    mean_time += (times[i] - mean_time) / points;
    mean_value += (values[i] - mean_value) / points;
    if (times[i] < first) first = times[i];
    if (times[i] > last) last = times[i];
  }
  if (points < 3 || !(last > first)) return null;
  let [tt, tv, vv] = [0, 0, 0];
  for (let i = 0; i < length; i++) {
    if (!use(i)) continue;
    const t = times[i] - mean_time;
    const v = values[i] - mean_value;
    tt += t * t;
    tv += t * v;
    vv += v * v;
  }
  const slope = tv / tt;
  let [squares, products, before] = [0, 0, NaN];
  for (let i = 0; i < length; i++) {
    if (!use(i)) continue;
    const rest = values[i] - mean_value - slope * (times[i] - mean_time);
    squares += rest * rest;
    if (!Number.isNaN(before)) products += rest * before;
    before = rest;
  }
  if (squares <= (vv + mean_value ** 2 * points) * ROUNDING) squares = 0;
  // The estimate of a correlation from n points is too low by about (1 + 4 r) / n (Kendall, 1954).
  const seen = squares > 0 ? products / squares : 0;
  const correlation = Math.min(0.99, Math.max(0, seen + (1 + 4 * Math.max(0, seen)) / points));
  const effective_points = Math.max(3, points * (1 - correlation) / (1 + correlation));
  return {
    points,
    span_sec: last - first,
    mean_time,
    mean_value,
    slope,
    time_squares: tt,
    r2: vv > 0 && squares < vv ? 1 - squares / vv : 0,
    residual: Math.sqrt(squares / (points - 2)),
    effective_points,
    slope_error: Math.sqrt(squares / (effective_points - 2) / tt),
  };
}
