/**
 * `aod lab compare`: two runs side by side, and whether they differ by more than noise.
 * @module
 */
import { Option } from "commander";
import { comparisonFigure } from "../../lab/chart/charts.ts";
import { compareSeries } from "../../lab/compare/compare.ts";
import { loadPairs } from "../../lab/compare/load.ts";
import { chartBase } from "../../lab/replace_file.ts";
import type { Command } from "../command.ts";
import { printJson, printLine } from "../output.ts";
import { comparisonText, guarded, namesOf, writeChart } from "./results.ts";

const EXAMPLES = `
BASE.csv is a run without the agent, TEST.csv one with it; both are of aod lab
monitor, or of any tool that writes a time and percentages. CPU and memory are
found by name. Two single runs also differ by what else the host did: only rounds
that alternate (aod lab run) tell that from the agent.

Examples:
  aod lab compare baseline.csv with_aod.csv         comparison_graph.png and .svg
  aod lab compare baseline.csv with_aod.csv -o report/cpu.png
  aod lab compare a.csv b.csv --column Process_RSS_MB
  aod lab compare a.csv b.csv --json | jq '.columns[].verdict'

Exit codes: 0 ok, 1 a chart cannot be written, 2 usage or a bad file.`;

interface CompareOptions {
  column?: string[];
  output?: string;
  json?: boolean;
}

/** Adds `compare` to `aod lab`. */
export function register(lab: Command): void {
  lab.command("compare")
    .description("compare two runs: statistics, verdict, chart")
    .argument("<base.csv>", "run without the agent")
    .argument("<test.csv>", "run with it")
    .addOption(
      new Option("--column <name>", "compare this instead of CPU and memory; may be repeated")
        .argParser((name: string, before: string[] = []) => [...before, name]),
    )
    .option("-o, --output <file>", "chart or directory (default: comparison_graph.png)")
    .option("--json", "print one JSON object")
    .addHelpText("after", EXAMPLES)
    .action((base: string, test: string, options: CompareOptions) =>
      guarded(() => compare(base, test, options))
    );
}

async function compare(base: string, test: string, options: CompareOptions): Promise<void> {
  const { pairs, remarks } = loadPairs(base, test, options.column ?? []);
  const compared = pairs.map((pair) => ({
    pair,
    comparison: compareSeries(pair.baseline, pair.test),
  }));
  const chart = comparisonFigure(namesOf(base, test), compared);
  const files = await writeChart(chart, chartBase(options.output, "comparison_graph"));
  const columns = compared.map(({ comparison }) => comparison);
  if (options.json) return printJson({ baseline: base, test, columns, remarks, files });
  for (const comparison of columns) {
    comparisonText(comparison.column, comparison).forEach(printLine);
    printLine("");
  }
  for (const remark of remarks) console.error(`aod lab compare: ${remark}`);
  for (const file of files) printLine(file);
}
