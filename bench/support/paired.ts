/**
 * Paired differences: what changed between measurements that were taken in turns.
 * @module
 */

/** A mean with its 95 % confidence interval. */
export interface Interval {
  mean: number;
  low: number;
  high: number;
  /** Values it was made of. */
  n: number;
}

/** 97.5 % quantile of the normal distribution. */
const Z = 1.959964;

/**
 * 97.5 % quantile of Student's t distribution, by the expansion of Abramowitz and Stegun 26.7.5:
 * within 1 % from 3 degrees of freedom on.
 */
export function tQuantile(degrees: number): number {
  const z3 = Z ** 3;
  const z5 = Z ** 5;
  const z7 = Z ** 7;
  return Z + (z3 + Z) / (4 * degrees) +
    (5 * z5 + 16 * z3 + 3 * Z) / (96 * degrees ** 2) +
    (3 * z7 + 19 * z5 + 17 * z3 - 15 * Z) / (384 * degrees ** 3);
}

/** The mean of independent values with its 95 % interval by Student's t; needs two values. */
export function interval(values: readonly number[]): Interval {
  const n = values.length;
  if (n < 2) {
    throw new RangeError("Cannot give an interval: because there are less than two values");
  }
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  const squares = values.reduce((sum, value) => sum + (value - mean) ** 2, 0);
  const half = tQuantile(n - 1) * Math.sqrt(squares / (n - 1) / n);
  return { mean, low: mean - half, high: mean + half, n };
}
