/**
 * Student's t distribution: how probable a t is by chance, and how large it may be.
 * @module
 */
import { incompleteBeta } from "./beta.ts";

/**
 * Probability that |t| is at least this large by chance.
 * @param t any
 * @param df degrees of freedom, at least 1, not necessarily whole
 */
export function twoSidedP(t: number, df: number): number {
  if (!Number.isFinite(t)) return 0;
  const square = t * t;
  return incompleteBeta(df / (df + square), df / 2, 0.5, square / (df + square));
}

/**
 * The t that is exceeded on both sides together with the probability `p`: 0.05 for an interval of
 * 95 %.
 * @param p above 0, below 1
 * @param df as above
 */
export function twoSidedQuantile(p: number, df: number): number {
  let low = 0;
  let high = 1;
  while (twoSidedP(high, df) > p) high *= 2;
  // Each step gives one bit.
  for (let step = 0; step < 100 && high - low > 1e-14 * high; step++) {
    const middle = (low + high) / 2;
    if (twoSidedP(middle, df) > p) low = middle;
    else high = middle;
  }
  return (low + high) / 2;
}
