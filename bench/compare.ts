/**
 * Shows every figure beside its target and the previous run, and marks what falls short:
 * `deno run -A bench/compare.ts [--only NAME]... [--short] [--check]`.
 *
 * Of each benchmark the newest published run (bench/results/*.json) is shown, beside the one before
 * it; where nothing is published yet, the newest quick one of bench/results/local. `--short` leaves
 * out figures without a target, `--check` ends with 1 where a target is missed.
 * `deno task bench` prints the same at its end.
 * @module
 */
import { parseArgs } from "node:util";
import { BENCHMARKS } from "./registry.ts";
import { OTHER, PARTS } from "./support/parts.ts";
import { type BenchRun, readRuns } from "./support/results.ts";
import {
  boundsText,
  changeText,
  shortfalls,
  summarize,
  type SummaryRow,
  type SummarySection,
  valueText,
} from "./support/summary.ts";

const MARKS = { met: "met", missed: "MISSED", worse: "met, worse", "no target": "" } as const;

/** What to show. */
export interface SummaryOptions {
  /** Benchmarks; all where none is named. */
  only?: readonly string[];
  /** Only figures with a target. */
  short?: boolean;
  /** A quick run that is shown all the same. */
  shown?: string | null;
}

/** The summary as lines, and how many targets are missed. */
export function summaryLines(
  runs: readonly BenchRun[],
  { only = [], short = false, shown = null }: SummaryOptions = {},
): { lines: string[]; missed: number } {
  const names = BENCHMARKS.map(({ name }) => name)
    .filter((name) => only.length === 0 || only.includes(name));
  const sections = summarize(names, runs, shown);
  const known = PARTS.flatMap(({ benchmarks }) => benchmarks);
  const other = { title: OTHER, benchmarks: names.filter((name) => !known.includes(name)) };
  const lines = [...PARTS, other].flatMap(({ title, benchmarks }) => {
    const of = sections.filter(({ name }) => benchmarks.includes(name));
    return of.length === 0 ? [] : ["", `== ${title} ==`, ...of.flatMap((s) => linesOf(s, short))];
  });
  const short_of = shortfalls(sections);
  const rows = sections.flatMap((section) => section.rows);
  const missed = rows.filter(({ standing }) => standing === "missed").length;
  const targets = rows.filter(({ standing }) => standing !== "no target").length;
  lines.push("", "What falls short:", ...short_of.map((line) => `  ${line}`));
  if (short_of.length === 0) lines.push("  nothing");
  lines.push("", `${rows.length} figures, ${targets} with a target, ${missed} of these missed`);
  return { lines, missed };
}

function linesOf({ name, run, previous, rows, failed }: SummarySection, short: boolean): string[] {
  if (run === null) return ["", `${name}: ${failed === null ? "not measured" : "failed"}`];
  const before = previous === null ? "no run before" : `before: ${previous.date.slice(0, 16)}`;
  const quick = run.quick ? ", QUICK" : "";
  const head = `${name} (${run.date.slice(0, 16)}, load ${
    run.load_1m.toFixed(1)
  }${quick}; ${before})`;
  return ["", head, ...rows.filter(({ figure }) => !short || figure.target).map(rowText)];
}

function rowText(row: SummaryRow): string {
  const { figure, previous } = row;
  return [
    `  ${figure.name.padEnd(58)}`,
    valueText(figure).padStart(18),
    boundsText(figure).padEnd(18),
    (previous === null ? "new" : valueText(previous)).padStart(18),
    changeText(row).padStart(10),
    MARKS[row.standing],
  ].join(" ").trimEnd();
}

function main(): number {
  const { values } = parseArgs({
    options: {
      only: { type: "string", multiple: true, default: [] },
      short: { type: "boolean", default: false },
      check: { type: "boolean", default: false },
    },
  });
  const { lines, missed } = summaryLines(readRuns(), values);
  console.log(lines.join("\n"));
  return values.check && missed > 0 ? 1 : 0;
}

if (import.meta.main) Deno.exit(main());
