/**
 * Lines on their way to a sink: their bytes, where each ends, and which of them are events.
 * @module
 */
import { ByteBuffer } from "./byte_buffer.ts";
import type { Chunk } from "./sink.ts";

/** Memory that an emptied batch keeps. */
const KEEP_BYTES = 4 << 20;
const INITIAL_LINES = 4096;

/** A chunk that is being put together. */
export class Batch {
  /** Where formatters append. */
  readonly out: ByteBuffer;
  /** Lines until now. */
  lines = 0;
  /** Events among them. */
  events = 0;
  #ends = new Uint32Array(INITIAL_LINES);
  #isEvent = new Uint8Array(INITIAL_LINES);

  /**
   * Makes an empty one.
   * @param bytes what it holds before it grows
   */
  constructor(bytes: number) {
    this.out = new ByteBuffer(bytes);
  }

  /** Ends a line, where one was appended since the last one. */
  end(isEvent: boolean): void {
    const { length } = this.out;
    if (length === (this.lines === 0 ? 0 : this.#ends[this.lines - 1])) return;
    if (this.lines === this.#ends.length) this.#grow();
    this.#ends[this.lines] = length;
    this.#isEvent[this.lines++] = isEvent ? 1 : 0;
    if (isEvent) this.events++;
  }

  /** What a sink gets; valid until {@link clear}. */
  chunk(): Chunk {
    return { bytes: this.out.view(), ends: this.#ends.subarray(0, this.lines) };
  }

  /** Events among the first `lines` lines. */
  eventsIn(lines: number): number {
    let events = 0;
    for (let i = 0; i < lines; i++) events += this.#isEvent[i];
    return events;
  }

  /** Empties it. */
  clear(): void {
    this.out.clear(KEEP_BYTES);
    this.lines = 0;
    this.events = 0;
  }

  #grow(): void {
    const ends = new Uint32Array(this.#ends.length * 2);
    ends.set(this.#ends);
    this.#ends = ends;
    const isEvent = new Uint8Array(ends.length);
    isEvent.set(this.#isEvent);
    this.#isEvent = isEvent;
  }
}
