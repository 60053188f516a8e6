/**
 * Short runs of bytes by index, all in one piece of memory: what is kept anew thousands of times a
 * second is no work for malloc and the garbage collector then.
 * @module
 */

const NONE = new Uint8Array(0);

/** Up to `longest` bytes for each index. */
export class KeptBytes {
  /** Where bytes may be written before {@link keep}: from {@link begin} on. */
  readonly memory: Uint8Array<ArrayBuffer>;
  readonly #longest: number;
  readonly #views: Uint8Array<ArrayBuffer>[];

  /** Nothing is kept; memory is taken when it is written to. */
  constructor(entries: number, longest: number) {
    this.memory = new Uint8Array(entries * longest);
    this.#longest = longest;
    this.#views = new Array(entries).fill(NONE);
  }

  /** Where the bytes of an index begin. */
  begin(index: number): number {
    return index * this.#longest;
  }

  /** Keeps what was written from `begin(index)` to `end`; what was kept there is gone. */
  keep(index: number, end: number): Uint8Array<ArrayBuffer> {
    const begin = index * this.#longest;
    const known = this.#views[index];
    // The same memory: a view of the same length shows what is there now.
    if (known.length === end - begin) return known;
    return this.#views[index] = this.memory.subarray(begin, end);
  }

  /** What is kept; empty where nothing is. */
  get(index: number): Uint8Array<ArrayBuffer> {
    return this.#views[index];
  }
}
