/**
 * Times of lines: CLOCK_MONOTONIC in two words to microseconds since 1970, with one subtraction and
 * one division of 32 bits for all times of the same second.
 * @module
 */
import { wallMicros } from "../probe/event_log/log_event.ts";
import { writePadded } from "./digits.ts";

const SECOND_NS = 1_000_000_000;
/** Digits of a second since 1970: from September 2001 to November 2286. */
export const SECOND_DIGITS = 10;
const FIRST_SECOND = 1_000_000_000n;
const LAST_SECOND = 9_999_999_999n;

/** Knows the second of the last time it was asked for. */
export class LineClock {
  /** The second, as digits. */
  readonly digits = new Uint8Array(SECOND_DIGITS);
  /** Another number each time that the second changes; from 1 on. */
  turn = 0;
  readonly #offset_ns: bigint;
  /** CLOCK_MONOTONIC at the second's begin. */
  #low = 0;
  #high = 0;
  /** There is one, and it is not before the machine's start, where words mean another time. */
  #isKnown = false;

  /**
   * No second is known yet.
   * @param offset_ns wall time less CLOCK_MONOTONIC
   */
  constructor(offset_ns: bigint) {
    this.#offset_ns = offset_ns;
  }

  /**
   * Microseconds of the second; the second is in `digits`.
   * @returns -1 for a time outside of the years that have ten digits: see {@link whole}
   */
  micros(high: number, low: number): number {
    const ns = (low - this.#low) >>> 0;
    const carry = (low >>> 0) < (this.#low >>> 0) ? 1 : 0;
    if (ns < SECOND_NS && ((high - carry) | 0) === this.#high && this.#isKnown) {
      return (ns / 1000) >>> 0;
    }
    return this.#turn(high, low);
  }

  /** The whole time in microseconds since 1970. */
  whole(high: number, low: number): number | bigint {
    return wallMicros(nanos(high, low), this.#offset_ns);
  }

  #turn(high: number, low: number): number {
    const wall = nanos(high, low) + this.#offset_ns;
    const second = wall / 1_000_000_000n;
    const rest = wall % 1_000_000_000n;
    if (second < FIRST_SECOND || second > LAST_SECOND) return -1;
    const begin = second * 1_000_000_000n - this.#offset_ns;
    this.#isKnown = begin >= 0n;
    this.#low = Number(BigInt.asIntN(32, begin));
    this.#high = Number(BigInt.asIntN(32, begin >> 32n));
    this.turn = this.turn === 0x3fffffff ? 1 : this.turn + 1;
    const digits = Number(second);
    writePadded(this.digits, 0, Math.floor(digits / 1e5), 5);
    writePadded(this.digits, 5, digits % 1e5, 5);
    return Number(rest / 1000n);
  }
}

function nanos(high: number, low: number): bigint {
  return (BigInt(high >>> 0) << 32n) | BigInt(low >>> 0);
}
