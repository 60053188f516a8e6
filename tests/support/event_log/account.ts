/**
 * The workload's account, as the events that the log must have.
 * @module
 */
import { constants } from "node:os";
import { type Json, splitArguments } from "./bytes.ts";

/** The events of each class in the order of their ids, as the documentation has them. */
const CLASSES: Record<string, string[]> = {
  file:
    ("create delete rename open chmod stat chdir mkdir rmdir read write dup close truncate link " +
      "symlink").split(" "),
  process: "fork exec clone exit pipe kill ptrace mmap mprotect".split(" "),
  network: "connect send receive accept bind getpeername socketpair".split(" "),
  user: "setgid setregid setresgid setuid setreuid setresuid".split(" "),
};

/** All event types. */
export const EVENT_TYPE_NAMES: string[] = Object.values(CLASSES).flat();

/** One line of the account. Strings have a character for each byte. */
interface Line {
  event_type: string;
  syscall: string | null;
  tid: number;
  tgid: number;
  parent_pid: number;
  uid: number;
  comm: string;
  begun_ns: number;
  ended_ns: number;
  result: number | null;
  fields: Record<string, Json>;
}

/** An event that the log must have. */
export interface Expected {
  /** Keys and values of its JSON, without those that are told in the other fields of this. */
  event: Record<string, Json>;
  tid: number;
  tgid: number;
  /** Wall time, in µs: not earlier. */
  begun_us: number;
  /** Not later; Infinity where that is not known. */
  ended_us: number;
  /** Its duration is not longer; null: it has none; Infinity: not known. */
  longest_ns: number | null;
}

/** The whole account. */
export interface Account {
  /** The workload's first process. */
  tgid: number;
  /** 0 where there is no cgroup v2. */
  cgroup_id: number;
  /** By thread, in the order in which it did them. */
  threads: Map<number, Expected[]>;
}

/** Errors that only the kernel knows, include/linux/errno.h. */
const KERNEL_ERRORS: Record<number, string> = { 512: "ERESTARTSYS" };

/** "ENOENT" of -2. */
export function errorName(result: number): string {
  const known = Object.entries(constants.errno).find(([name, number]) =>
    number === -result && name !== "EWOULDBLOCK"
  );
  // EOPNOTSUPP and ENOTSUP are one number.
  if (known?.[0] === "ENOTSUP") return "EOPNOTSUPP";
  return known?.[0] ?? KERNEL_ERRORS[-result] ?? `${result}`;
}

function category(event_type: string): { category: string; event_id: number } {
  for (const [name, events] of Object.entries(CLASSES)) {
    const index = events.indexOf(event_type);
    if (index >= 0) return { category: name, event_id: index + 1 };
  }
  throw new Error(`Cannot read the account: because there is no event ${event_type}`);
}

function expectedOf(line: Line, cgroup: number, offset: bigint): Expected {
  const { event_type, syscall, tid, tgid, result, fields } = line;
  delete fields[""];
  if (typeof fields.argv === "string") fields.argv = splitArguments(fields.argv);
  const micros = (ns: number) => Number((BigInt(ns) + offset) / 1000n);
  const failed = result !== null && result < 0 && result >= -4095;
  return {
    event: {
      ...category(event_type),
      event_type,
      syscall,
      comm: line.comm,
      pid: tid,
      ppid: tgid,
      process_type: tid === tgid ? "process" : "thread",
      tid,
      tgid,
      parent_pid: line.parent_pid,
      uid: line.uid,
      cgroup_id: cgroup,
      result,
      ...(failed ? { errno: errorName(result) } : {}),
      ...fields,
    },
    tid,
    tgid,
    begun_us: line.begun_ns === 0 ? 0 : micros(line.begun_ns),
    ended_us: line.ended_ns < 0 ? Infinity : micros(line.ended_ns),
    longest_ns: syscall === null
      ? null
      : line.ended_ns < 0
      ? Infinity
      : line.ended_ns - line.begun_ns,
  };
}

/** Reads what the workload has written. */
export function readAccount(text: string): Account {
  const [first, ...lines] = text.split("\n").filter((line) => line !== "");
  const header: { wall_offset_ns: string; cgroup_id: number; tgid: number } = JSON.parse(first);
  const threads = new Map<number, Expected[]>();
  for (const line of lines) {
    const parsed: Line = JSON.parse(line);
    const expected = expectedOf(parsed, header.cgroup_id, BigInt(header.wall_offset_ns));
    const story = threads.get(expected.tid) ?? [];
    story.push(expected);
    threads.set(expected.tid, story);
  }
  return { tgid: header.tgid, cgroup_id: header.cgroup_id, threads };
}
