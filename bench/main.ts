/**
 * Runs the benchmarks: `deno task bench [--only NAME]... [--quick] [--list]`.
 *
 * Prints every figure, writes them with the machine they were measured on to
 * bench/results/<date>.json (with --quick to bench/results/local/), and ends with the summary of
 * bench/compare.ts: each beside its target and the previous run, and what falls short.
 * What is published goes to docs/performance.md. Ends with 1 where a benchmark failed or, but with
 * --quick, a target is missed.
 * @module
 */
import { parseArgs } from "node:util";
import { summaryLines } from "./compare.ts";
import { BENCHMARKS } from "./registry.ts";
import { writePerformancePage } from "./report.ts";
import { type Benchmark, type Figure, meetsTarget } from "./support/figure.ts";
import { describeMachine } from "./support/machine.ts";
import { readRuns } from "./support/results.ts";

const RESULTS = new URL("./results/", import.meta.url).pathname;

function row(figure: Figure): string {
  const met = meetsTarget(figure);
  const { target } = figure;
  const bounds = [
    target?.at_most === undefined ? "" : `<= ${target.at_most}`,
    target?.at_least === undefined ? "" : `>= ${target.at_least}`,
  ].filter((text) => text !== "").join(" and ");
  const digits = Math.abs(figure.value) >= 1000 ? 0 : 2;
  return [
    figure.name.padEnd(58),
    figure.value.toFixed(digits).padStart(12),
    figure.unit.padEnd(12),
    bounds.padEnd(14),
    met === null ? "" : met ? "met" : "MISSED",
  ].join(" ").trimEnd();
}

function choose(only: string[]): Benchmark[] {
  const unknown = only.filter((name) => !BENCHMARKS.some((b) => b.name === name));
  if (unknown.length > 0) {
    const names = BENCHMARKS.map((b) => b.name).join(", ");
    console.error(`Cannot run ${unknown.join(", ")}: because there is only ${names}`);
    Deno.exit(2);
  }
  return only.length === 0 ? BENCHMARKS : BENCHMARKS.filter((b) => only.includes(b.name));
}

function save(results: unknown, quick: boolean, only: string[]): string {
  const directory = quick ? `${RESULTS}local/` : RESULTS;
  Deno.mkdirSync(directory, { recursive: true });
  const stamp = new Date().toISOString().slice(0, 19).replaceAll(":", "");
  const path = `${directory}${stamp}${only.length === 0 ? "" : `-${only.join("-")}`}.json`;
  Deno.writeTextFileSync(path, JSON.stringify(results, null, 2) + "\n");
  return path;
}

// `deno task bench -- --quick` hands the "--" over too.
const args = Deno.args.filter((arg, i) => i > 0 || arg !== "--");
const { values } = parseArgs({
  args,
  options: {
    only: { type: "string", multiple: true, default: [] },
    quick: { type: "boolean", default: false },
    list: { type: "boolean", default: false },
  },
});
if (values.list) {
  for (const { name, about } of BENCHMARKS) console.log(`${name.padEnd(16)} ${about}`);
  Deno.exit(0);
}
const chosen = choose(values.only);
const machine = describeMachine();
const { cpu, cores, kernel, deno, load_1m } = machine;
console.log(`${cpu}, ${cores} cores, Linux ${kernel}, Deno ${deno}, load ${load_1m.toFixed(2)}`);
const results: Record<string, Figure[] | { skipped: string }> = {};
const failed: string[] = [];
let missed = 0;
for (const benchmark of chosen) {
  console.log(`\n${benchmark.name}: ${benchmark.about}`);
  if (benchmark.root === true && Deno.uid() !== 0) {
    console.log("  skipped: needs root");
    results[benchmark.name] = { skipped: "needs root" };
    continue;
  }
  let figures: Figure[];
  try {
    figures = await benchmark.run({ quick: values.quick, say: (text) => console.error(text) });
  } catch (error) {
    // The others are worth their figures all the same.
    const reason = error instanceof Error ? error.message : String(error);
    console.log(`  failed: ${reason}`);
    results[benchmark.name] = { skipped: reason };
    failed.push(benchmark.name);
    continue;
  }
  for (const figure of figures) console.log(`  ${row(figure)}`);
  missed += figures.filter((figure) => meetsTarget(figure) === false).length;
  results[benchmark.name] = figures;
}
const date = new Date().toISOString();
const path = save({ date, quick: values.quick, machine, results }, values.quick, values.only);
if (!values.quick) writePerformancePage();
const shown = path.replace(RESULTS, "");
console.log(summaryLines(readRuns(), { only: values.only, shown }).lines.join("\n"));
if (failed.length > 0) console.log(`\nFailed: ${failed.join(", ")}`);
console.log(`\n${missed} target(s) missed; written to ${path.replace(/.*\/bench\//, "bench/")}`);
Deno.exit(failed.length > 0 || (missed > 0 && !values.quick) ? 1 : 0);
