/**
 * What the comparing subcommands of the lab have in common: faults of files as exit codes, names of
 * runs, charts on the disk, tables of figures.
 * @module
 */
import { basename } from "node:path";
import type { Figure } from "../../lab/chart/figure.ts";
import type { RunNames } from "../../lab/chart/charts.ts";
import type { ColumnComparison } from "../../lab/compare/compare.ts";
import { differenceUnit, differenceWords, figure } from "../../lab/compare/words.ts";
import { percent, signed, testWords, verdictWords } from "../../lab/compare/words.ts";
import { CsvError } from "../../lab/csv/error.ts";
import { OutputError, replaceFile } from "../../lab/replace_file.ts";
import { EXIT, ExitError } from "../exit.ts";

/** Runs an action: a bad file ends with 2, one that cannot be written with 1, one line each. */
export async function guarded(action: () => Promise<void>): Promise<void> {
  try {
    await action();
  } catch (error) {
    if (error instanceof CsvError) throw new ExitError(EXIT.usage, error.message);
    if (error instanceof OutputError) throw new ExitError(EXIT.internal, error.message);
    throw error;
  }
}

/** Names of two runs for a legend: the files, with what is above them where that alone differs. */
export function namesOf(baseline: string, test: string): RunNames {
  const [a, b] = [basename(baseline), basename(test)];
  return a === b ? { baseline, test } : { baseline: a, test: b };
}

/** Renders a chart and writes it as PNG and SVG. @returns both paths */
export async function writeChart(chart: Figure, base: string): Promise<string[]> {
  const { renderChart } = await import("../../lab/chart/render.ts");
  const { png, svg } = await renderChart(chart);
  replaceFile(`${base}.png`, png);
  replaceFile(`${base}.svg`, svg);
  return [`${base}.png`, `${base}.svg`];
}

/** The table and the sentences of one comparison. */
export function comparisonText(title: string, comparison: ColumnComparison): string[] {
  const { baseline, test, change_percent, unit } = comparison;
  const rows: [string, number, number, number | null][] = [
    ["average", baseline.average, test.average, change_percent.average],
    ["maximum", baseline.max, test.max, change_percent.max],
    ["minimum", baseline.min, test.min, change_percent.min],
    [
      "standard deviation",
      baseline.standard_deviation,
      test.standard_deviation,
      change_percent.standard_deviation,
    ],
  ];
  return [
    `${title}${unit === "" ? "" : ` (${unit})`}`,
    row("", "baseline", "test", `change${differenceUnit(unit) || ""}`, "change"),
    ...rows.map(([name, a, b, change]) =>
      row(name, figure(a), figure(b), signed(b - a), percent(change))
    ),
    row("samples", String(baseline.samples), String(test.samples), "", ""),
    row("  independent", independent(baseline), independent(test), "", ""),
    `  difference of the averages: ${differenceWords(comparison)}`,
    ...(comparison.verdict === "unclear" ? [] : [`  ${testWords(comparison)}`]),
    `  verdict: ${verdictWords(comparison)}`,
  ];
}

function independent({ independent_samples }: { independent_samples: number }): string {
  return `~${independent_samples.toFixed(independent_samples < 10 ? 1 : 0)}`;
}

function row(name: string, ...cells: string[]): string {
  return `  ${name.padEnd(20)}${cells.map((cell) => cell.padStart(14)).join("")}`.trimEnd();
}
