/**
 * What an error of SQLite means for the history.
 * @module
 */

/** `full`: the disk, or the limit of the file; `busy`: another connection; `corrupt`: the file. */
export type FailureKind = "full" | "busy" | "corrupt" | "other";

/** Primary result codes, <sqlite3.h>. */
const SQLITE_BUSY = 5;
const SQLITE_LOCKED = 6;
const SQLITE_CORRUPT = 11;
const SQLITE_FULL = 13;
const SQLITE_NOTADB = 26;

const KINDS = new Map<number, FailureKind>([
  [SQLITE_BUSY, "busy"],
  [SQLITE_LOCKED, "busy"],
  [SQLITE_CORRUPT, "corrupt"],
  [SQLITE_NOTADB, "corrupt"],
  [SQLITE_FULL, "full"],
]);

/** The texts of sqlite3_errstr() for them: not every error of node:sqlite has its code. */
const TEXTS: [RegExp, FailureKind][] = [
  [/malformed|not a database/, "corrupt"],
  [/is full|no space left/i, "full"],
  [/is locked/, "busy"],
];

/** What kind of failure it is. */
export function failureKind(error: unknown): FailureKind {
  if (!(error instanceof Error)) return "other";
  const code = "errcode" in error && typeof error.errcode === "number" ? error.errcode & 0xff : 0;
  return KINDS.get(code) ?? TEXTS.find(([text]) => text.test(error.message))?.[1] ?? "other";
}
