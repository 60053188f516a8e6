/**
 * All rounds of a run: warm-ups that nobody counts, then baseline and agent in turns. What is
 * finished is on disk before the next round begins.
 * @module
 */
import { ProgressBar } from "../monitor/progress.ts";
import { type PlannedRound, planRounds, type Side } from "./order.ts";
import { RoundFiles } from "./round_files.ts";
import { type Round, type RoundOptions, runRound } from "./round.ts";

/** What is to be run. */
export interface RunOptions extends RoundOptions {
  /** The run's directory; it is there and empty. */
  dir: string;
  /** Rounds of each kind. */
  pairs: number;
  /** Rounds before them, without the agent, that are not counted. */
  warm_up: number;
  /** Of the order. */
  seed: number;
  /** Gets a line for each round. */
  say: (text: string) => void;
  /** Shown on a terminal. */
  bar?: ProgressBar;
}

/** What was run. */
export interface RunResult {
  /** Finished rounds, in the order in which they ran. */
  rounds: Round[];
  /** Why it ended before its end; null where it did not. */
  ended_early: "interrupted" | Error | null;
}

/**
 * Runs them. A failure of the workload or the agent ends the run; what is finished stays.
 * @throws {Error} when the files cannot be made
 */
export async function runLab(options: RunOptions): Promise<RunResult> {
  const files = new RoundFiles(options.dir);
  const rounds: Round[] = [];
  const bar = options.bar ?? new ProgressBar();
  const say = (text: string) => {
    bar.clear();
    options.say(text);
  };
  try {
    const plan = planRounds(options.pairs, options.seed);
    if (!await warmUp({ ...options, say })) return { rounds, ended_early: "interrupted" };
    const start_ms = performance.now();
    for (const [i, planned] of plan.entries()) {
      const text = `round ${i + 1} of ${plan.length}, ${labelOf(planned)}`;
      const elapsed_ms = performance.now() - start_ms;
      const total_ms = i === 0 ? null : elapsed_ms / i * plan.length;
      bar.show({ elapsed_ms, total_ms, text });
      const round = await runRound(planned, options);
      if (round === null) return { rounds, ended_early: "interrupted" };
      files.add(round);
      rounds.push(round);
      say(`${text}: ${roundText(round)}`);
    }
    return { rounds, ended_early: null };
  } catch (error) {
    return { rounds, ended_early: error instanceof Error ? error : new Error(String(error)) };
  } finally {
    bar.clear();
    files.close();
  }
}

async function warmUp(options: RunOptions): Promise<boolean> {
  for (let i = 1; i <= options.warm_up; i++) {
    const round = await runRound({ pair: 0, side: "baseline" }, options);
    if (round === null) return false;
    const name = options.warm_up === 1 ? "warm-up" : `warm-up ${i} of ${options.warm_up}`;
    options.say(`${name}, not counted: ${roundText(round)}`);
  }
  return true;
}

/** How a side is called. */
export const SIDE_NAMES: Readonly<Record<Side, string>> = {
  baseline: "baseline",
  with_aod: "with aod",
};

function labelOf({ pair, side }: PlannedRound): string {
  return `pair ${pair}, ${SIDE_NAMES[side]}`;
}

function roundText({ duration_sec, cpu_percent, agent }: Round): string {
  const text = `${duration_sec.toFixed(3)} s, CPU ${cpu_percent.toFixed(1)} %`;
  if (agent === null) return text;
  const rss = agent.rss_mb.toFixed(1);
  return `${text}, the agent ${agent.cpu_percent.toFixed(2)} % of a core and ${rss} MB`;
}
