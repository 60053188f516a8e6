/**
 * `aod lab disk-plot`: the growth of a directory as a chart, of one run or of two.
 * @module
 */
import { basename } from "node:path";
import { diskFigure } from "../../lab/chart/charts.ts";
import { type DiskFigures, diskFigures, growthWords } from "../../lab/compare/disk.ts";
import { loadDisk } from "../../lab/compare/load.ts";
import { figure } from "../../lab/compare/words.ts";
import { chartBase } from "../../lab/replace_file.ts";
import type { Command } from "../command.ts";
import { printJson, printLine } from "../output.ts";
import { guarded, namesOf, writeChart } from "./results.ts";

const EXAMPLES = `
Examples:
  aod lab disk-plot disk_usage.csv                  disk_usage_plot.png and .svg
  aod lab disk-plot baseline.csv with_aod.csv       disk_usage_comparison.png and .svg
  aod lab disk-plot disk_usage.csv -o report/ --json

Exit codes: 0 ok, 1 a chart cannot be written, 2 usage or a bad file.`;

interface DiskPlotOptions {
  output?: string;
  json?: boolean;
}

/** Adds `disk-plot` to `aod lab`. */
export function register(lab: Command): void {
  lab.command("disk-plot")
    .description("draw the growth of a directory that disk-monitor measured")
    .argument("<file.csv>", "time and Disk_Usage_MB")
    .argument("[other.csv]", "another run, in the same chart")
    .option("-o, --output <file>", "chart or directory")
    .option("--json", "print one JSON object")
    .addHelpText("after", EXAMPLES)
    .action((file: string, other: string | undefined, options: DiskPlotOptions) =>
      guarded(() => diskPlot(file, other, options))
    );
}

async function diskPlot(
  file: string,
  other: string | undefined,
  options: DiskPlotOptions,
): Promise<void> {
  const paths = other === undefined ? [file] : [file, other];
  const names = other === undefined ? [basename(file)] : Object.values(namesOf(file, other));
  const runs = paths.map((path, i) => {
    const series = loadDisk(path);
    return { path, name: names[i], series, figures: diskFigures(series) };
  });
  const chart = diskFigure(runs.map(({ name, series, figures }) => ({
    name,
    series,
    note: other === undefined ? growthWords(figures) : `${name}: ${growthWords(figures)}`,
  })));
  const name = other === undefined ? "disk_usage_plot" : "disk_usage_comparison";
  const files = await writeChart(chart, chartBase(options.output, name));
  if (options.json) {
    return printJson({ runs: runs.map(({ path, figures }) => ({ path, ...figures })), files });
  }
  for (const { path, figures } of runs) print(path, figures);
  files.forEach(printLine);
}

function print(path: string, figures: DiskFigures): void {
  const { unit, average, max, min, standard_deviation, samples, duration_sec } = figures;
  printLine(`${path}: ${samples} samples in ${figure(duration_sec)} s`);
  printLine(`  ${growthWords(figures)}`);
  printLine(
    `  average ${figure(average)}, maximum ${figure(max)}, minimum ${figure(min)}, ` +
      `standard deviation ${figure(standard_deviation)}${unit === "" ? "" : ` ${unit}`}`,
  );
}
