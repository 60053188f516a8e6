/**
 * The difference of two averages, and how sure it is.
 * @module
 */
import { twoSidedP, twoSidedQuantile } from "./student_t.ts";

/** Of the confidence intervals: 95 %. */
export const SIGNIFICANCE = 0.05;

/** A test's result; differences are test minus baseline, in the unit of the values. */
export interface Difference {
  /** How it was tested. */
  test: "welch" | "paired";
  /** Difference of the averages. */
  difference: number;
  /** Its standard error. */
  standard_error: number;
  /** Difference in standard errors; null where nothing varies. */
  t: number | null;
  /** Degrees of freedom. */
  degrees_of_freedom: number;
  /** Probability of such a difference or a larger one by chance; null where nothing varies. */
  p: number | null;
  /** Where the difference is, with 95 % confidence. */
  interval: [low: number, high: number];
}

/** An average and what it rests on. */
export interface Estimate {
  /** Average. */
  average: number;
  /** Standard deviation of the values. */
  standard_deviation: number;
  /** Independent values that it rests on, not necessarily whole. */
  independent: number;
}

/**
 * Welch's test: two series of their own with variances of their own (Welch 1947; degrees of freedom
 * after Satterthwaite 1946).
 */
export function welch(baseline: Estimate, test: Estimate): Difference {
  const a = baseline.standard_deviation ** 2 / baseline.independent;
  const b = test.standard_deviation ** 2 / test.independent;
  const ofA = a === 0 ? 0 : a * a / degrees(baseline.independent);
  const ofB = b === 0 ? 0 : b * b / degrees(test.independent);
  const df = ofA + ofB === 0
    ? degrees(baseline.independent) + degrees(test.independent)
    : (a + b) ** 2 / (ofA + ofB);
  return judged("welch", test.average - baseline.average, Math.sqrt(a + b), df);
}

/** At least 1: an average that rests on less than two values says next to nothing. */
function degrees(independent: number): number {
  return Math.max(1, independent - 1);
}

/**
 * The paired test: differences of what belongs together, such as the averages of the same round.
 * @param differences test minus baseline, at least two
 */
export function paired({ average, standard_deviation, independent }: Estimate): Difference {
  const error = standard_deviation / Math.sqrt(independent);
  return judged("paired", average, error, degrees(independent));
}

function judged(
  test: Difference["test"],
  difference: number,
  standard_error: number,
  degrees_of_freedom: number,
): Difference {
  const reach = standard_error * twoSidedQuantile(SIGNIFICANCE, degrees_of_freedom);
  const t = standard_error === 0 ? null : difference / standard_error;
  return {
    test,
    difference,
    standard_error,
    t,
    degrees_of_freedom,
    p: t === null ? null : twoSidedP(t, degrees_of_freedom),
    interval: [difference - reach, difference + reach],
  };
}
