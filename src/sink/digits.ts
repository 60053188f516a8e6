/**
 * Numbers as decimal and hexadecimal digits, written straight into bytes. Numbers of 64 bits come as
 * two words: nothing here makes a BigInt where a double is exact. All functions return where what
 * they wrote ends.
 * @module
 */

const ZERO = 0x30;
const MINUS = 0x2d;
const BILLION = 1_000_000_000;
/** Below 2^21 in the high word, a number of 64 bits is an exact double. */
const EXACT_HIGH = 1 << 21;

/** "00", "01" ... "99". */
const PAIRS = new Uint8Array(200);
for (let i = 0; i < 100; i++) {
  PAIRS[2 * i] = ZERO + Math.floor(i / 10);
  PAIRS[2 * i + 1] = ZERO + i % 10;
}
const HEX = new TextEncoder().encode("0123456789abcdef");

function countDigits(value: number): number {
  if (value < 100_000) {
    return value < 100 ? (value < 10 ? 1 : 2) : value < 1000 ? 3 : value < 10_000 ? 4 : 5;
  }
  if (value < 10_000_000) return value < 1_000_000 ? 6 : 7;
  return value < 100_000_000 ? 8 : value < BILLION ? 9 : 10;
}

/** Writes the last `count` digits of a number below 2^32, with leading zeros. */
export function writePadded(bytes: Uint8Array, at: number, value: number, count: number): number {
  let rest = value >>> 0;
  let to = at + count;
  while (to - at >= 2) {
    const quotient = (rest / 100) >>> 0;
    const pair = (rest - quotient * 100) << 1;
    bytes[--to] = PAIRS[pair + 1];
    bytes[--to] = PAIRS[pair];
    rest = quotient;
  }
  if (to > at) bytes[--to] = ZERO + rest % 10;
  return at + count;
}

/** Writes a number below 1,000,000 with six digits. */
export function writeSix(bytes: Uint8Array, at: number, value: number): number {
  const rest = (value / 100) >>> 0;
  const first = (rest / 100) >>> 0;
  const pair = first << 1;
  const second = (rest - first * 100) << 1;
  const third = (value - rest * 100) << 1;
  bytes[at + 5] = PAIRS[third + 1];
  bytes[at + 4] = PAIRS[third];
  bytes[at + 3] = PAIRS[second + 1];
  bytes[at + 2] = PAIRS[second];
  bytes[at + 1] = PAIRS[pair + 1];
  bytes[at] = PAIRS[pair];
  return at + 6;
}

/** Writes an unsigned number of 32 bits. */
export function writeU32(bytes: Uint8Array, at: number, value: number): number {
  if (value < 10) {
    bytes[at] = ZERO + value;
    return at + 1;
  }
  return writePadded(bytes, at, value, countDigits(value));
}

/** Writes an unsigned number of 64 bits, given as two words of any sign. */
export function writeU64(bytes: Uint8Array, at: number, high: number, low: number): number {
  if (high === 0) return writeU32(bytes, at, low >>> 0);
  if ((high >>> 0) < EXACT_HIGH) {
    const value = high * 4294967296 + (low >>> 0);
    let quotient = Math.floor(value / BILLION);
    let rest = value - quotient * BILLION;
    if (rest < 0) { // the division was rounded up
      quotient--;
      rest += BILLION;
    }
    return writePadded(bytes, writeU32(bytes, at, quotient), rest, 9);
  }
  const value = (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
  return writeAscii(bytes, at, value.toString());
}

/** Writes a signed number of 64 bits, given as two words. */
export function writeI64(bytes: Uint8Array, at: number, high: number, low: number): number {
  if (high >= 0) return writeU64(bytes, at, high, low);
  bytes[at] = MINUS;
  const negated = -low | 0;
  return writeU64(bytes, at + 1, (negated === 0 ? -high : ~high) | 0, negated);
}

/** Writes an unsigned number of 64 bits in hexadecimal, without a prefix. */
export function writeHex(bytes: Uint8Array, at: number, high: number, low: number): number {
  let digits = high !== 0 ? 16 - (Math.clz32(high) >>> 2) : 8 - (Math.clz32(low) >>> 2);
  if (digits === 0) digits = 1;
  let to = at + digits;
  let word = low;
  for (let i = 0; i < digits; i++) {
    if (i === 8) word = high;
    bytes[--to] = HEX[word & 15];
    word >>>= 4;
  }
  return at + digits;
}

/** Writes an unsigned number of 32 bits in octal: "0644"; "0" of 0. */
export function writeOctal(bytes: Uint8Array, at: number, value: number): number {
  bytes[at] = ZERO;
  if (value === 0) return at + 1;
  const digits = Math.ceil((32 - Math.clz32(value)) / 3);
  for (let i = 0; i < digits; i++) {
    bytes[at + 1 + i] = ZERO + ((value >>> (3 * (digits - 1 - i))) & 7);
  }
  return at + 1 + digits;
}

/** Writes a text of ASCII characters as it is. */
export function writeAscii(bytes: Uint8Array, at: number, text: string): number {
  for (let i = 0; i < text.length; i++) bytes[at + i] = text.charCodeAt(i);
  return at + text.length;
}

/** Copies some bytes: for few of them this is faster than `set`. */
export function writeBytes(bytes: Uint8Array, at: number, source: Uint8Array): number {
  const { length } = source;
  for (let i = 0; i < length; i++) bytes[at + i] = source[i];
  return at + length;
}
