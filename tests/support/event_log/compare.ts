/**
 * Compares a log with the workload's account: every event of the account is in the log with every
 * field, nothing else is, and each thread's events are in the order in which it did them.
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import type { Account, Expected } from "./account.ts";
import { bytesOfLogValue, type Json } from "./bytes.ts";

/** An event of the log, as JSON.parse has it. */
export type Logged = Record<string, Json>;

/** How far two readings of the wall clock's offset may be from each other. */
const CLOCK_US = 1000;
/** Messages about one thread, and about all. */
const TOLD = 6;
/** Characters of an event in a message. */
const SHOWN = 1500;

/** The events of the log, and what else was in it. */
export interface Log {
  events: Logged[];
  /** Processes that there were when it began. */
  snapshot: Logged[];
  gaps: Logged[];
}

/** Reads JSON lines. */
export function readLog(text: string): Log {
  const log: Log = { events: [], snapshot: [], gaps: [] };
  for (const line of text.split("\n")) {
    if (line === "") continue;
    const event: Logged = JSON.parse(line);
    if (event.event_type === "gap") log.gaps.push(event);
    else if (event.event_type === "snapshot" || event.event_type === "process") {
      log.snapshot.push(event);
    } else log.events.push(event);
  }
  return log;
}

/** The log's events by thread; of the workload's first one only what is between the marks. */
function byThread(events: Logged[], main: number): Map<number, Logged[]> {
  const threads = new Map<number, Logged[]>();
  for (const event of events) {
    const tid = Number(event.tid);
    const story = threads.get(tid) ?? [];
    story.push(event);
    threads.set(tid, story);
  }
  const story = threads.get(main) ?? [];
  const is = (mark: string) => (event: Logged) =>
    event.syscall === "chdir" && event.filename === `truth ${mark}`;
  threads.set(main, story.slice(story.findIndex(is("begin")), story.findIndex(is("end")) + 1));
  return threads;
}

function short(value: Json | undefined, most = 300): string {
  const text = value === undefined ? "absent" : JSON.stringify(value);
  return text.length > most ? `${text.slice(0, most)}...` : text;
}

/** What is wrong with an event; null where nothing is. */
function difference(logged: Logged, expected: Expected): string | null {
  const wrong: string[] = [];
  const { timestamp, duration_ns, ...rest } = logged;
  const keys = new Set([...Object.keys(rest), ...Object.keys(expected.event)]);
  for (const key of keys) {
    const wanted = expected.event[key];
    const found = rest[key] === undefined ? undefined : bytesOfLogValue(rest[key]);
    if (isDeepStrictEqual(wanted, { either: true }) && typeof found === "boolean") continue;
    if (isDeepStrictEqual(found, wanted)) continue;
    wrong.push(`${key} is ${short(found)} and not ${short(wanted)}`);
  }
  const at = Number(timestamp);
  if (!(at >= expected.begun_us - CLOCK_US && at <= expected.ended_us + CLOCK_US)) {
    wrong.push(`timestamp ${at} is not in ${expected.begun_us}..${expected.ended_us}`);
  }
  const { longest_ns } = expected;
  const duration_ok = longest_ns === null
    ? duration_ns === null
    : typeof duration_ns === "number" && duration_ns > 0 && duration_ns <= longest_ns;
  if (!duration_ok) wrong.push(`duration_ns ${duration_ns} is not above 0 and up to ${longest_ns}`);
  return wrong.length === 0 ? null : wrong.join("; ");
}

/** What of one thread's story is not as it must be. */
function compareStory(tid: number, logged: Logged[], expected: Expected[]): string[] {
  const wrong: string[] = [];
  if (logged.length !== expected.length) {
    wrong.push(`thread ${tid}: ${logged.length} events and not ${expected.length}`);
  }
  for (let i = 0; i < Math.max(logged.length, expected.length) && wrong.length < TOLD; i++) {
    const what = i < logged.length && i < expected.length
      ? difference(logged[i], expected[i])
      : "one is missing";
    if (what === null) continue;
    wrong.push(
      `thread ${tid}, event ${i}: ${what}\n  log:     ${short(logged[i], SHOWN)}\n  account: ${
        short(expected[i]?.event, SHOWN)
      }`,
    );
  }
  return wrong;
}

/** Of each process that ended exactly one thread was the last. */
function compareEnds(account: Account, events: Logged[]): string[] {
  const lasts = new Map<number, number>();
  for (const { event, tgid } of [...account.threads.values()].flat()) {
    if (event.event_type === "exit") lasts.set(tgid, 0);
  }
  for (const { event_type, last_thread, tgid } of events) {
    const count = lasts.get(Number(tgid));
    if (count === undefined || event_type !== "exit" || last_thread !== true) continue;
    lasts.set(Number(tgid), count + 1);
  }
  return [...lasts].filter(([, count]) => count !== 1)
    .map(([tgid, count]) => `process ${tgid} had ${count} last threads`);
}

/** Everything in which log and account differ, in words; empty where they are the same. */
export function compareLog(log: Log, account: Account): string[] {
  const wrong = log.gaps.map((gap) => `a gap: ${short(gap, SHOWN)}`);
  const threads = byThread(log.events, account.tgid);
  for (const [tid, expected] of account.threads) {
    wrong.push(...compareStory(tid, threads.get(tid) ?? [], expected));
  }
  for (const [tid, logged] of threads) {
    if (account.threads.has(tid)) continue;
    wrong.push(`thread ${tid} is not in the account: ${short(logged[0], SHOWN)}`);
  }
  wrong.push(...compareEnds(account, log.events));
  return wrong;
}
