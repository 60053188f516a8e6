/**
 * Walks over lines of fields in bytes, as the files of /proc have them, without making strings.
 *
 * Never throws and never leaves the bytes: what is not there is NaN, or an empty field.
 * @module
 */

const LINE_FEED = 10;
const BLANK = 32;
const TAB = 9;

/** A place in the bytes. */
export class Fields {
  /** What is walked over. */
  bytes: Uint8Array = new Uint8Array(0);
  /** Where the next field is looked for. */
  at = 0;
  /** End of the line. */
  end = 0;
  #next = 0;
  #length = 0;

  /** Begins before the first line of `bytes[0..length)`. */
  start(bytes: Uint8Array, length: number): this {
    this.bytes = bytes;
    this.#length = Math.min(length, bytes.length);
    this.at = this.end = this.#next = 0;
    return this;
  }

  /** Goes to the next line; false where there is none. */
  line(): boolean {
    if (this.#next >= this.#length) return false;
    this.at = this.#next;
    const found = this.bytes.indexOf(LINE_FEED, this.at);
    this.end = found < 0 || found > this.#length ? this.#length : found;
    this.#next = this.end + 1;
    return true;
  }

  /** True, and past it, where the line goes on with exactly these bytes. */
  take(word: Uint8Array): boolean {
    const { bytes, at } = this;
    if (at + word.length > this.end) return false;
    for (let i = 0; i < word.length; i++) if (bytes[at + i] !== word[i]) return false;
    this.at = at + word.length;
    return true;
  }

  /** The number of the next field, which it goes past; NaN where that is none. Beyond 2^53 rounded. */
  number(): number {
    const { bytes, end } = this;
    let i = this.#blanks();
    const begin = i;
    let value = 0;
    for (; i < end; i++) {
      const digit = bytes[i] - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    this.at = i;
    return i === begin ? NaN : value;
  }

  /** The same with a fraction, as `12.34`. */
  decimal(): number {
    const whole = this.number();
    const { bytes, end } = this;
    if (bytes[this.at] !== 46 || this.at >= end || Number.isNaN(whole)) return whole;
    let scale = 1;
    let fraction = 0;
    for (this.at++; this.at < end; this.at++) {
      const digit = bytes[this.at] - 48;
      if (digit < 0 || digit > 9) break;
      scale *= 10;
      fraction = fraction * 10 + digit;
    }
    return whole + fraction / scale;
  }

  /** Goes past fields. */
  skip(count: number): void {
    const { bytes, end } = this;
    let i = this.at;
    for (let n = 0; n < count; n++) {
      while (i < end && (bytes[i] === BLANK || bytes[i] === TAB)) i++;
      while (i < end && bytes[i] !== BLANK && bytes[i] !== TAB) i++;
    }
    this.at = i;
  }

  /** Goes behind the next such byte of the line; false, and stays, where there is none. */
  past(byte: number): boolean {
    const found = this.bytes.indexOf(byte, this.at);
    if (found < 0 || found >= this.end) return false;
    this.at = found + 1;
    return true;
  }

  /** The next field as text, which it goes past; "" at the end of the line. */
  text(): string {
    const begin = this.#blanks();
    let i = begin;
    while (i < this.end && this.bytes[i] !== BLANK && this.bytes[i] !== TAB) i++;
    this.at = i;
    return decodeText(this.bytes, begin, i);
  }

  /** What comes before such a byte, blanks left out, and past the byte; "" where there is none. */
  textBefore(byte: number): string {
    const begin = this.#blanks();
    return this.past(byte) ? decodeText(this.bytes, begin, this.at - 1) : "";
  }

  #blanks(): number {
    const { bytes, end } = this;
    let i = this.at;
    while (i < end && (bytes[i] === BLANK || bytes[i] === TAB)) i++;
    return i;
  }
}

const decoder = new TextDecoder();

/** Bytes as text; what is no UTF-8 becomes U+FFFD. */
export function decodeText(bytes: Uint8Array, from: number, to: number): string {
  return decoder.decode(bytes.subarray(from, to));
}

/** ASCII as bytes, for {@link Fields.take}. */
export function ascii(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}
