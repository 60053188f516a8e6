/**
 * What a benchmark gives back: figures, some of them with a target.
 * @module
 */

/** One figure. */
export interface Figure {
  /** What was measured, for example "decode and decide, batch 100". */
  name: string;
  value: number;
  unit: string;
  /** What it must be, where the requirements say so. */
  target?: { at_most?: number; at_least?: number };
  /** Anything that helps to judge it: percentiles, rounds, what ran beside it. */
  detail?: Record<string, number | string | boolean>;
}

/** One benchmark of `deno task bench`. */
export interface Benchmark {
  /** Name for `--only`. */
  name: string;
  /** One line. */
  about: string;
  /** Needs root and BPF. */
  root?: boolean;
  run(options: BenchOptions): Promise<Figure[]> | Figure[];
}

/** How to run it. */
export interface BenchOptions {
  /** Fewer rounds: to see that it works, not to publish. */
  quick: boolean;
  /** A line of progress. */
  say: (text: string) => void;
}

/** True, false, or null where the figure has no target. */
export function meetsTarget(figure: Figure): boolean | null {
  const { target, value } = figure;
  if (target === undefined) return null;
  return value <= (target.at_most ?? Infinity) && value >= (target.at_least ?? -Infinity);
}

/** The value at quantile `q` of sorted values (nearest rank). */
export function quantileOf(sorted: readonly number[], q: number): number {
  if (sorted.length === 0) return NaN;
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.ceil(q * sorted.length) - 1))];
}

/** Median of unsorted values. */
export function median(values: readonly number[]): number {
  return quantileOf([...values].sort((a, b) => a - b), 0.5);
}
