/**
 * Takes histograms out of a mapped BPF array while the kernel adds to it: every number is exchanged with
 * 0, so none is counted twice and none is lost. No system call is made.
 * @module
 */
import { mapArrayMmap, type MappedMemory } from "../../bpf/map.ts";

/** The array's cells, mapped. Values are laid out as bpf/trace/*_events.h says. */
export class CellArray {
  readonly #memory: MappedMemory;
  readonly #words: Int32Array;
  readonly #longs: BigInt64Array;
  readonly #cellWords: number;

  /**
   * Maps `count` cells of `cell_bytes`, a multiple of 8.
   * @throws SyscallError
   */
  constructor(fd: number, count: number, cell_bytes: number) {
    this.#memory = mapArrayMmap(fd, count * cell_bytes, true);
    this.#words = new Int32Array(this.#memory.buffer, 0, count * cell_bytes / 4);
    this.#longs = new BigInt64Array(this.#memory.buffer, 0, count * cell_bytes / 8);
    this.#cellWords = cell_bytes / 4;
  }

  /** Whether cell `index` was added to since it was asked last; byte offset of its flag. */
  takeDirty(index: number, offset_bytes: number): boolean {
    const at = index * this.#cellWords + offset_bytes / 4;
    return this.#words[at] !== 0 && Atomics.exchange(this.#words, at, 0) !== 0;
  }

  /** Takes `to.length` counts of 32 bits from a byte offset of a cell, adds them to `to`; their sum. */
  takeCounts(index: number, offset_bytes: number, to: number[]): number {
    const from = index * this.#cellWords + offset_bytes / 4;
    let sum = 0;
    for (let i = 0; i < to.length; i++) {
      if (this.#words[from + i] === 0) continue;
      const count = Atomics.exchange(this.#words, from + i, 0) >>> 0;
      to[i] += count;
      sum += count;
    }
    return sum;
  }

  /** Takes one number of 32 bits. */
  takeCount(index: number, offset_bytes: number): number {
    const at = index * this.#cellWords + offset_bytes / 4;
    return this.#words[at] === 0 ? 0 : Atomics.exchange(this.#words, at, 0) >>> 0;
  }

  /** Takes one number of 64 bits. */
  takeSum(index: number, offset_bytes: number): number {
    const at = (index * this.#cellWords * 4 + offset_bytes) / 8;
    return Number(BigInt.asUintN(64, Atomics.exchange(this.#longs, at, 0n)));
  }

  /** Reads one number of 64 bits. */
  sum(index: number, offset_bytes: number): bigint {
    const at = (index * this.#cellWords * 4 + offset_bytes) / 8;
    return BigInt.asUintN(64, Atomics.load(this.#longs, at));
  }

  /** Unmaps them. */
  close(): void {
    this.#memory.unmap();
  }
}
