/**
 * Why a system call failed, in words: without the code, the call and the path that Node and Deno put
 * around them, because our messages name the path themselves.
 * @module
 */

/** Node: `ENOENT: no such file or directory, open '/x'`. */
const NODE = /^[A-Z][A-Z0-9]+: (.+?)(?:, [a-z_]+(?: '.*')?)?$/s;
/** Deno: `No such file or directory (os error 2): readfile '/x'`. */
const DENO = /^(.+?) \(os error \d+\)(?:: .*)?$/s;

/** What went wrong, as the end of a sentence. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { message } = error;
  const found = ("code" in error ? NODE.exec(message) : null) ?? DENO.exec(message);
  return found === null ? message : found[1].charAt(0).toLowerCase() + found[1].slice(1);
}
