/**
 * The records behind a window: copies of the newest offending rows, for the worst requests and the
 * commonest patterns. The window counts exactly; this keeps a bounded part of what it counted.
 * @module
 */
import { RECORD_BYTES, RECORD_LANES, type RowColumns } from "./fields.ts";

const WORDS = RECORD_BYTES >> 2;

/** Rows kept per window. */
export const EVIDENCE_ROWS = 512;

/** A ring of records in their original layout, each with its event time. */
export class EvidenceRing {
  readonly #limit: number;
  #words = new Uint32Array(0);
  #times = new Float64Array(0);
  #next = 0;
  #size = 0;

  /**
   * An empty ring.
   * @param limit rows kept, a power of two is not needed
   */
  constructor(limit: number) {
    this.#limit = Math.max(1, Math.min(limit, EVIDENCE_ROWS));
  }

  /** Rows held. */
  get size(): number {
    return this.#size;
  }

  /** Copies a row; the oldest makes place. */
  add(columns: RowColumns, row: number, time: number): void {
    if (this.#next === this.#times.length && this.#times.length < this.#limit) this.#grow();
    if (this.#next === this.#times.length) this.#next = 0;
    copyRow(columns, row, this.#words, this.#next * WORDS);
    this.#times[this.#next] = time;
    this.#next++;
    if (this.#size < this.#times.length) this.#size = Math.max(this.#size, this.#next);
  }

  /** Byte offsets, into {@linkcode view}, of the rows later than `start`. */
  since(start: number): number[] {
    const offsets: number[] = [];
    for (let i = 0; i < this.#size; i++) {
      if (this.#times[i] > start) offsets.push(i * RECORD_BYTES);
    }
    return offsets;
  }

  /** The rows' bytes, each in the layout of `struct aod_smb_request`. */
  view(): DataView {
    return new DataView(this.#words.buffer);
  }

  /** Forgets all rows. */
  clear(): void {
    this.#next = 0;
    this.#size = 0;
  }

  #grow(): void {
    const rows = Math.min(this.#limit, Math.max(16, this.#times.length * 2));
    const words = new Uint32Array(rows * WORDS);
    const times = new Float64Array(rows);
    words.set(this.#words);
    times.set(this.#times);
    this.#words = words;
    this.#times = times;
  }
}

/** Puts a row of columns back into the record's own layout at word `at` of `words`. */
export function copyRow(columns: RowColumns, row: number, words: Uint32Array, at: number): void {
  for (let lane = 0; lane < RECORD_LANES; lane++) {
    const column = columns.u32[lane];
    words[at++] = column[2 * row];
    words[at++] = column[2 * row + 1];
  }
}
