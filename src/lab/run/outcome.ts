/**
 * What a run says: of each figure the averages of both kinds of rounds, their difference in pairs,
 * and whether that is more than noise.
 * @module
 */
import { type ColumnComparison, compareSeries } from "../compare/compare.ts";
import type { Series } from "../compare/series.ts";
import { figure, percent, verdictWords } from "../compare/words.ts";
import type { AgentUse, Round } from "./round.ts";

/** Fewer pairs do not tell their own spread. */
const LEAST_PAIRS = 3;

/** A figure of a round. */
export interface Metric {
  /** Key of a round. */
  key: "duration_sec" | "busy_sec" | "cpu_percent" | "memory_percent";
  /** For people. */
  name: string;
  /** Its unit. */
  unit: string;
}

/** The figures that are compared; the first is what a user of the host notices. */
export const METRICS: readonly Metric[] = [
  { key: "duration_sec", name: "Time of the workload", unit: "s" },
  { key: "busy_sec", name: "Processor time of the host", unit: "s" },
  { key: "cpu_percent", name: "Processors in use", unit: "%" },
  { key: "memory_percent", name: "Memory in use", unit: "%" },
];

/** Rounds of one pair. */
export interface RoundPair {
  /** Without the agent. */
  baseline: Round;
  /** With it. */
  with_aod: Round;
}

/** What a whole run says. */
export interface Outcome {
  /** Pairs of which both rounds are finished, in their order; only these are compared. */
  pairs: RoundPair[];
  /** One for each of {@linkcode METRICS}; empty where no pair is finished. */
  comparisons: ColumnComparison[];
  /** Averages of the agent's own use; the largest of memory and disk. Null without such a round. */
  agent: AgentUse | null;
}

/** Compares the finished pairs of a run. */
export function outcomeOf(rounds: readonly Round[]): Outcome {
  const pairs = finishedPairs(rounds);
  return {
    pairs,
    comparisons: pairs.length === 0 ? [] : METRICS.map((metric) => {
      const { baseline, test } = metricSeries(metric, pairs);
      const comparison = compareSeries(baseline, test);
      if (pairs.length >= LEAST_PAIRS) return comparison;
      const unclear_because = `there are less than ${LEAST_PAIRS} pairs`;
      return { ...comparison, verdict: "unclear" as const, unclear_because };
    }),
    agent: agentOf(rounds.flatMap(({ agent }) => agent === null ? [] : [agent])),
  };
}

function finishedPairs(rounds: readonly Round[]): RoundPair[] {
  const of = (side: Round["side"]) => rounds.filter((round) => round.side === side);
  return of("baseline").flatMap((baseline) => {
    const with_aod = of("with_aod").find(({ pair }) => pair === baseline.pair);
    return with_aod === undefined ? [] : [{ baseline, with_aod }];
  }).sort((a, b) => a.baseline.pair - b.baseline.pair);
}

/** A figure of all pairs, over their numbers. */
export function metricSeries(
  { key, name, unit }: Metric,
  pairs: readonly RoundPair[],
): { baseline: Series; test: Series } {
  const numbers = Float64Array.from(pairs, ({ baseline }) => baseline.pair);
  const series = (side: Round["side"]): Series => ({
    column: name,
    unit,
    elapsed_sec: numbers,
    values: Float64Array.from(pairs, (pair) => pair[side][key]),
    rounds: numbers,
  });
  return { baseline: series("baseline"), test: series("with_aod") };
}

function agentOf(uses: readonly AgentUse[]): AgentUse | null {
  if (uses.length === 0) return null;
  const mean = (of: (use: AgentUse) => number) =>
    uses.reduce((sum, use) => sum + of(use), 0) / uses.length;
  return {
    cpu_sec: mean(({ cpu_sec }) => cpu_sec),
    cpu_percent: mean(({ cpu_percent }) => cpu_percent),
    rss_mb: Math.max(...uses.map(({ rss_mb }) => rss_mb)),
    disk_mb: Math.max(...uses.map(({ disk_mb }) => disk_mb)),
  };
}

/** The ends of the confidence interval in percent of the baseline; null where that is 0. */
export function intervalPercent(
  { baseline, difference }: ColumnComparison,
): [low: number, high: number] | null {
  if (baseline.average === 0) return null;
  const [low, high] = difference.interval;
  const of = (value: number) => 100 * value / Math.abs(baseline.average);
  return [of(low), of(high)];
}

/** A figure in one line, with its name. */
export function comparisonText(comparison: ColumnComparison): string {
  return `${comparison.column}: ${changeText(comparison)}`;
}

/** By how much, how sure, and what that means. */
export function changeText(comparison: ColumnComparison): string {
  const { unit, baseline, test, change_percent } = comparison;
  const interval = intervalPercent(comparison);
  const sure = interval === null || comparison.verdict === "unclear"
    ? ""
    : ` (95 %: ${percent(interval[0])} to ${percent(interval[1])})`;
  return `${figure(baseline.average)} ${unit} without, ${figure(test.average)} ${unit} ` +
    `with aod, ${percent(change_percent.average)}${sure}: ${verdictWords(comparison)}`;
}

/** What the agent itself took, in one line. */
export function agentText({ cpu_percent, rss_mb, disk_mb }: AgentUse): string {
  return `The agent itself: ${figure(cpu_percent)} % of a core, at most ${figure(rss_mb)} MB of ` +
    `memory, ${figure(disk_mb)} MB on disk`;
}
