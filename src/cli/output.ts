/**
 * Writing to stdout. `console.log` goes on silently when the reader of a pipe is gone; here that is
 * an error (`Deno.errors.BrokenPipe`) which main.ts turns into a quiet end.
 * @module
 */

const encoder = new TextEncoder();

/**
 * Writes text to stdout, all of it.
 * @throws Deno.errors.BrokenPipe when the reader has closed the pipe.
 */
export function print(text: string): void {
  const bytes = encoder.encode(text);
  for (let done = 0; done < bytes.length;) done += Deno.stdout.writeSync(bytes.subarray(done));
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
