/**
 * What describes one series of values.
 * @module
 */

/** Figures of a series; all in its own unit. */
export interface Summary {
  /** Values, empty cells left out. */
  samples: number;
  /** Arithmetic mean. */
  average: number;
  /** Largest value. */
  max: number;
  /** Smallest value. */
  min: number;
  /** Of the sample: its square divides by `samples - 1`. 0 for a single value. */
  standard_deviation: number;
}

/**
 * Describes values.
 * @throws {RangeError} when there is none
 */
export function summarize(values: Float64Array): Summary {
  const samples = values.length;
  if (samples === 0) throw new RangeError("Cannot summarize: because there is no value");
  let sum = 0;
  let max = -Infinity;
  let min = Infinity;
  for (const value of values) {
    sum += value;
    if (value > max) max = value;
    if (value < min) min = value;
  }
  const rough = sum / samples;
  // In two passes: the difference of two large sums would have no digits left. What rounding took
  // from the average, the deviations from it give back.
  let deviations = 0;
  let squares = 0;
  for (const value of values) {
    deviations += value - rough;
    squares += (value - rough) ** 2;
  }
  const average = rough + deviations / samples;
  const variance = (squares - deviations ** 2 / samples) / (samples - 1);
  const standard_deviation = samples > 1 ? Math.sqrt(Math.max(0, variance)) : 0;
  return { samples, average, max, min, standard_deviation };
}

/** Change from one figure to another in percent of the first; null where the first is 0. */
export function percentageChange(from: number, to: number): number | null {
  return from === 0 ? null : 100 * (to - from) / Math.abs(from);
}
