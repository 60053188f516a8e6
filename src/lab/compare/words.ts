/**
 * Figures and verdicts in words, for the terminal, the charts and reports.
 * @module
 */
import { effectWord } from "../statistics/effect_size.ts";
import type { ColumnComparison } from "./compare.ts";

/** A figure with four digits or so, never in powers of ten while it can be read otherwise. */
export function figure(value: number): string {
  const size = Math.abs(value);
  if (size >= 1e9 || (size > 0 && size < 0.0005)) return value.toExponential(2);
  if (size >= 1000) return value.toFixed(0);
  if (size >= 100) return value.toFixed(1);
  return size >= 0.1 || size === 0 ? value.toFixed(2) : value.toPrecision(2);
}

/** A figure with its sign. */
export function signed(value: number): string {
  return value > 0 ? `+${figure(value)}` : figure(value);
}

/** A change in percent; `-` where it has no meaning. */
export function percent(change: number | null): string {
  if (change === null) return "-";
  return `${change > 0 ? "+" : ""}${percentDigits(change)} %`;
}

function percentDigits(change: number): string {
  const size = Math.abs(change);
  if (size >= 1e6) return change.toExponential(1);
  if (size > 0 && size < 0.05) return change.toPrecision(2);
  return change.toFixed(size >= 100 ? 0 : size >= 10 ? 1 : 2);
}

/** The unit of a difference: of two percentages it is percentage points. */
export function differenceUnit(unit: string): string {
  return unit === "%" ? " points" : unit === "" ? "" : ` ${unit}`;
}

/** A probability. */
export function probability(p: number): string {
  return p < 0.001 ? "< 0.001" : `= ${p.toFixed(p < 0.1 ? 3 : 2)}`;
}

/** The verdict as the end of a sentence about the average. */
export function verdictWords(comparison: ColumnComparison): string {
  switch (comparison.verdict) {
    case "higher":
      return "higher by more than noise";
    case "lower":
      return "lower by more than noise";
    case "noise":
      return comparison.difference.difference === 0
        ? "no difference"
        : "no difference beyond the noise";
    case "unclear":
      return `unclear, because ${comparison.unclear_because}`;
  }
}

/** The difference with its confidence interval, which an unclear one does not have. */
export function differenceWords({ difference, unit, verdict }: ColumnComparison): string {
  const of = differenceUnit(unit);
  if (verdict === "unclear") return `${signed(difference.difference)}${of}`;
  const [low, high] = difference.interval;
  const interval = `95 % confidence interval ${signed(low)} to ${signed(high)}`;
  return `${signed(difference.difference)}${of}, ${interval}`;
}

/** How it was tested and what came of it. */
export function testWords({ difference, paired_rounds, effect_size }: ColumnComparison): string {
  const test = difference.test === "paired"
    ? `paired t test of ${paired_rounds} rounds`
    : "Welch's t test of independent samples";
  const { t, p, degrees_of_freedom } = difference;
  const result = t === null || p === null
    ? ""
    : `: t = ${t.toFixed(2)}, df = ${degrees_of_freedom.toFixed(1)}, p ${probability(p)}`;
  const effect = effect_size === null
    ? ""
    : `; effect size g = ${effect_size.toFixed(2)} (${effectWord(effect_size)})`;
  return `${test}${result}${effect}`;
}
