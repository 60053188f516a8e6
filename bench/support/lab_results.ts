/**
 * Figures of a benchmark from the results.json of `aod lab run`.
 * @module
 */
import type { Figure } from "./figure.ts";

/** What is read of a comparison; the whole is src/lab/compare/compare.ts. */
interface Comparison {
  column: string;
  unit: string;
  baseline: Spread;
  test: Spread;
  change_percent: { average: number | null };
  difference: { interval: [low: number, high: number]; p: number | null };
  verdict: string;
}

interface Spread {
  average: number;
  standard_deviation: number;
  min: number;
  max: number;
}

/** What is read of results.json. */
export interface LabResults {
  /** The workload. */
  command: string;
  /** Finished pairs of rounds. */
  pairs: number;
  /** Null where every round was run. */
  ended_early: string | null;
  /** One for each figure of a round. */
  comparisons: Comparison[];
  /** Null where no round had the agent. */
  agent: { cpu_percent: number; rss_mb: number; disk_mb: number } | null;
}

/** The columns that are published; of the others the report tells. */
const PUBLISHED = ["Time of the workload", "Processor time of the host"];

/**
 * The figures of one workload.
 * @param name of the workload, at the beginning of each figure's name
 * @throws {Error} when the run was cut short: its figures would say less than they seem to
 */
export function labFigures(name: string, results: LabResults): Figure[] {
  const { pairs, agent, ended_early, command } = results;
  if (ended_early !== null) throw new Error(`Cannot use the run of ${command}: ${ended_early}`);
  const figures = results.comparisons.filter(({ column }) => PUBLISHED.includes(column))
    .flatMap((comparison): Figure[] => {
      const { column, baseline, test, change_percent, difference, unit, verdict } = comparison;
      const what = `${name}: ${column.toLowerCase()}`;
      const [low_95, high_95] = difference.interval.map((end) => 100 * end / baseline.average);
      const p: Record<string, number> = difference.p === null ? {} : { p: difference.p };
      return [
        {
          name: `${what}, change with aod`,
          value: change_percent.average ?? NaN,
          unit: "%",
          detail: { low_95, high_95, pairs, ...p, verdict, command },
        },
        spreadFigure(`${what}, without`, baseline, unit),
        spreadFigure(`${what}, with aod`, test, unit),
      ];
    });
  if (agent === null) return figures;
  return [
    ...figures,
    { name: `${name}: the agent itself`, value: agent.cpu_percent, unit: "% of a core" },
    { name: `${name}: the agent's memory, largest`, value: agent.rss_mb, unit: "MB" },
  ];
}

function spreadFigure(name: string, spread: Spread, unit: string): Figure {
  const { average, standard_deviation, min, max } = spread;
  return { name, value: average, unit, detail: { deviation: standard_deviation, min, max } };
}
