/**
 * One summary of all benchmarks: every figure of the newest run beside its target and the run before,
 * and what falls short.
 * @module
 */
import { type Figure, meetsTarget } from "./figure.ts";
import type { BenchRun } from "./results.ts";

/** A figure with a target that got worse by more than this is told, though the target may be met. */
export const WORSE_PERCENT = 10;

/** How a figure stands. */
export type Standing = "met" | "missed" | "worse" | "no target";

/** One figure. */
export interface SummaryRow {
  /** The figure as measured last. */
  figure: Figure;
  /** The one of the run before; null where that had none. */
  previous: Figure | null;
  /** From the run before, in percent; null where that cannot be told. */
  change_percent: number | null;
  /** How it stands. */
  standing: Standing;
}

/** One benchmark. */
export interface SummarySection {
  /** Its name. */
  name: string;
  /** The run that the figures are of; null where there is none. */
  run: BenchRun | null;
  /** The run before that. */
  previous: BenchRun | null;
  /** Empty where it was never measured. */
  rows: SummaryRow[];
  /** Why its last published run has no figures; null where it has. */
  failed: string | null;
}

/**
 * The sections of these benchmarks, in their order.
 * @param runs the newest first
 * @param shown a run to be shown although it is quick: the one that has just been made
 */
export function summarize(
  names: readonly string[],
  runs: readonly BenchRun[],
  shown: string | null = null,
): SummarySection[] {
  return names.map((name) => {
    const attempts = runs.filter((run) => run.results[name] !== undefined);
    const measured = attempts.filter((run) => Array.isArray(run.results[name]));
    const published = measured.filter(({ quick }) => !quick);
    const run = measured.find(({ file }) => file === shown) ?? published[0] ?? measured[0] ?? null;
    const previous = run === null
      ? null
      : published.find((other) => other !== run && other.date < run.date) ?? null;
    const before = previous === null ? [] : figuresOf(previous, name);
    const rows = run === null ? [] : figuresOf(run, name).map((figure) => rowOf(figure, before));
    return { name, run, previous, rows, failed: failureOf(name, attempts) };
  });
}

function figuresOf(run: BenchRun, name: string): Figure[] {
  const figures = run.results[name];
  return Array.isArray(figures) ? figures : [];
}

function failureOf(name: string, attempts: readonly BenchRun[]): string | null {
  const last = attempts.find(({ quick }) => !quick)?.results[name];
  return last === undefined || Array.isArray(last) ? null : last.skipped;
}

function rowOf(figure: Figure, before: readonly Figure[]): SummaryRow {
  const previous = before.find(({ name, unit }) => name === figure.name && unit === figure.unit) ??
    null;
  const change_percent = previous === null || previous.value === 0
    ? null
    : 100 * (figure.value - previous.value) / Math.abs(previous.value);
  return { figure, previous, change_percent, standing: standingOf(figure, change_percent) };
}

function standingOf(figure: Figure, change_percent: number | null): Standing {
  const met = meetsTarget(figure);
  if (met === null) return "no target";
  if (!met) return "missed";
  return change_percent !== null && lossOf(figure, change_percent) > WORSE_PERCENT
    ? "worse"
    : "met";
}

/** By how many percent it moved towards its bound; 0 where it has two. */
function lossOf({ target }: Figure, change_percent: number): number {
  const { at_most, at_least } = target ?? {};
  if (at_most !== undefined && at_least !== undefined) return 0;
  return at_most !== undefined ? change_percent : -change_percent;
}

/** What falls short, one line each: missed, worse, failed, never measured or only quickly. */
export function shortfalls(sections: readonly SummarySection[]): string[] {
  return sections.flatMap(({ name, run, rows, failed }) => {
    const lines = rows.flatMap((row): string[] => {
      const at = `${name}: ${row.figure.name}: ${valueText(row.figure)}`;
      if (row.standing === "missed") return [`MISSED  ${at}, must be ${boundsText(row.figure)}`];
      if (row.standing !== "worse") return [];
      return [
        `WORSE   ${at}, ${changeText(row)} since the run before, still ${boundsText(row.figure)}`,
      ];
    });
    if (failed !== null) lines.push(`FAILED  ${name}: in its last run: ${failed}`);
    if (run === null && failed === null) lines.push(`NEVER   ${name}: not measured`);
    else if (run?.quick) lines.push(`QUICK   ${name}: only measured quickly (${run.file})`);
    return lines;
  });
}

/** `12.3 ms`. */
export function valueText({ value, unit }: Figure): string {
  const digits = Math.abs(value) >= 1000 || Number.isInteger(value) ? 0 : 2;
  return `${value.toFixed(digits)} ${unit}`.trim();
}

/** `<= 5` or `>= 100 and <= 100`; empty without a target. */
export function boundsText({ target }: Figure): string {
  return [
    target?.at_least === undefined ? [] : `>= ${target.at_least}`,
    target?.at_most === undefined ? [] : `<= ${target.at_most}`,
  ].flat().join(" and ");
}

/** `+3.1 %`; empty where it cannot be told. */
export function changeText({ change_percent }: SummaryRow): string {
  if (change_percent === null) return "";
  return `${change_percent < 0 ? "" : "+"}${change_percent.toFixed(1)} %`;
}
