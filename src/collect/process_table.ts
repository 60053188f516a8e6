/**
 * What is known of every process from one sweep to the next, in columns: a sweep over processes that
 * are known makes no object.
 * @module
 */
import { decodeText } from "./fields.ts";
import type { ProcessStat } from "./process_stat.ts";

/** Names of tasks have 15 bytes, those of kernel workers up to 63 (TASK_COMM_LEN, wq_worker_comm()). */
const COMM_BYTES = 64;
/** Slots at first. */
const START_SLOTS = 256;

/** Processes by slot. */
export class ProcessTable {
  /** Process of a slot. */
  pid: Int32Array = new Int32Array(START_SLOTS);
  /** Its parent. */
  ppid: Int32Array = new Int32Array(START_SLOTS);
  /** Its threads. */
  threads: Int32Array = new Int32Array(START_SLOTS);
  /** Code of its state. */
  state: Uint8Array = new Uint8Array(START_SLOTS);
  /** When it began. */
  start_ticks: Float64Array = new Float64Array(START_SLOTS);
  /** Processor time in all. */
  ticks: Float64Array = new Float64Array(START_SLOTS);
  /** Of it since the sweep before: all of a process that began since; 0 in the first sweep. */
  grown_ticks: Float64Array = new Float64Array(START_SLOTS);
  /** Resident pages. */
  rss_pages: Float64Array = new Float64Array(START_SLOTS);
  /** Slots that this sweep named, from 0 to {@link ProcessTable.seen}. */
  slots: Int32Array = new Int32Array(START_SLOTS);
  /** How many this sweep named. */
  seen = 0;
  /** Processes beyond the limit. */
  beyond = 0;
  #comm: Uint8Array = new Uint8Array(START_SLOTS * COMM_BYTES);
  #comm_bytes: Uint8Array = new Uint8Array(START_SLOTS);
  #sweep: Uint32Array = new Uint32Array(START_SLOTS);
  #round = 0;
  /** Start of the youngest process of all sweeps but this one; of this one too. */
  #youngest_before = Infinity;
  #youngest = -1;
  readonly #slots = new Map<number, number>();
  readonly #free: number[] = [];
  readonly #limit: number;

  /**
   * An empty table.
   * @param limit so many processes are known at a time
   */
  constructor(limit: number) {
    this.#limit = limit;
  }

  /** Processes known. */
  get size(): number {
    return this.#slots.size;
  }

  /** Begins a sweep. */
  begin(): void {
    this.#round = (this.#round + 1) >>> 0;
    this.seen = 0;
    this.beyond = 0;
  }

  /** Takes what was read of a process; `bytes` are those that `stat` was parsed from. */
  put(pid: number, stat: ProcessStat, bytes: Uint8Array): void {
    let slot = this.#slots.get(pid);
    if (slot === undefined) {
      slot = this.#newSlot(pid);
      if (slot < 0) return;
      // One that is no younger than those known was there before, and could not be read.
      this.grown_ticks[slot] = stat.start_ticks > this.#youngest_before ? stat.ticks : 0;
    } else if (this.#sweep[slot] === this.#round) return; // named twice while the list changed
    else if (this.start_ticks[slot] !== stat.start_ticks) this.grown_ticks[slot] = stat.ticks;
    // Times are summed without a lock and may fall by a tick.
    else this.grown_ticks[slot] = Math.max(0, stat.ticks - this.ticks[slot]);
    this.#youngest = Math.max(this.#youngest, stat.start_ticks);
    this.#sweep[slot] = this.#round;
    this.pid[slot] = pid;
    this.ppid[slot] = stat.ppid;
    this.threads[slot] = stat.threads;
    this.state[slot] = stat.state;
    this.start_ticks[slot] = stat.start_ticks;
    this.ticks[slot] = stat.ticks;
    this.rss_pages[slot] = stat.rss_pages;
    this.#putComm(slot, stat, bytes);
    this.slots[this.seen++] = slot;
  }

  /** Ends a sweep: forgets processes that it did not name. */
  end(): void {
    this.#youngest_before = this.#youngest;
    if (this.seen === this.#slots.size) return;
    for (const [pid, slot] of this.#slots) {
      if (this.#sweep[slot] === this.#round) continue;
      this.#slots.delete(pid);
      this.#free.push(slot);
    }
  }

  /** The command's name; bytes that are no UTF-8 become U+FFFD. */
  comm(slot: number): string {
    const at = slot * COMM_BYTES;
    return decodeText(this.#comm, at, at + this.#comm_bytes[slot]);
  }

  #putComm(slot: number, { comm_from, comm_to }: ProcessStat, bytes: Uint8Array): void {
    const length = Math.min(COMM_BYTES, comm_to - comm_from);
    const at = slot * COMM_BYTES;
    const comm = this.#comm;
    for (let i = 0; i < length; i++) comm[at + i] = bytes[comm_from + i];
    this.#comm_bytes[slot] = length;
  }

  /** A slot for a process, or -1 beyond the limit. */
  #newSlot(pid: number): number {
    let slot = this.#free.pop();
    if (slot === undefined) {
      slot = this.#slots.size;
      if (slot >= this.#limit) {
        this.beyond++;
        return -1;
      }
      if (slot >= this.pid.length) this.#grow();
    }
    this.#sweep[slot] = this.#round - 1 >>> 0;
    this.#slots.set(pid, slot);
    return slot;
  }

  #grow(): void {
    const slots = this.pid.length * 2;
    this.pid = larger(this.pid, new Int32Array(slots));
    this.ppid = larger(this.ppid, new Int32Array(slots));
    this.threads = larger(this.threads, new Int32Array(slots));
    this.state = larger(this.state, new Uint8Array(slots));
    this.start_ticks = larger(this.start_ticks, new Float64Array(slots));
    this.ticks = larger(this.ticks, new Float64Array(slots));
    this.grown_ticks = larger(this.grown_ticks, new Float64Array(slots));
    this.rss_pages = larger(this.rss_pages, new Float64Array(slots));
    this.slots = larger(this.slots, new Int32Array(slots));
    this.#comm = larger(this.#comm, new Uint8Array(slots * COMM_BYTES));
    this.#comm_bytes = larger(this.#comm_bytes, new Uint8Array(slots));
    this.#sweep = larger(this.#sweep, new Uint32Array(slots));
  }
}

function larger<Column extends { set(from: Column): void }>(from: Column, to: Column): Column {
  to.set(from);
  return to;
}

/** The slots with the largest values, largest first; at most `into.length`. Gives their number. */
export function largest(
  table: ProcessTable,
  values: Float64Array,
  into: Int32Array,
): number {
  let count = 0;
  for (let i = 0; i < table.seen; i++) {
    const slot = table.slots[i];
    const value = values[slot];
    if (count === into.length && value <= values[into[count - 1]]) continue;
    if (value <= 0) continue;
    let at = count < into.length ? count++ : count - 1;
    for (; at > 0 && values[into[at - 1]] < value; at--) into[at] = into[at - 1];
    into[at] = slot;
  }
  return count;
}
