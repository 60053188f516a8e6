/**
 * What strace has seen, counted: the second opinion on what the log has.
 * @module
 */
import type { Account } from "./account.ts";
import type { Logged } from "./compare.ts";
import { SYSCALL_SPELLINGS } from "./spellings.ts";

/** ERESTARTSYS, include/linux/errno.h: strace has no number for it. */
const RESTART = -512;

const NAMES = new Set(Object.values(SYSCALL_SPELLINGS).flat().filter((name) => name !== null));

/** Arguments of strace: all calls but those that wait; it cannot be told to trace one without a name. */
export const STRACE_ARGUMENTS: string[] = [
  ...["-f", "-s", "40", "-e", "signal=none", "-e", "trace=!futex,sched_yield,wait4,nanosleep"],
];

/** strace 6.1 does not know the name of number 452. */
const FCHMODAT2 = /^syscall_0x1c4$/;

/** Numbers of errors by name. */
const ERRORS: Record<string, number> = { ERESTARTSYS: -RESTART };

/** Adds one to a count. */
function count(counts: Map<string, number>, key: string): void {
  counts.set(key, (counts.get(key) ?? 0) + 1);
}

/** `name(` at the beginning, or `<... name resumed>`; the result after the last ` = `. */
const CALL = /^(?:(\w+)\(|<\.\.\. (\w+) resumed>)(.*)\s= (-?\w+|\?)(?: (E\w+))?(?: .*)?$/;

/** "syscall result" of a line; null where it is no finished call of the log's. */
function callOf(text: string): string | null {
  const match = CALL.exec(text);
  if (match === null) return null;
  const [, begun, resumed, rest, result, error] = match;
  const name = (begun ?? resumed).replace(FCHMODAT2, "fchmodat2");
  if (!NAMES.has(name)) return null;
  if (name === "fcntl" && !rest.includes("F_DUPFD")) return null;
  if (result === "?") return error === undefined ? null : `${name} ${-ERRORS[error]}`;
  // An error is written as -1 with its name.
  if (error !== undefined) return `${name} ${error}`;
  return `${name} ${Number(result)}`;
}

/** How often strace has seen a call with a result, "openat 3" or "openat ENOENT", between the marks. */
export function straceCounts(
  files: Map<number, string>,
  { tgid, threads }: Account,
): Map<string, number> {
  const counts = new Map<string, number>();
  for (const [tid, text] of files) {
    // What the workload starts before it is traced is none of its story.
    if (!threads.has(tid)) continue;
    let lines = text.split("\n");
    if (tid === tgid) {
      const at = (mark: string) =>
        lines.findIndex((line) => line.includes(`chdir("truth ${mark}"`));
      lines = lines.slice(at("begin"), at("end") + 1);
    }
    for (const line of lines) {
      const call = callOf(line);
      if (call !== null) count(counts, call);
    }
  }
  return counts;
}

/** The same of the log; the messages of one call are one call. */
export function logCounts(events: Logged[], { tgid }: Account): Map<string, number> {
  const counts = new Map<string, number>();
  const is = (mark: string) => (event: Logged) =>
    event.syscall === "chdir" && event.filename === `truth ${mark}`;
  const main = events.filter(({ tid }) => tid === tgid);
  const between = main.slice(main.findIndex(is("begin")), main.findIndex(is("end")) + 1);
  for (const event of [...events.filter(({ tid }) => tid !== tgid), ...between]) {
    const { syscall, result, errno, message } = event;
    if (syscall === null || (message !== undefined && message !== 0)) continue;
    const value = Number(result);
    count(counts, `${syscall} ${value === RESTART ? RESTART : errno ?? value}`);
  }
  return counts;
}
