/**
 * Writing to stdout. `console.log` goes on silently when the reader of a pipe is gone; here that is
 * an error (`Deno.errors.BrokenPipe`) which main.ts turns into a quiet end.
 * @module
 */

import { reasonOf } from "../os/reason.ts";
import { EXIT, ExitError } from "./exit.ts";

/** Of a terminal that does not say how wide it is. */
const DEFAULT_COLUMNS = 80;

const encoder = new TextEncoder();

/**
 * Writes text to stdout, all of it.
 * @throws Deno.errors.BrokenPipe when the reader has closed the pipe.
 * @throws {ExitError} when it cannot be written, such as to a full disk.
 */
export function print(text: string): void {
  const bytes = encoder.encode(text);
  try {
    for (let done = 0; done < bytes.length;) done += Deno.stdout.writeSync(bytes.subarray(done));
  } catch (error) {
    if (error instanceof Deno.errors.BrokenPipe) throw error;
    throw new ExitError(EXIT.internal, `Cannot write the output: because ${reasonOf(error)}`);
  }
}

/** Writes text and a line feed to stdout. */
export function printLine(text: string): void {
  print(`${text}\n`);
}

/** Writes one JSON object as one line; a bigint becomes a decimal string. */
export function printJson(value: unknown): void {
  printLine(
    JSON.stringify(value, (_key, v) => typeof v === "bigint" ? v.toString() : v),
  );
}

/** Whether stdout is a terminal: only then colours and drawn tables. */
export function isTerminal(): boolean {
  return Deno.stdout.isTerminal();
}

/** Columns of the terminal that stdout is; null where it is none. */
export function terminalWidth(): number | null {
  if (!isTerminal()) return null;
  try {
    // A terminal that does not know its size says 0.
    return Deno.consoleSize().columns || DEFAULT_COLUMNS;
  } catch {
    return DEFAULT_COLUMNS;
  }
}
