/**
 * What is wrong with a CSV file, with its place.
 * @module
 */

/** A CSV file that cannot be used; the message is `FILE:LINE: what is wrong`. */
export class CsvError extends Error {
  /** Name of the class. */
  override name = "CsvError";

  /** `line` counts from 1; null where no line is at fault. */
  constructor(path: string, line: number | null, message: string) {
    super(`${printable(path)}${line === null ? "" : `:${line}`}: ${message}`);
  }
}

/** Longest piece of a file's content that a message repeats. */
const SHOWN_CHARACTERS = 40;

/** Characters that move the cursor or turn the direction of what follows. */
const CONTROL = /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/gu;

/** Whether a text has none of them. */
export function isPrintable(text: string): boolean {
  return text.search(CONTROL) < 0;
}

/** Control characters as they are written in a string. */
function printable(text: string): string {
  return text.replace(CONTROL, (c) => `\\u${c.charCodeAt(0).toString(16).padStart(4, "0")}`);
}

/** A cell's content for a message: in quotes, without control characters, not too long. */
export function quoted(text: string): string {
  const shown = text.length > SHOWN_CHARACTERS ? `${text.slice(0, SHOWN_CHARACTERS)}...` : text;
  return `"${printable(shown)}"`;
}
