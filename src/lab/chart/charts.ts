/**
 * The charts that the lab makes.
 * @module
 */
import type { ColumnComparison } from "../compare/compare.ts";
import type { SeriesPair } from "../compare/load.ts";
import { rangeText, type TimeRange } from "../compare/ranges.ts";
import type { Series } from "../compare/series.ts";
import { differenceWords, figure, percent, verdictWords } from "../compare/words.ts";
import type { Figure, LegendEntry } from "./figure.ts";
import { type Panel, type PanelCurve, SMOOTHED_FROM } from "./panel.ts";
import { COLOUR } from "./theme.ts";

/** Names of the two runs, such as their files. */
export interface RunNames {
  /** Without what is to be measured. */
  baseline: string;
  /** With it. */
  test: string;
}

/** A range of time with what was found in it; null where one of the two has no sample there. */
export interface ComparedRange {
  /** The time. */
  range: TimeRange;
  /** The samples in it. */
  pair: SeriesPair;
  /** Their comparison. */
  comparison: ColumnComparison | null;
}

/** All columns of two runs, one panel each. */
export function comparisonFigure(
  names: RunNames,
  compared: { pair: SeriesPair; comparison: ColumnComparison }[],
): Figure {
  return {
    title: "Baseline and test",
    legend: legendOf(names, compared),
    panels: compared.map(({ pair, comparison }) => ({
      title: pair.baseline.column,
      notes: notesOf(comparison),
      ...body(pair),
      from_sec: 0,
      to_sec: Math.max(lengthOf(pair.baseline), lengthOf(pair.test)),
    })),
  };
}

/** One column of two runs, one panel a range of time. */
export function rangesFigure(names: RunNames, column: string, ranges: ComparedRange[]): Figure {
  return {
    title: `${column}: baseline and test by time`,
    legend: legendOf(names, ranges),
    same_values: true,
    panels: ranges.map(({ range, pair, comparison }) => ({
      title: rangeText(range),
      notes: comparison === null ? [] : notesOf(comparison),
      ...body(pair),
      ...range,
    })),
  };
}

/** Disk usage over time of one run, or of two. */
export function diskFigure(runs: { name: string; series: Series; note: string }[]): Figure {
  const colours = [COLOUR.baseline, COLOUR.test];
  const [first] = runs;
  return {
    title: runs.length === 1 ? "Disk usage" : "Disk usage of two runs",
    legend: runs.map(({ name }, i) => ({ label: name, colour: colours[i] })),
    panels: [{
      title: first.series.column,
      notes: runs.map(({ note }) => note),
      y_label: labelOf(first.series),
      from_sec: 0,
      to_sec: Math.max(...runs.map(({ series }) => lengthOf(series))),
      curves: runs.map(({ series }, i) => curveOf(series, colours[i])),
      style: runs.length === 1 ? "area" : "line",
    }],
  };
}

function legendOf({ baseline, test }: RunNames, shown: { pair: SeriesPair }[]): LegendEntry[] {
  const smooth = shown.some(({ pair }) =>
    Math.max(pair.baseline.values.length, pair.test.values.length) >= SMOOTHED_FROM
  );
  const curves: LegendEntry[] = [
    { label: "samples", colour: COLOUR.quiet, look: "thin" },
    { label: "moving average", colour: COLOUR.quiet },
  ];
  return [
    { label: `baseline: ${baseline}`, colour: COLOUR.baseline },
    { label: `test: ${test}`, colour: COLOUR.test },
    ...(smooth ? curves : []),
    { label: "average", colour: COLOUR.quiet, look: "dashed" },
  ];
}

function notesOf(comparison: ColumnComparison): string[] {
  const { baseline, test, change_percent, unit } = comparison;
  const change = change_percent.average === null ? "" : ` (${percent(change_percent.average)})`;
  const fromTo = (name: string, of: "average" | "max" | "min" | "standard_deviation") =>
    `${name} ${figure(baseline[of])} \u2192 ${figure(test[of])}${unit === "" ? "" : ` ${unit}`}`;
  return [
    `${fromTo("average", "average")}${change}: ${verdictWords(comparison)}`,
    `difference ${differenceWords(comparison)}`,
    [
      fromTo("maximum", "max"),
      fromTo("minimum", "min"),
      fromTo("standard deviation", "standard_deviation"),
    ].join(", "),
  ];
}

function body({ baseline, test }: SeriesPair): Pick<Panel, "y_label" | "curves" | "style"> {
  return {
    y_label: labelOf(baseline),
    curves: [curveOf(baseline, COLOUR.baseline), curveOf(test, COLOUR.test)],
    style: "samples",
  };
}

/** `CPU (%)` of `CPU_Percent`. */
function labelOf({ column, unit }: Series): string {
  const name = column.replace(/[_ ](percent|[KMG]B)$/i, "").replaceAll("_", " ");
  return unit === "" ? name : `${name} (${unit})`;
}

function curveOf(series: Series, colour: string): PanelCurve {
  return { x: series.elapsed_sec, y: series.values, colour };
}

function lengthOf({ elapsed_sec }: Series): number {
  return elapsed_sec[elapsed_sec.length - 1];
}
