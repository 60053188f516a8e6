/**
 * Numbers in few bytes: whole numbers of seven bits a byte (LEB128), and doubles as what differs from
 * the one before (XOR, as in Facebook's Gorilla, on whole bytes): an equal value costs a 128th of a
 * byte to one, a small whole number about three, any other at most nine. Exact for every double.
 * @module
 */

/** A block that was not written by this program. */
export class BlockError extends Error {
  /** Name of the class. */
  override readonly name = "BlockError";
}

/** Top bit of a head byte: a run of equal values, its length less one in the other seven. */
const RUN = 0x80;
const MAX_RUN = 128;

const scratch = new Float64Array(1);
/** Least significant byte first on every machine that aod runs on. */
const scratchBytes = new Uint8Array(scratch.buffer);

/** Appends numbers to bytes. */
export class ByteWriter {
  #bytes = new Uint8Array(256);
  #length = 0;

  /** A copy of what was written. */
  take(): Uint8Array<ArrayBuffer> {
    return this.#bytes.slice(0, this.#length);
  }

  /** A whole number from 0 to 2^53 - 1. */
  whole(value: number): void {
    let rest = value;
    while (rest >= 0x80) {
      this.#byte((rest % 0x80) | 0x80);
      rest = Math.floor(rest / 0x80);
    }
    this.#byte(rest);
  }

  /** A whole number of either sign: 0, -1, 1, -2, ... are 0, 1, 2, 3, ... */
  signed(value: number): void {
    this.whole(value < 0 ? -2 * value - 1 : 2 * value);
  }

  /** Doubles; how many there are the reader must know. */
  doubles(values: ArrayLike<number>): void {
    const before = new Uint8Array(8);
    for (let i = 0; i < values.length;) {
      scratch[0] = values[i];
      const run = this.#runAt(values, i, before);
      if (run > 0) {
        this.#byte(RUN | (run - 1));
        i += run;
        continue;
      }
      let low = 0;
      while (scratchBytes[low] === before[low]) low++;
      let high = 7;
      while (scratchBytes[high] === before[high]) high--;
      this.#byte(low << 4 | high);
      for (let at = low; at <= high; at++) this.#byte(scratchBytes[at] ^ before[at]);
      before.set(scratchBytes);
      i++;
    }
  }

  /** How many values from `from` on are those bits; `scratch` holds the first. */
  #runAt(values: ArrayLike<number>, from: number, before: Uint8Array): number {
    let run = 0;
    while (run < MAX_RUN && from + run < values.length) {
      scratch[0] = values[from + run];
      if (!scratchBytes.every((byte, at) => byte === before[at])) break;
      run++;
    }
    if (run === 0) scratch[0] = values[from];
    return run;
  }

  #byte(value: number): void {
    if (this.#length === this.#bytes.length) {
      const larger = new Uint8Array(2 * this.#length);
      larger.set(this.#bytes);
      this.#bytes = larger;
    }
    this.#bytes[this.#length++] = value;
  }
}

/** Takes numbers from bytes. @throws {BlockError} from all of its methods, for bytes that cannot be */
export class ByteReader {
  readonly #bytes: Uint8Array;
  #at = 0;

  /** Begins at the first byte. */
  constructor(bytes: Uint8Array) {
    this.#bytes = bytes;
  }

  /** See {@link ByteWriter.whole}. @param limit the greatest that makes sense */
  whole(limit = Number.MAX_SAFE_INTEGER): number {
    let value = 0;
    for (let scale = 1;; scale *= 0x80) {
      const byte = this.#byte();
      value += (byte & 0x7f) * scale;
      if (value > limit) throw new BlockError(`${value} is more than ${limit}`);
      if (byte < 0x80) return value;
    }
  }

  /** See {@link ByteWriter.signed}. */
  signed(): number {
    const value = this.whole();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  /** As many doubles as were written. */
  doubles(count: number): Float64Array {
    const values = new Float64Array(count);
    scratch[0] = 0;
    for (let i = 0; i < count;) {
      const head = this.#byte();
      if (head >= RUN) {
        const end = i + (head & 0x7f) + 1;
        if (end > count) throw new BlockError("a run is longer than its block");
        values.fill(scratch[0], i, end);
        i = end;
        continue;
      }
      const [low, high] = [head >> 4, head & 0xf];
      if (high > 7) throw new BlockError("a value is longer than a double");
      for (let at = low; at <= high; at++) scratchBytes[at] ^= this.#byte();
      values[i++] = scratch[0];
    }
    return values;
  }

  /** Nothing may be left. */
  end(): void {
    if (this.#at !== this.#bytes.length) throw new BlockError("bytes are left over");
  }

  #byte(): number {
    if (this.#at >= this.#bytes.length) throw new BlockError("it ends too early");
    return this.#bytes[this.#at++];
  }
}
