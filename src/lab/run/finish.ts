/**
 * The end of a run: its figures as JSON, its pictures and its report.
 * @module
 */
import { writeFileSync } from "node:fs";
import type { HostDetails } from "./host_details.ts";
import { type Outcome, outcomeOf } from "./outcome.ts";
import { runPictures } from "./pictures.ts";
import { reportHtml } from "./report.ts";
import type { RunResult } from "./lab_run.ts";
import { FILES } from "./round_files.ts";

/** What is known of a run besides its rounds. */
export interface RunFacts {
  /** The run's directory. */
  dir: string;
  /** The workload as it could be typed. */
  command: string;
  /** When the run began, ISO 8601. */
  started_at: string;
  /** What it ran on. */
  host: HostDetails;
  /** How it was run, as names and values. */
  method: [name: string, value: string][];
}

/** What a run has left. */
export interface FinishedRun {
  /** What it says. */
  outcome: Outcome;
  /** Names of the files in its directory. */
  files: string[];
}

/**
 * Writes results.json, the pictures and report.html.
 * @throws {Error} when a file cannot be written; those before it are there
 */
export async function finishRun(
  { dir, ...facts }: RunFacts,
  { rounds, ended_early }: RunResult,
): Promise<FinishedRun> {
  const outcome = outcomeOf(rounds);
  const early = earlyText({ rounds, ended_early });
  const { comparisons, agent, pairs } = outcome;
  const results = {
    ...facts,
    ended_early: early,
    pairs: pairs.length,
    comparisons,
    agent,
    rounds: rounds.map(({ samples, ...round }) => ({ ...round, samples: samples.length })),
  };
  const files: string[] = Object.values(FILES);
  const write = (name: string, content: string | Uint8Array) => {
    writeFileSync(`${dir}/${name}`, content, { mode: 0o600, flag: "wx" });
    files.push(name);
  };
  write("results.json", JSON.stringify(results, null, 2) + "\n");
  const pictures = pairs.length === 0 ? [] : await runPictures(dir, outcome);
  for (const { file, png } of pictures) write(file, png);
  const html = reportHtml({ ...facts, rounds, outcome, ended_early: early, pictures });
  write("report.html", html);
  return { outcome, files };
}

/** Why a run ended before its end; null where it did not. */
export function earlyText({ rounds, ended_early }: RunResult): string | null {
  if (ended_early === null) return null;
  const kept = `${rounds.length} finished ${rounds.length === 1 ? "round is" : "rounds are"} kept.`;
  if (ended_early === "interrupted") return `The run was interrupted: ${kept}`;
  return `The run ended early: ${ended_early.message}\n${kept}`;
}
