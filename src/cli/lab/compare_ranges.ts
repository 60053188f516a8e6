/**
 * `aod lab compare-ranges`: two runs by ranges of time.
 * @module
 */
import { InvalidArgumentError, Option } from "commander";
import { type ComparedRange, rangesFigure } from "../../lab/chart/charts.ts";
import { compareSeries } from "../../lab/compare/compare.ts";
import { loadPairs, type SeriesPair } from "../../lab/compare/load.ts";
import {
  DEFAULT_RANGES,
  parseRanges,
  rangeText,
  type TimeRange,
} from "../../lab/compare/ranges.ts";
import { partOf } from "../../lab/compare/series.ts";
import { chartBase } from "../../lab/replace_file.ts";
import type { Command } from "../command.ts";
import { EXIT, ExitError } from "../exit.ts";
import { printJson, printLine } from "../output.ts";
import { comparisonText, guarded, namesOf, writeChart } from "./results.ts";

const EXAMPLES = `
Ranges are seconds since the first row of each file; the end itself is left out.
There is one chart a column, range_comparison_<column>.png and .svg, with a panel
a range.

Examples:
  aod lab compare-ranges baseline.csv with_aod.csv
  aod lab compare-ranges baseline.csv with_aod.csv CPU_Percent
  aod lab compare-ranges a.csv b.csv --ranges 0-60,60-120 -o report/ --json

Exit codes: 0 ok, 1 a chart cannot be written, 2 usage or a bad file.`;

interface RangesOptions {
  ranges: TimeRange[];
  output?: string;
  json?: boolean;
}

/** Adds `compare-ranges` to `aod lab`. */
export function register(lab: Command): void {
  lab.command("compare-ranges")
    .description("compare two runs by ranges of time")
    .argument("<base.csv>", "run without the agent")
    .argument("<test.csv>", "run with it")
    .argument("[column]", "default: CPU and memory")
    .addOption(
      new Option("--ranges <list>", "seconds, separated by commas")
        .argParser(ranges).default([...DEFAULT_RANGES], "0-200,200-500,500-800"),
    )
    .option("-o, --output <file>", "beginning of the charts' names, or a directory")
    .option("--json", "print one JSON object a column")
    .addHelpText("after", EXAMPLES)
    .action((base: string, test: string, column: string | undefined, options: RangesOptions) =>
      guarded(() => compareRanges(base, test, column, options))
    );
}

function ranges(text: string): TimeRange[] {
  try {
    return parseRanges(text);
  } catch (error) {
    throw new InvalidArgumentError(error instanceof Error ? error.message : String(error));
  }
}

async function compareRanges(
  base: string,
  test: string,
  column: string | undefined,
  options: RangesOptions,
): Promise<void> {
  const { pairs, remarks } = loadPairs(base, test, column === undefined ? [] : [column]);
  const compared = pairs.map((pair) => ({
    column: pair.baseline.column,
    ranges: options.ranges.map((range) => compareRange(pair, range)),
  }));
  if (compared.every(({ ranges }) => ranges.every(({ comparison }) => comparison === null))) {
    throw new ExitError(EXIT.usage, "in none of the ranges do both files have samples");
  }
  const beginning = chartBase(options.output, "range_comparison");
  for (const { column, ranges } of compared) {
    const chart = rangesFigure(namesOf(base, test), column, ranges);
    const files = await writeChart(chart, `${beginning}_${fileName(column)}`);
    if (options.json) printJson({ baseline: base, test, column, ranges: json(ranges), files });
    else print(column, ranges, files);
  }
  for (const remark of remarks) console.error(`aod lab compare-ranges: ${remark}`);
}

function compareRange(pair: SeriesPair, range: TimeRange): ComparedRange {
  const baseline = partOf(pair.baseline, range.from_sec, range.to_sec);
  const test = partOf(pair.test, range.from_sec, range.to_sec);
  const empty = baseline.values.length === 0 || test.values.length === 0;
  const comparison = empty ? null : compareSeries(baseline, test);
  return { range, pair: { baseline, test }, comparison };
}

function json(ranges: ComparedRange[]) {
  return ranges.map(({ range, comparison }) => ({ ...range, comparison }));
}

function print(column: string, ranges: ComparedRange[], files: string[]): void {
  for (const { range, pair, comparison } of ranges) {
    const title = `${column}, ${rangeText(range)}`;
    if (comparison === null) {
      printLine(title);
      const missing = [
        ...(pair.baseline.values.length === 0 ? ["baseline"] : []),
        ...(pair.test.values.length === 0 ? ["test"] : []),
      ];
      printLine(`  no samples of ${missing.join(" and ")} in this time`);
    } else comparisonText(title, comparison).forEach(printLine);
    printLine("");
  }
  files.forEach(printLine);
}

/** A column's name as a part of a file's name. */
function fileName(column: string): string {
  return column.replace(/[^A-Za-z0-9._-]+/g, "_");
}
