/**
 * Who a process is, for events that carry only its pid. What fork, exec and exit events tell is
 * kept; what is missing is read from /proc, a few files a turn at most. A process that has ended
 * leaves a tombstone, so that an event that comes after its end is still named rightly and the pid's
 * next owner is not mistaken for it.
 * @module
 */
import type { BusEvent } from "./bus_event.ts";
import { type ProcessStat, ProcessStatReader } from "./process_stat.ts";

/** What is known of a process. */
export interface ProcessContext {
  /** Name. */
  comm: string;
  /** Parent, where known. */
  ppid?: number;
  /** When it ended, in seconds since the epoch: a tombstone. */
  ended_sec?: number;
}

/** Limits of a cache. */
export interface ProcessCacheOptions {
  /** Most processes, tombstones included; the one that was not asked for longest goes. */
  processes?: number;
  /** Most files read between two calls of {@link ProcessCache.beginTurn}. */
  reads_per_turn?: number;
  /** After so long a process is looked at again: its name may be new, its pid another's. */
  fresh_sec?: number;
  /** Where processes are read. */
  proc?: string;
}

/** What the cache did since the start. */
export interface ProcessCacheCounts {
  /** Answered from memory. */
  hits: number;
  /** Files read. */
  reads: number;
  /** Pids of which nothing was found: ended before they were read. */
  missing: number;
  /** Not looked up, because the turn's reads were used up. */
  over_budget: number;
  /** Entries pushed out by others. */
  displaced: number;
  /** Pids that were found to be another process. */
  reused: number;
}

interface Entry {
  /** Null: there is none of this pid. */
  context: ProcessContext | null;
  /** Time of the event for which it was learned, in seconds. */
  known_sec: number;
  start_ticks: number | null;
}

const DEFAULTS = { processes: 4096, reads_per_turn: 64, fresh_sec: 30, proc: "/proc" };
/**
 * An event this long after an exit can still be the ended process's: rings of different CPUs and
 * tracers are drained one after the other.
 */
const LATE_SEC = 2;

/** The cache. Its time is that of the events. */
export class ProcessCache {
  readonly #options: Required<ProcessCacheOptions>;
  readonly #stats: ProcessStatReader;
  /** The one used last is last. */
  readonly #entries = new Map<number, Entry>();
  #readsLeft: number;
  /** What it did. */
  readonly counts: ProcessCacheCounts = {
    ...{ hits: 0, reads: 0, missing: 0, over_budget: 0, displaced: 0, reused: 0 },
  };

  /** Makes an empty cache. */
  constructor(options: ProcessCacheOptions = {}) {
    this.#options = { ...DEFAULTS, ...options };
    this.#stats = new ProcessStatReader(this.#options.proc);
    this.#readsLeft = this.#options.reads_per_turn;
  }

  /** Processes and tombstones. */
  get size(): number {
    return this.#entries.size;
  }

  /** Grants the reads of a new turn. */
  beginTurn(): void {
    this.#readsLeft = this.#options.reads_per_turn;
  }

  /** Learns from `fork`, `exec` and `exit`: what they tell needs no reading. */
  learn({ event_type, pid, comm, timestamp, data }: BusEvent): void {
    if (pid === undefined) return;
    if (event_type === "exit") this.#bury(pid, comm, timestamp);
    else if (event_type === "exec" && comm !== undefined) {
      const known = this.#entries.get(pid)?.context;
      const ppid = numberOf(data.parent_pid) ??
        (known?.ended_sec === undefined ? known?.ppid : undefined);
      this.#put(pid, { context: { comm, ppid }, known_sec: timestamp, start_ticks: null });
    } else if (event_type === "fork") {
      const child = numberOf(data.child_pid);
      const name = comm ?? this.#entries.get(pid)?.context?.comm;
      if (child === undefined || name === undefined) return;
      const context = { comm: name, ppid: pid };
      this.#put(child, { context, known_sec: timestamp, start_ticks: null });
    }
  }

  /**
   * What is known of a process at a time.
   * @param timestamp_sec of the event that is asked for
   * @returns null where nothing is known, or not without reading too much in this turn
   */
  find(pid: number, timestamp_sec: number): ProcessContext | null {
    const entry = this.#entries.get(pid);
    if (entry !== undefined && this.#holds(entry, timestamp_sec)) {
      this.#put(pid, entry);
      this.counts.hits++;
      return entry.context;
    }
    if (this.#readsLeft <= 0) {
      this.counts.over_budget++;
      // What is known of a living process is old, but better than nothing.
      return entry?.context?.ended_sec === undefined ? entry?.context ?? null : null;
    }
    return this.#read(pid, timestamp_sec, entry);
  }

  #holds({ context, known_sec }: Entry, now_sec: number): boolean {
    const ended_sec = context?.ended_sec;
    if (ended_sec !== undefined) return now_sec <= ended_sec + LATE_SEC;
    return now_sec < known_sec + this.#options.fresh_sec;
  }

  #read(pid: number, now_sec: number, before: Entry | undefined): ProcessContext | null {
    this.#readsLeft--;
    this.counts.reads++;
    const stat = this.#stats.read(pid);
    if (stat === null) {
      this.counts.missing++;
      // It ended unseen. What was known is right for this event, if it is not of an ended one.
      const last = before?.context ?? null;
      const context = last === null || last.ended_sec !== undefined
        ? null
        : { ...last, ended_sec: now_sec };
      this.#put(pid, { context, known_sec: now_sec, start_ticks: null });
      return context;
    }
    if (isAnother(before, stat)) this.counts.reused++;
    const context = { comm: stat.comm, ppid: stat.ppid };
    this.#put(pid, { context, known_sec: now_sec, start_ticks: stat.start_ticks });
    return context;
  }

  #bury(pid: number, comm: string | undefined, ended_sec: number): void {
    const known = this.#entries.get(pid)?.context;
    const name = comm ?? known?.comm;
    if (name === undefined) return;
    const context = { comm: name, ppid: known?.ppid, ended_sec };
    this.#put(pid, { context, known_sec: ended_sec, start_ticks: null });
  }

  #put(pid: number, entry: Entry): void {
    this.#entries.delete(pid);
    if (this.#entries.size >= this.#options.processes) {
      for (const oldest of this.#entries.keys()) {
        this.#entries.delete(oldest);
        this.counts.displaced++;
        break;
      }
    }
    this.#entries.set(pid, entry);
  }
}

function isAnother(before: Entry | undefined, { start_ticks }: ProcessStat): boolean {
  if (before === undefined || before.context === null) return false;
  if (before.context.ended_sec !== undefined) return true;
  return before.start_ticks !== null && before.start_ticks !== start_ticks;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isInteger(value) && value >= 0 ? value : undefined;
}
