/**
 * The path records that a new file of a rotation must begin with.
 *
 * A file is begun when a sink writes, some batches after the formatter. So beside the newest path of
 * each slot those are kept that were replaced a short while ago: the records that are still to be
 * written may mean them. The reader takes each at its sequence.
 * @module
 */

/** What is surely written: more than two batches of the outlet. */
const HISTORY_BYTES = 16 << 20;
/** What kept records may take; above it new ones are not kept, and paths are lost after a rotation. */
const LIMIT_BYTES = 64 << 20;

/**
 * An older path is said to have come so many records ago: sequences are modulo 2^32 in the file, and one
 * of more than half of that ago would look like one still to come.
 */
const OLDEST_RECORDS = 2 ** 30;

/** A path record. */
export interface KeptPath {
  /** Of the record that it came in: as many as there were until then, or that modulo 2^32. */
  sequence: number;
  /** The record of the ring. */
  data: Uint8Array;
}

/** A path that another one has taken the slot of. */
interface Replaced extends KeptPath {
  key: number;
  /** Bytes written when it was replaced. */
  at: number;
}

/** Path records by CPU and slot. */
export class KeptPaths {
  readonly #current = new Map<number, KeptPath>();
  #replaced: Replaced[] = [];
  #first = 0;
  #bytes = 0;

  /**
   * Keeps a copy of a path record.
   * @param key CPU and slot
   * @param sequence of its record: as many as there were until then, not modulo 2^32
   * @param written bytes that were formatted until now
   */
  keep(key: number, sequence: number, data: Uint8Array, written: number): void {
    const old = this.#current.get(key);
    if (old !== undefined) {
      this.#replaced.push({ ...old, key, at: written });
      this.#current.delete(key);
    }
    this.#forget(written);
    if (this.#bytes + data.length > LIMIT_BYTES) return;
    this.#bytes += data.length;
    this.#current.set(key, { sequence, data: data.slice() });
  }

  /**
   * All that are kept, the oldest first; sequences are modulo 2^32.
   * @param now records until now
   */
  all(now: number): KeptPath[] {
    const oldest = now - OLDEST_RECORDS;
    return [...this.#replaced.slice(this.#first), ...this.#current.values()]
      .sort((a, b) => a.sequence - b.sequence)
      .map(({ sequence, data }) => ({ sequence: Math.max(sequence, oldest) >>> 0, data }));
  }

  /** Drops what was replaced long ago. */
  #forget(written: number): void {
    while (
      this.#first < this.#replaced.length &&
      written - this.#replaced[this.#first].at > HISTORY_BYTES
    ) {
      this.#bytes -= this.#replaced[this.#first++].data.length;
    }
    if (this.#first < 1024 || this.#first * 2 < this.#replaced.length) return;
    this.#replaced = this.#replaced.slice(this.#first);
    this.#first = 0;
  }
}
