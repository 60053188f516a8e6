/**
 * The SMB client's counters now, and how they moved since the last quiet look at them.
 * @module
 */
import { readFile } from "node:fs/promises";
import type { Action, Background, Step } from "./action.ts";

const PATH = "/proc/fs/cifs/Stats";
/** Between two looks: often enough to be of use, seldom enough to cost nothing. */
const BASELINE_EVERY_MS = 60_000;
/** A look that is younger may have been taken while the trouble was on: the one before it tells more. */
const BEFORE_MS = 30_000;
const NUMBER = /\d+/g;

/**
 * Lines whose numbers changed, as `name: before -> after (+difference)`; headings stay where a line
 * under them changed. Lines are paired by their text without numbers and their order under it.
 */
export function statsDelta(before: string, after: string): string {
  const old = new Map<string, string[]>();
  for (const [key, line] of keyed(before)) old.set(key, [...(old.get(key) ?? []), line]);
  let heading = "";
  let out = "";
  for (const [key, line] of keyed(after)) {
    if (/^\d+\) |^\S.*:$/.test(line)) heading = `${line}\n`;
    const was = old.get(key)?.shift();
    if (was === undefined || was === line) continue;
    out += heading + change(was, line);
    heading = "";
  }
  return out === "" ? "no counter changed\n" : out;
}

function change(before: string, after: string): string {
  const old = before.match(NUMBER) ?? [];
  const parts = (after.match(NUMBER) ?? []).map((value, i) => {
    const difference = BigInt(value) - BigInt(old[i] ?? "0");
    return difference === 0n ? value : `${value} (${difference > 0n ? "+" : ""}${difference})`;
  });
  let i = 0;
  return `  ${after.replace(NUMBER, () => parts[i++]).trim()}\n`;
}

/** Each line with what identifies it: the share it is listed under and its text without numbers. */
function* keyed(text: string): Generator<[string, string]> {
  let share = "";
  for (const line of text.split("\n")) {
    if (/^\d+\) /.test(line)) share = line;
    if (line.trim() !== "") yield [`${share}\n${line.replace(NUMBER, "#")}`, line];
  }
}

/** A look at the counters. */
export interface Look {
  /** The file. */
  text: string;
  /** When, on the monotonic clock. */
  taken_ms: number;
}

/** Of the last looks, newest first, the one to compare with: the newest that is old enough, else the oldest. */
export function chooseBefore(looks: readonly Look[], now_ms: number): Look | null {
  return looks.find(({ taken_ms }) => now_ms - taken_ms >= BEFORE_MS) ?? looks.at(-1) ?? null;
}

class Baseline implements Background {
  /** Newest first; two at most. */
  #looks: Look[] = [];
  readonly #timer: ReturnType<typeof setInterval>;

  constructor() {
    void this.#take();
    this.#timer = setInterval(() => void this.#take(), BASELINE_EVERY_MS);
    this.#timer.unref();
  }

  steps(): Step[] {
    const before = chooseBefore(this.#looks, performance.now());
    if (before === null) return [{ kind: "proc", path: PATH }];
    const age = Math.round((performance.now() - before.taken_ms) / 1000);
    return [{ kind: "proc", path: PATH }, {
      kind: "delta",
      path: PATH,
      title: `change over the last ${age} s`,
      compare: (after) => statsDelta(before.text, after),
    }];
  }

  stop(): Promise<void> {
    clearInterval(this.#timer);
    return Promise.resolve();
  }

  async #take(): Promise<void> {
    try {
      const text = await readFile(PATH, "utf8");
      this.#looks = [{ text, taken_ms: performance.now() }, ...this.#looks.slice(0, 1)];
    } catch {
      this.#looks = []; // cifs is not loaded
    }
  }
}

/** The action `stats`. */
export const stats: Action = {
  name: "stats",
  description: "/proc/fs/cifs/Stats, before and after, with the difference.",
  timeout_sec: 5,
  max_output_kb: 4096,
  params: {},
  phase: "snapshot",
  programs: [],
  plan: () => [{ kind: "proc", path: PATH }],
  background: () => new Baseline(),
};
