/**
 * The results that `deno task bench` has left in bench/results.
 * @module
 */
import type { Figure } from "./figure.ts";

/** One file of results. */
export interface BenchRun {
  /** Its name below bench/results. */
  file: string;
  /** When it ended, ISO 8601. */
  date: string;
  /**
   * With fewer rounds, or not published: it shows that the benchmark works, not how fast the program
   * is.
   */
  quick: boolean;
  /** Load of the machine's last minute before it. */
  load_1m: number;
  /** Figures by the benchmark's name, or why there are none. */
  results: Record<string, Figure[] | { skipped: string }>;
}

/** Of runs that are not published. */
const LOCAL = "local/";
const DIRECTORY = new URL("../results/", import.meta.url).pathname;

/** All runs, published and local, the newest first. A local directory that is not there has none. */
export function readRuns(directory: string = DIRECTORY): BenchRun[] {
  return ["", LOCAL].flatMap((below) => namesIn(directory + below).map((name) => `${below}${name}`))
    .map((file) => runOf(file, Deno.readTextFileSync(directory + file)))
    .sort((a, b) => a.date < b.date ? 1 : -1);
}

/** A run from the text of its file. @throws {SyntaxError} when it is no JSON */
export function runOf(file: string, text: string): BenchRun {
  const { date, quick, machine, results } = JSON.parse(text);
  const load_1m = machine?.load_1m ?? NaN;
  return { file, date, quick: quick === true || file.startsWith(LOCAL), load_1m, results };
}

function namesIn(directory: string): string[] {
  try {
    return Array.from(Deno.readDirSync(directory), ({ name }) => name)
      .filter((name) => name.endsWith(".json"));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}
