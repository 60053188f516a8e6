/**
 * The charts that are compared with pictures in tests/fixtures/lab: someone has looked at these and
 * found them good. `deno run -A tests/support/lab/golden_charts.ts` writes them anew, to be looked
 * at again.
 * @module
 */
import { comparisonFigure, diskFigure, rangesFigure } from "../../../src/lab/chart/charts.ts";
import type { Figure } from "../../../src/lab/chart/figure.ts";
import { renderChart } from "../../../src/lab/chart/render.ts";
import { compareSeries } from "../../../src/lab/compare/compare.ts";
import { diskFigures, growthWords } from "../../../src/lab/compare/disk.ts";
import { partOf, type Series } from "../../../src/lab/compare/series.ts";
import { autoregressive, normal } from "./random.ts";

/** Where the pictures are. */
export const GOLDEN = new URL("../../fixtures/lab/", import.meta.url).pathname;

function series(column: string, unit: string, values: Float64Array, step_sec = 1): Series {
  const elapsed_sec = values.map((_, i) => i * step_sec);
  return { column, unit, elapsed_sec, values, rounds: null };
}

function walk(seed: number, length: number, step: (noise: number, i: number) => number) {
  const next = normal(seed);
  let value = 12;
  return Float64Array.from({ length }, (_, i) => value = Math.max(0, value + step(next(), i)));
}

const cpu = (seed: number, average: number) =>
  series("CPU_Percent", "%", autoregressive(600, 0.7, normal(seed)).map((v) => average + 5 * v));
const memory = (seed: number, average: number) =>
  series(
    "Memory_Percent",
    "%",
    autoregressive(600, 0.97, normal(seed)).map((v) => average + v / 5),
  );

function comparison(): Figure {
  const pairs = [
    { baseline: cpu(1, 22), test: cpu(2, 24.5) },
    { baseline: memory(3, 41), test: memory(4, 42) },
  ];
  return comparisonFigure(
    { baseline: "baseline.csv", test: "with_aod.csv" },
    pairs.map((pair) => ({ pair, comparison: compareSeries(pair.baseline, pair.test) })),
  );
}

/** With a gap in the test, and a range in which there is nothing. */
function ranges(): Figure {
  const whole = { baseline: cpu(5, 30), test: cpu(6, 30) };
  const gap = (_: number, i: number) => i < 100 || i >= 160;
  const { elapsed_sec, values } = whole.test;
  whole.test = { ...whole.test, elapsed_sec: elapsed_sec.filter(gap), values: values.filter(gap) };
  const wanted = [[0, 200], [200, 600], [600, 800]];
  return rangesFigure(
    { baseline: "baseline.csv", test: "with_aod.csv" },
    "CPU_Percent",
    wanted.map(([from_sec, to_sec]) => {
      const pair = {
        baseline: partOf(whole.baseline, from_sec, to_sec),
        test: partOf(whole.test, from_sec, to_sec),
      };
      const empty = pair.baseline.values.length === 0;
      const comparison = empty ? null : compareSeries(pair.baseline, pair.test);
      return { range: { from_sec, to_sec }, pair, comparison };
    }),
  );
}

function disk(runs: number): Figure {
  const first = walk(7, 240, (noise, i) => i % 40 === 39 ? -9 : 0.4 + 0.3 * noise);
  const second = walk(8, 360, (noise) => 0.1 + 0.05 * noise);
  return diskFigure(
    [first, second].slice(0, runs).map((values, i) => {
      const measured = series("Disk_Usage_MB", "MB", values, 10);
      const name = ["disk_usage.csv", "disk_usage_other.csv"][i];
      const note = growthWords(diskFigures(measured));
      return { name, series: measured, note: runs === 1 ? note : `${name}: ${note}` };
    }),
  );
}

/** Names of the pictures, and what is on them. */
export const GOLDEN_CHARTS: Record<string, () => Figure> = {
  comparison_graph: comparison,
  range_comparison: ranges,
  disk_usage_plot: () => disk(1),
  disk_usage_comparison: () => disk(2),
};

if (import.meta.main) {
  Deno.mkdirSync(GOLDEN, { recursive: true });
  for (const [name, make] of Object.entries(GOLDEN_CHARTS)) {
    Deno.writeFileSync(`${GOLDEN}${name}.png`, (await renderChart(make())).png);
  }
}
