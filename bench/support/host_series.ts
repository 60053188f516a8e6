/**
 * Series as a host makes them, always the same: shares of time, bytes, operations, counts that seldom
 * change. For benchmarks that store or read metrics.
 * @module
 */

/** Makes the next value of a series. */
export type Series = () => number;

/** Numbers from 0 to 1 that look like chance and are always the same (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Per cent of a second, as it comes out of clock ticks. */
function utilisation(random: () => number): Series {
  let level = 10;
  return () => {
    level = Math.min(90, Math.max(1, level + 4 * (random() - 0.5)));
    const ticks = 195 + Math.floor(10 * random());
    return 100 * Math.round(ticks * level / 100 + 3 * random()) / ticks;
  };
}

/** Bytes in pages that go up and down. */
function memory(random: () => number): Series {
  let pages = 2_000_000;
  return () => {
    pages += Math.floor(400 * (random() - 0.5));
    return 4096 * pages;
  };
}

/** Whole numbers, most of them small, some large. */
function delta(random: () => number): Series {
  return () => Math.floor(2 ** (20 * random() * random()));
}

/** Mostly 0. */
function rare(random: () => number): Series {
  return () => random() < 0.02 ? 1 + Math.floor(5 * random()) : 0;
}

const KINDS = [utilisation, utilisation, delta, delta, memory, rare];

/** So many series, of all kinds, by key. */
export function hostSeries(keys: number): Map<string, Series> {
  const all = new Map<string, Series>();
  for (let i = 0; i < keys; i++) {
    const kind = KINDS[i % KINDS.length];
    all.set(`${kind.name}.${i}`, kind(chance(i + 1)));
  }
  return all;
}
