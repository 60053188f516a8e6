/**
 * Children that outlived SIGKILL because they are stuck in the kernel: remembered for the whole
 * process, so that also a replaced collector does not start their action again while they are there.
 * @module
 */
import { readFileSync } from "node:fs";

/** A child that was left behind. */
export interface StuckChild {
  /** Name of the action that started it. */
  action: string;
  /** Its process id. */
  pid: number;
  /** Its start time (field 22 of /proc/pid/stat): tells it from a later process with the same id. */
  start_ticks: number;
}

/** Children remembered at most; the oldest is forgotten first. */
export const MOST_STUCK = 256;

/** What is known of such children. */
export class StuckChildren {
  #children: StuckChild[];

  /**
   * Begins with what an earlier life of the part knew.
   * @param known children that were left before
   */
  constructor(known: readonly StuckChild[] = []) {
    this.#children = known.slice(-MOST_STUCK);
  }

  /** Remembers one. */
  add(child: StuckChild): void {
    this.#children = [...this.all(), child].slice(-MOST_STUCK);
  }

  /** True while a child of this action is still there. */
  has(action: string): boolean {
    return this.#children.some((child) => child.action === action) &&
      this.all().some((child) => child.action === action);
  }

  /** Those that are still there. */
  all(): StuckChild[] {
    return this.#children = this.#children.filter(isThere);
  }
}

/** Describes a child that was just left; null when it is gone after all. */
export function stuckChild(action: string, pid: number): StuckChild | null {
  const stat = statOf(pid);
  return stat === null ? null : { action, pid, start_ticks: stat.start_ticks };
}

function isThere({ pid, start_ticks }: StuckChild): boolean {
  const stat = statOf(pid);
  return stat !== null && stat.start_ticks === start_ticks;
}

/**
 * Start time of a process of ours; null when there is none or it has ended and only waits to be
 * collected. Reads /proc/pid/stat, which takes no lock that a stuck process may hold.
 */
function statOf(pid: number): { start_ticks: number } | null {
  let text: string;
  try {
    text = readFileSync(`/proc/${pid}/stat`, "utf8");
  } catch {
    return null;
  }
  // The name, in parentheses, may hold anything; state is the field after it, the third.
  const fields = text.slice(text.lastIndexOf(")") + 2).split(" ");
  const [state, parent] = fields;
  if (state === "Z" || state === "X" || Number(parent) !== Deno.pid) return null;
  return { start_ticks: Number(fields[22 - 3]) };
}
