/**
 * An event as an object: the keys and values of its JSON, in order.
 * @module
 */
import type { LogCategory } from "./event_type.ts";

/** A value of an event; a bigint is written as a number, with every digit. */
export type LogValue = string | number | bigint | boolean | null | readonly LogValue[];

/** One event. Beside what every event has there are the fields of its type, the file's and the marks. */
export interface LogEvent {
  /** Wall time when the call was entered, in µs since 1970 UTC. */
  timestamp: number | bigint;
  /** Class of the event. */
  category: LogCategory;
  /** Number in the category. */
  event_id: number;
  /** Name of the event type. */
  event_type: string;
  /** The system call, "io_uring:" and an operation, or null. */
  syscall: string | null;
  /** Name of the thread. */
  comm: string;
  /** Thread. */
  pid: number;
  /** Thread group. */
  ppid: number;
  /** "process" where tid is tgid. */
  process_type: "process" | "thread";
  /** Thread, once more. */
  tid: number;
  /** Thread group, once more. */
  tgid: number;
  /** Thread group of the real parent. */
  parent_pid: number;
  /** Real user id. */
  uid: number;
  /** Of cgroup v2. */
  cgroup_id: number | bigint;
  /** What the call returned; null where that is not known. */
  result: number | bigint | null;
  /** Name of the error, where the call failed. */
  errno?: string;
  /** Null where the start or the end is not known. */
  duration_ns: number | bigint | null;
  /** The type's own fields, the file's, the marks. */
  [field: string]: LogValue | undefined;
}

/** Events of one CPU that found no room in the ring. */
export interface GapEvent {
  /** Time of the first of them, as of an event. */
  timestamp: number | bigint;
  /** Tells a gap from an event. */
  event_type: "gap";
  /** How many. */
  events: number | bigint;
  /** When the first of them ended, in µs. */
  from: number | bigint;
  /** When the last of them ended. */
  to: number | bigint;
  /** Where they happened. */
  cpu: number;
}

/** An integer as a number, where it is one exactly. */
export function exact(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

/** µs since 1970 of a CLOCK_MONOTONIC time. */
export function wallMicros(monotonic_ns: bigint, offset_ns: bigint): number | bigint {
  return exact((monotonic_ns + offset_ns) / 1000n);
}
