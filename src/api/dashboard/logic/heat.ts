/**
 * Latency histograms: sums, differences and quantiles, and the heat map of commands by latency.
 *
 * A histogram is its bounds (ascending upper bounds of the buckets, in ms) and one count for each
 * bucket, plus one for what is above the last bound.
 * @module
 */

/** Counts by bucket. */
export type Counts = readonly number[];

/** One row of the heat map. */
export interface HeatRow {
  /** SMB2 command. */
  name: string;
  /** Requests in all. */
  count: number;
  /** A cell for every column of the map. */
  cells: HeatCell[];
}

/** One cell of the heat map. */
export interface HeatCell {
  /** Requests in it. */
  count: number;
  /** 0 (none) to `HEAT_LEVELS`: by the logarithm of its count. */
  level: number;
}

/** A column of the heat map. */
export interface HeatColumn {
  /** Latencies over this, in ms. */
  from_ms: number;
  /** Up to this; null for no end. */
  to_ms: number | null;
}

/** The heat map. */
export interface HeatMap {
  /** From fast to slow. */
  columns: HeatColumn[];
  /** The busiest command first. */
  rows: HeatRow[];
}

/** Shades of the heat map besides empty. */
export const HEAT_LEVELS = 8;

/** All requests of a histogram. */
export function total(counts: Counts): number {
  return counts.reduce((sum, count) => sum + count, 0);
}

/**
 * The latency under which a share `q` of the requests stayed, in ms: linear within its bucket. Above
 * the last bound nothing is known but that bound.
 * @returns null when the histogram is empty
 */
export function quantile(counts: Counts, bounds_ms: readonly number[], q: number): number | null {
  const all = total(counts);
  if (all === 0) return null;
  const rank = q * all;
  let below = 0;
  for (let i = 0; i < bounds_ms.length; i++) {
    const count = counts[i] ?? 0;
    if (count > 0 && below + count >= rank) {
      const from = i === 0 ? 0 : bounds_ms[i - 1];
      return from + (bounds_ms[i] - from) * Math.max(0, (rank - below) / count);
    }
    below += count;
  }
  return bounds_ms.at(-1) ?? null;
}

/** Sum of histograms with the same bounds. */
export function sumOf(histograms: readonly Counts[]): number[] {
  const length = histograms.reduce((longest, counts) => Math.max(longest, counts.length), 0);
  return Array.from(
    { length },
    (_, i) => histograms.reduce((sum, counts) => sum + (counts[i] ?? 0), 0),
  );
}

/** What was added between two readings of a histogram that only grows. */
export function difference(now: Counts, before: Counts): number[] {
  return now.map((count, i) => Math.max(0, count - (before[i] ?? 0)));
}

/** Level of a cell: logarithmic, since fast requests outnumber slow ones by far. */
export function heatLevel(count: number, fullest: number): number {
  if (count <= 0 || fullest <= 0) return 0;
  if (fullest <= 1) return HEAT_LEVELS;
  return 1 + Math.round((HEAT_LEVELS - 1) * Math.log(count) / Math.log(fullest));
}

/** The heat map of commands; its columns span the buckets that hold anything. */
export function heatMap(
  commands: readonly { name: string; counts: Counts }[],
  bounds_ms: readonly number[],
): HeatMap {
  const busy = commands.filter(({ counts }) => total(counts) > 0);
  const all = sumOf(busy.map(({ counts }) => counts));
  const first = all.findIndex((count) => count > 0);
  if (first < 0) return { columns: [], rows: [] };
  const last = all.findLastIndex((count) => count > 0);
  const fullest = busy.reduce((most, { counts }) => Math.max(most, ...counts), 0);
  const buckets = Array.from({ length: last - first + 1 }, (_, i) => first + i);
  return {
    columns: buckets.map((i) => ({
      from_ms: i === 0 ? 0 : bounds_ms[i - 1],
      to_ms: bounds_ms[i] ?? null,
    })),
    rows: busy.map(({ name, counts }) => ({
      name,
      count: total(counts),
      cells: buckets.map((i) => {
        const count = counts[i] ?? 0;
        return { count, level: heatLevel(count, fullest) };
      }),
    })).sort((a, b) => b.count - a.count || (a.name < b.name ? -1 : 1)),
  };
}
