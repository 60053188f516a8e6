/**
 * Series of random values that are the same in every run.
 * @module
 */

/** Numbers from 0 to 1, the same for the same seed (mulberry32). */
export function uniform(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Normal values with mean 0 and variance 1 (Box and Muller). */
export function normal(seed: number): () => number {
  const next = uniform(seed);
  return () => Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());
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
