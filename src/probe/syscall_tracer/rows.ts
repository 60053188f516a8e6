/**
 * The syscall tracer's histograms: taken out of the kernel's rows, and rows given back that nobody uses.
 *
 * A row that is taken away is first removed from the hash, then all tasks are made to forget the rows that
 * they remember (`generation`); a program that runs at that moment has ended long before the row is free
 * for another, which is at a later snapshot, a second or more afterwards.
 * @module
 */
import { deleteElem, mapArrayMmap, type MappedMemory, updateElem } from "../../bpf/map.ts";
import { CellArray } from "../tracer/cells.ts";
import { emptyHistogram, type Log2Histogram } from "../tracer/histogram.ts";
import { paddedText } from "../tracer/text.ts";
import {
  SYS_CELL_BYTES,
  SYS_CELL_OFFSET,
  SYS_CONFIG_BYTES,
  SYS_CONFIG_OFFSET,
  SYS_KEY_BYTES,
  SYS_KEY_COMM_BYTES,
  SYS_KEY_OFFSET,
  SYS_SIZE,
} from "./layout.gen.ts";
import type { SyscallHandles } from "./load.ts";
import { syscallName, type SyscallNames } from "./names.ts";

/** Where what has no row of its own is counted. */
export const OTHER_COMM = "~other";

/** One syscall of the processes of one name (or of one process). */
export interface SyscallRow {
  /** Name of the process; `~other` for all that found no row. */
  comm: string;
  /** Where histograms are by process; 0 elsewhere. */
  tgid: number;
  /** Number of the call. */
  nr: number;
  /** Its name. */
  syscall_name: string;
  /** Calls that ended since the snapshot before. */
  calls: number;
  /** Latencies in ns of those that were timed: all, except of a thread that makes them by the thousand. */
  latency_ns: Log2Histogram;
}

/** A row is given back when it was idle for so long, and rows are scarce. */
const IDLE_SEC = 60;
/** It is free so long after it was taken away. */
const RETIRE_SEC = 1;
/** Share of the rows that are in use before any is taken away. */
const SCARCE = 0.75;

/** Reads the rows; one reader at a time. */
export class SyscallRows {
  readonly #handles: SyscallHandles;
  readonly #names: SyscallNames;
  readonly #cells: CellArray;
  readonly #keys: MappedMemory;
  readonly #config: MappedMemory;
  readonly #keyView: DataView;
  /** Sums of the cells when they were read last. */
  readonly #sums: BigUint64Array;
  /** Rows with a name, and when they were last added to, seconds of the caller's clock. */
  readonly #used = new Map<number, number>();
  /** Rows that were taken away, and when. */
  readonly #retiring = new Map<number, number>();
  /** No row from here on has ever had a name. */
  #end: number = SYS_SIZE.SYSCALLS;
  #total = 0;

  /**
   * Maps what the kernel writes.
   * @throws SyscallError
   */
  constructor(handles: SyscallHandles, names: SyscallNames) {
    const { maps, row_count, shards } = handles;
    this.#handles = handles;
    this.#names = names;
    this.#cells = new CellArray(maps.sys_cells, row_count * shards, SYS_CELL_BYTES);
    this.#sums = new BigUint64Array(row_count * shards);
    this.#keys = mapArrayMmap(maps.sys_keys, row_count * SYS_KEY_BYTES);
    this.#config = mapArrayMmap(maps.sys_config, SYS_CONFIG_BYTES, true);
    this.#keyView = new DataView(this.#keys.buffer);
  }

  /** Calls that were taken out so far. */
  get total(): number {
    return this.#total;
  }

  /** Rows in use, of how many. */
  get usage(): { used: number; rows: number } {
    return {
      used: this.#used.size + this.#retiring.size,
      rows: this.#handles.row_count - SYS_SIZE.SYSCALLS,
    };
  }

  /**
   * Takes what was counted since the last time.
   * @param now_sec a clock that does not go back
   * @param all also of rows that do not look as if they were added to; for the last snapshot
   */
  take(now_sec: number, all = false): SyscallRow[] {
    const found: SyscallRow[] = [];
    const { row_count } = this.#handles;
    while (this.#end < row_count && this.#isNamed(this.#end)) this.#end++;
    for (let row = 0; row < this.#end; row++) {
      const counted = this.#takeRow(row, all);
      if (row >= SYS_SIZE.SYSCALLS && !this.#retiring.has(row)) {
        if (counted !== null || !this.#used.has(row)) this.#used.set(row, now_sec);
      }
      if (counted !== null) found.push({ ...this.#keyOf(row), ...counted });
    }
    this.#giveBack(now_sec);
    return found;
  }

  #takeRow(row: number, all: boolean): Pick<SyscallRow, "calls" | "latency_ns"> | null {
    const { row_count, shards } = this.#handles;
    let latency_ns: Log2Histogram | null = null;
    let calls = 0;
    for (let shard = 0; shard < shards; shard++) {
      const cell = shard * row_count + row;
      if (!this.#cells.takeDirty(cell, SYS_CELL_OFFSET.dirty) && !all) continue;
      latency_ns ??= emptyHistogram(SYS_SIZE.BUCKETS);
      latency_ns.sum += this.#takeSum(cell);
      latency_ns.count += this.#cells.takeCounts(cell, SYS_CELL_OFFSET.counts, latency_ns.buckets);
      calls += this.#cells.takeCount(cell, SYS_CELL_OFFSET.untimed);
    }
    if (latency_ns === null) return null;
    calls += latency_ns.count;
    this.#total += calls;
    return calls === 0 ? null : { calls, latency_ns };
  }

  /** What was added to a sum since the last time; it is never reset. */
  #takeSum(cell: number): number {
    const sum = this.#cells.sum(cell, SYS_CELL_OFFSET.sum_ns);
    const more = BigInt.asUintN(64, sum - this.#sums[cell]);
    this.#sums[cell] = sum;
    return Number(more);
  }

  #isNamed(row: number): boolean {
    return this.#keyView.getUint8(row * SYS_KEY_BYTES + SYS_KEY_OFFSET.comm) !== 0;
  }

  #keyOf(row: number): Omit<SyscallRow, "calls" | "latency_ns"> {
    if (row < SYS_SIZE.SYSCALLS) {
      return { comm: OTHER_COMM, tgid: 0, nr: row, syscall_name: syscallName(this.#names, row) };
    }
    const at = row * SYS_KEY_BYTES;
    const nr = this.#keyView.getUint32(at + SYS_KEY_OFFSET.nr, true);
    return {
      comm: paddedText(this.#keyView, at + SYS_KEY_OFFSET.comm, SYS_KEY_COMM_BYTES),
      tgid: this.#keyView.getUint32(at + SYS_KEY_OFFSET.tgid, true),
      nr,
      syscall_name: syscallName(this.#names, nr),
    };
  }

  /** Frees rows that were taken away, and takes idle ones away where rows are scarce. */
  #giveBack(now_sec: number): void {
    const { maps } = this.#handles;
    for (const [row, since_sec] of this.#retiring) {
      if (now_sec - since_sec < RETIRE_SEC) continue;
      this.#retiring.delete(row);
      const bytes = new Uint8Array(4);
      new DataView(bytes.buffer).setUint32(0, row, true);
      updateElem(maps.sys_free, new Uint8Array(0), bytes);
    }
    if (this.#used.size < SCARCE * this.usage.rows) return;
    let taken = 0;
    for (const [row, last_sec] of this.#used) {
      if (now_sec - last_sec < IDLE_SEC) continue;
      const key = new Uint8Array(this.#keys.buffer, row * SYS_KEY_BYTES, SYS_KEY_BYTES);
      deleteElem(maps.sys_rows, key.slice());
      this.#used.delete(row);
      this.#retiring.set(row, now_sec);
      taken++;
    }
    if (taken === 0) return;
    const words = new Int32Array(this.#config.buffer, 0, SYS_CONFIG_BYTES / 4);
    Atomics.add(words, SYS_CONFIG_OFFSET.generation / 4, 1);
  }

  /** Unmaps. */
  close(): void {
    this.#cells.close();
    this.#keys.unmap();
    this.#config.unmap();
  }
}
