/**
 * Series of random values that are the same in every run.
 * @module
 */
import { Random } from "../../../src/detect/metrics/random.ts";

/** Normal values with mean 0 and variance 1. */
export function normal(seed: number): () => number {
  const random = new Random(seed);
  return () => random.normal();
}

/**
 * An autoregressive series of first order: each value is `phi` times the one before, and something
 * new; its variance is 1.
 */
export function autoregressive(length: number, phi: number, next: () => number): Float64Array {
  const values = new Float64Array(length);
  let value = next();
  for (let i = 0; i < length; i++) {
    values[i] = value;
    value = phi * value + Math.sqrt(1 - phi * phi) * next();
  }
  return values;
}
