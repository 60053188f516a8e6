/**
 * Compares a column of two runs: figures, their change, and whether the averages differ by more than
 * noise.
 * @module
 */
import { effectiveSamples } from "../statistics/autocorrelation.ts";
import { type Difference, paired, SIGNIFICANCE, welch } from "../statistics/difference.ts";
import { hedgesG } from "../statistics/effect_size.ts";
import { percentageChange, summarize, type Summary } from "../statistics/summary.ts";
import type { Series } from "./series.ts";

/** Fewer rounds are no sample of rounds. */
const LEAST_ROUNDS = 3;
/** Fewer independent samples do not tell their own spread. */
const LEAST_INDEPENDENT = 4;

/**
 * What a comparison comes to. `unclear`: nobody can tell from these samples; the reason is beside it.
 */
export type Verdict = "higher" | "lower" | "noise" | "unclear";

/** Figures of one of the two runs. */
export interface RunFigures extends Summary {
  /** Independent samples that the average is worth, of those that were counted. */
  independent_samples: number;
}

/** Change of each figure in percent of the baseline's; null where that is 0. */
export interface Changes {
  /** Of the averages. */
  average: number | null;
  /** Of the largest values. */
  max: number | null;
  /** Of the smallest values. */
  min: number | null;
  /** Of the standard deviations. */
  standard_deviation: number | null;
}

/** One column of two runs, compared. */
export interface ColumnComparison {
  /** Name of the column, as the baseline writes it. */
  column: string;
  /** Of all figures but those in percent; "" where it is not known. */
  unit: string;
  /** Without what is to be measured. */
  baseline: RunFigures;
  /** With it. */
  test: RunFigures;
  /** From the baseline to the test. */
  change_percent: Changes;
  /** The difference of the averages; in pairs where the rounds of both match. */
  difference: Difference;
  /** Pairs of rounds that were compared; 0 where there were none. */
  paired_rounds: number;
  /** Hedges' g; null where nothing varies. */
  effect_size: number | null;
  /** Whether it is more than noise. */
  verdict: Verdict;
  /** Why it is unclear; null otherwise. */
  unclear_because: string | null;
}

/**
 * Compares two runs.
 * @throws {RangeError} when one of them has no value
 */
export function compareSeries(baseline: Series, test: Series): ColumnComparison {
  const a = figuresOf(baseline.values);
  const b = figuresOf(test.values);
  const pairs = differencesOfRounds(baseline, test);
  const inPairs = pairs.length >= LEAST_ROUNDS;
  const difference = inPairs ? ofPairs(pairs) : welch(estimate(a), estimate(b));
  const unclear_because = reasonOfDoubt(a, b, difference);
  return {
    column: baseline.column,
    unit: baseline.unit,
    baseline: a,
    test: b,
    change_percent: {
      average: percentageChange(a.average, b.average),
      max: percentageChange(a.max, b.max),
      min: percentageChange(a.min, b.min),
      standard_deviation: percentageChange(a.standard_deviation, b.standard_deviation),
    },
    difference,
    paired_rounds: inPairs ? pairs.length : 0,
    effect_size: hedgesG(a, b),
    verdict: unclear_because === null ? verdictOf(difference) : "unclear",
    unclear_because,
  };
}

function figuresOf(values: Float64Array): RunFigures {
  return { ...summarize(values), independent_samples: effectiveSamples(values) };
}

function estimate(figures: RunFigures) {
  const { average, standard_deviation, independent_samples } = figures;
  return { average, standard_deviation, independent: independent_samples };
}

function ofPairs(differences: Float64Array): Difference {
  const { average, standard_deviation, samples } = summarize(differences);
  return paired({ average, standard_deviation, independent: samples });
}

/** Test minus baseline of the averages of each round that both have. */
function differencesOfRounds(baseline: Series, test: Series): Float64Array {
  const ofBaseline = averagesOfRounds(baseline);
  const ofTest = averagesOfRounds(test);
  const differences: number[] = [];
  for (const [round, average] of ofTest) {
    const before = ofBaseline.get(round);
    if (before !== undefined) differences.push(average - before);
  }
  return Float64Array.from(differences);
}

function averagesOfRounds({ rounds, values }: Series): Map<number, number> {
  const sums = new Map<number, { sum: number; count: number }>();
  for (let row = 0; rounds !== null && row < values.length; row++) {
    const entry = sums.get(rounds[row]) ?? { sum: 0, count: 0 };
    entry.sum += values[row];
    entry.count++;
    sums.set(rounds[row], entry);
  }
  return new Map([...sums].map(([round, { sum, count }]) => [round, sum / count]));
}

function reasonOfDoubt(a: RunFigures, b: RunFigures, difference: Difference): string | null {
  const inPairs = difference.test === "paired";
  if (!inPairs && Math.min(a.samples, b.samples) < LEAST_INDEPENDENT) {
    return "there are too few samples";
  }
  if (difference.t === null) {
    return difference.difference === 0
      ? null
      : "the values do not vary, so nothing tells the noise";
  }
  const independent = Math.min(a.independent_samples, b.independent_samples);
  if (inPairs || independent >= LEAST_INDEPENDENT) return null;
  return "the values drift so slowly that all samples are worth no more than " +
    `${independent.toFixed(1)} independent ones: measure longer, or in rounds`;
}

function verdictOf({ p, difference }: Difference): Verdict {
  if (p === null || p >= SIGNIFICANCE) return "noise";
  return difference > 0 ? "higher" : "lower";
}
