/**
 * Writes docs/performance.md from the published results, bench/results/*.json: of every benchmark
 * the newest run, and bench/results/notes.md as it is. `deno run -A bench/report.ts`; a test says when the page is out of date.
 * @module
 */
import { BENCHMARKS } from "./registry.ts";
import { type Figure, meetsTarget } from "./support/figure.ts";

const RESULTS = new URL("./results/", import.meta.url).pathname;

/** One file of results. */
interface Run {
  file: string;
  date: string;
  machine: { cpu: string; cores: number; memory_mb: number; kernel: string; load_1m: number };
  results: Record<string, Figure[] | { skipped: string }>;
}

const INTRODUCTION = `# Performance

<!-- Written by bench/report.ts from bench/results: do not edit. -->

\`deno task bench\` measures, \`--only NAME\` one benchmark, \`--quick\` to see that it works. Every run
that is not quick leaves its figures, with all details and the machine, in \`bench/results/\`; this page
shows the newest of each benchmark. "Load" is the machine's load average before the run: above the
number of cores, other work took part of the time, and figures are worse than the program is.
\`deno run -A bench/compare.ts\` shows every figure beside its target and the run before it, and what
falls short.

What is measured and why it is so is told in the first comment of each file in \`bench/\`. Figures from
a virtual machine without acceleration (\`vm-\`) are good for comparing with each other only.
`;

function runs(): Run[] {
  return [...Deno.readDirSync(RESULTS)].filter(({ name }) => name.endsWith(".json"))
    .map(({ name }) => ({ file: name, ...JSON.parse(Deno.readTextFileSync(RESULTS + name)) }))
    .sort((a, b) => a.date < b.date ? 1 : -1);
}

function valueOf({ value, unit }: Figure): string {
  const digits = Math.abs(value) >= 1000 || Number.isInteger(value) ? 0 : value < 10 ? 2 : 1;
  return `${value.toLocaleString("en-US", { maximumFractionDigits: digits })} ${unit}`.trim();
}

/** The value, with its confidence interval or what its rounds had where it has one. */
function cellOf(figure: Figure): string {
  const { low_95, high_95, pairs, deviation, min, max } = figure.detail ?? {};
  const text = (value: number) => valueOf({ ...figure, value, unit: "" });
  if (typeof low_95 === "number" && typeof high_95 === "number") {
    return `${valueOf(figure)} (95 %: ${text(low_95)} to ${text(high_95)}, ${pairs} pairs)`;
  }
  if (typeof deviation === "number" && typeof min === "number" && typeof max === "number") {
    return `${valueOf(figure)} (deviation ${text(deviation)}, ${text(min)} to ${text(max)})`;
  }
  return valueOf(figure);
}

function boundsOf({ target }: Figure): string {
  const bounds = [
    target?.at_most === undefined ? [] : `<= ${target.at_most}`,
    target?.at_least === undefined ? [] : `>= ${target.at_least.toLocaleString("en-US")}`,
  ];
  return bounds.flat().join(", ");
}

function rowOf(figure: Figure): string {
  const met = meetsTarget(figure);
  const verdict = met === null ? "" : met ? "met" : "**missed**";
  return `| ${figure.name} | ${cellOf(figure)} | ${boundsOf(figure)} | ${verdict} |\n`;
}

/** Everything that has a target, from the newest run of each benchmark. */
function summary(all: readonly Run[]): string {
  const rows = BENCHMARKS.flatMap(({ name }) => {
    const run = all.find(({ results }) => Array.isArray(results[name]));
    const figures = run === undefined ? [] : run.results[name] as Figure[];
    return figures.filter(({ target }) => target !== undefined)
      .map((figure) => rowOf({ ...figure, name: `[${name}](#${name}): ${figure.name}` }));
  });
  return `\n## What has a target\n\n| figure | measured | must | |\n|---|---|---|---|\n${
    rows.join("")
  }`;
}

function section(name: string, about: string, all: readonly Run[]): string {
  const run = all.find(({ results }) => Array.isArray(results[name]));
  if (run === undefined) return `\n## ${name}\n\n${about}. No published run yet.\n`;
  const { cpu, cores, kernel, load_1m } = run.machine;
  const rows = (run.results[name] as Figure[]).map(rowOf);
  return `\n## ${name}\n\n${about}. ${
    run.date.slice(0, 10)
  }, ${cpu}, ${cores} cores, Linux ${kernel}, ` +
    `load ${load_1m.toFixed(1)}; \`bench/results/${run.file}\`.\n\n` +
    `| figure | measured | must | |\n|---|---|---|---|\n${rows.join("")}`;
}

/** The text of docs/performance.md. */
export function performanceMarkdown(): string {
  const all = runs();
  const notes = Deno.readTextFileSync(`${RESULTS}notes.md`);
  const sections = BENCHMARKS.map(({ name, about }) => section(name, about, all));
  return [INTRODUCTION, summary(all), `\n${notes}`, ...sections].join("");
}

/** Writes docs/performance.md. */
export function writePerformancePage(): void {
  Deno.writeTextFileSync(
    new URL("../docs/performance.md", import.meta.url),
    performanceMarkdown(),
  );
}

if (import.meta.main) writePerformancePage();
