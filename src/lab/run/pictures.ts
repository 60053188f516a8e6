/**
 * The pictures of a run: its figures round by round, and the samples of both kinds of rounds.
 * @module
 */
import { comparisonFigure } from "../chart/charts.ts";
import type { Figure } from "../chart/figure.ts";
import type { Panel } from "../chart/panel.ts";
import { renderChart } from "../chart/render.ts";
import { COLOUR } from "../chart/theme.ts";
import { compareSeries } from "../compare/compare.ts";
import { loadPairs } from "../compare/load.ts";
import { changeText, METRICS, type Outcome } from "./outcome.ts";
import type { ReportPicture } from "./report.ts";
import { FILES } from "./round_files.ts";
import type { Round } from "./round.ts";

/** A picture and its file. */
export interface RunPicture extends ReportPicture {
  /** Name of the file in the run's directory. */
  file: string;
}

/**
 * Draws them.
 * @param dir the run's directory, with its CSV files
 * @param outcome of at least one pair
 */
export async function runPictures(dir: string, outcome: Outcome): Promise<RunPicture[]> {
  const rounds = await renderChart(roundsFigure(outcome));
  const { pairs } = loadPairs(`${dir}/${FILES.baseline}`, `${dir}/${FILES.with_aod}`, []);
  const names = { baseline: FILES.baseline, test: FILES.with_aod };
  const compared = pairs.map((pair) => ({
    pair,
    comparison: compareSeries(pair.baseline, pair.test),
  }));
  const samples = await renderChart(comparisonFigure(names, compared));
  return [
    { title: "Round by round", file: "rounds.png", png: rounds.png },
    { title: "Samples during the rounds", file: "comparison_graph.png", png: samples.png },
  ];
}

/** Each figure of each round at the time at which the round began: drift is seen, and its balance. */
export function roundsFigure({ pairs, comparisons }: Outcome): Figure {
  const rounds = pairs.flatMap(({ baseline, with_aod }) => [baseline, with_aod]);
  const times = rounds.map(({ started_at }) => Date.parse(started_at));
  const first_ms = Math.min(...times);
  const to_sec = (Math.max(...times) - first_ms) / 1000;
  return {
    title: "Rounds without and with aod",
    legend: [
      { label: "without aod", colour: COLOUR.baseline },
      { label: "with aod", colour: COLOUR.test },
      { label: "average", colour: COLOUR.quiet, look: "dashed" },
    ],
    panels: METRICS.map(({ key, name, unit }, i): Panel => {
      const curve = (side: "baseline" | "with_aod", colour: string) => {
        const of = pairs.map((pair): Round => pair[side]);
        return {
          x: Float64Array.from(of, ({ started_at }) => (Date.parse(started_at) - first_ms) / 1000),
          y: Float64Array.from(of, (round) => round[key]),
          colour,
        };
      };
      return {
        title: name,
        notes: [changeText(comparisons[i])],
        y_label: `${name} (${unit})`,
        from_sec: 0,
        to_sec,
        curves: [curve("baseline", COLOUR.baseline), curve("with_aod", COLOUR.test)],
        style: "samples",
      };
    }),
  };
}
