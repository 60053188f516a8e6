/**
 * A byte buffer that grows: formatters append lines to it, the pump hands its bytes to a sink.
 * @module
 */

/** What a buffer begins with. */
const INITIAL_BYTES = 1 << 16;

/**
 * Bytes that are put together. `bytes` and `length` are open to the code that fills it: it calls
 * {@link ensure}, writes to `bytes` from `length` on, and moves `length`.
 */
export class ByteBuffer {
  /** The memory; replaced by a larger one where {@link ensure} has to. */
  bytes: Uint8Array<ArrayBuffer>;
  /** Bytes in use. */
  length = 0;

  /** Makes an empty buffer that holds `initial` bytes before it grows. */
  constructor(initial = INITIAL_BYTES) {
    this.bytes = new Uint8Array(initial);
  }

  /** Makes room for `more` bytes; `bytes` may be another array afterwards. */
  ensure(more: number): void {
    const needed = this.length + more;
    if (needed <= this.bytes.length) return;
    const larger = new Uint8Array(Math.max(needed, this.bytes.length * 2));
    larger.set(this.bytes.subarray(0, this.length));
    this.bytes = larger;
  }

  /** Appends bytes. */
  set(source: Uint8Array): void {
    this.ensure(source.length);
    this.bytes.set(source, this.length);
    this.length += source.length;
  }

  /** What is in it: a view, valid until the buffer is written to again. */
  view(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.length);
  }

  /** Empties it; the memory stays, but for what is above `keep` bytes. */
  clear(keep = Infinity): void {
    this.length = 0;
    if (this.bytes.length > keep) this.bytes = new Uint8Array(keep);
  }
}
