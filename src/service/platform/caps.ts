/**
 * How much `/metrics` may tell: what is beyond a limit is added up under `~other`, or left out and
 * counted where values cannot be added.
 * @module
 */
import type { HistogramSample, MetricFamily, PlainSample } from "../../api/prometheus.ts";

/** What labels say where several are told as one. */
export const OTHER = "~other";

/**
 * The first histograms, and all others added up as one. Who came first stays: a counter that changed
 * its place would seem to begin anew, and `~other` to jump.
 * @param rows in the order in which they came, with the same bounds
 * @param most told, `~other` not counted
 */
export function foldHistograms(
  rows: readonly HistogramSample[],
  most: number,
): HistogramSample[] {
  const [told, rest] = [rows.slice(0, most), rows.slice(most)];
  const [first] = rest;
  if (first === undefined) return told;
  const counts = first.counts.map((_, i) => rest.reduce((all, row) => all + row.counts[i], 0));
  const sum = rest.reduce((all, row) => all + row.sum, 0);
  return [...told, { labels: othersOf(first.labels), bounds: first.bounds, counts, sum }];
}

/** The same for counters. */
export function foldCounters(rows: readonly PlainSample[], most: number): PlainSample[] {
  const [told, rest] = [rows.slice(0, most), rows.slice(most)];
  if (rest.length === 0) return told;
  const value = rest.reduce((all, row) => all + row.value, 0);
  return [...told, { labels: othersOf(rest[0].labels), value }];
}

function othersOf(labels: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.keys(labels).map((label) => [label, OTHER]));
}

/**
 * A histogram with fewer buckets: pairs of neighbours become one, so that the bounds grow by four
 * where they grew by two.
 */
export function halveBuckets({ labels, bounds, counts, sum }: HistogramSample): HistogramSample {
  const kept = bounds.map((_, i) => i).filter((i) => i % 2 === 0);
  let from = 0;
  const halved = kept.map((at) => {
    const count = counts.slice(from, at + 1).reduce((all, n) => all + n, 0);
    from = at + 1;
    return count;
  });
  halved.push(counts.slice(from).reduce((all, n) => all + n, 0));
  return { labels, bounds: kept.map((at) => bounds[at]), counts: halved, sum };
}

/** Families whose samples are plain values. */
export type Gauges = Extract<MetricFamily, { type: "counter" | "gauge" | "untyped" }>;

/** A family with more samples than this is cut before others are. */
const WIDEST = 256;

/**
 * Families of gauges with so many samples at most, all together: of the widest the last ones are left
 * out. A mean or a sum of gauges would be no value of anything.
 * @returns the families, and how many samples are left out
 */
export function cutGauges(
  families: readonly Gauges[],
  most: number,
): { families: Gauges[]; left_out: number } {
  const total = (width: number) =>
    families.reduce((all, { samples }) => all + Math.min(samples.length, width), 0);
  let width = WIDEST;
  while (width > 1 && total(width) > most) width = Math.floor(width / 2);
  const cut = families.map((family) => ({ ...family, samples: family.samples.slice(0, width) }));
  return { families: cut, left_out: total(Infinity) - total(width) };
}
