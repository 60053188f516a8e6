/**
 * Bundle ids: wall-clock nanoseconds, 19 digits, unique and ascending however the clock jumps.
 * @module
 */

/** 2001-09-09, the first time with 19 digits; a machine without a clock starts before it. */
const FIRST = 1_000_000_000_000_000_000n;
/** The last time with 19 digits (2286). */
const LAST = 9_999_999_999_999_999_999n;

/** Hands out ids. */
export class IdSource {
  readonly #wallNs: () => bigint;
  #last: bigint;

  /**
   * A source of ids.
   * @param wallNs the wall clock in ns
   * @param after ids are greater than this one (the last of an earlier life)
   */
  constructor(wallNs: () => bigint, after = 0n) {
    this.#wallNs = wallNs;
    this.#last = after;
  }

  /** The next id: the time, or one more than the id before when the clock stands or went back. */
  next(): string {
    let id = this.#wallNs();
    if (id < FIRST) id = FIRST;
    if (id <= this.#last) id = this.#last + 1n;
    if (id > LAST) throw new RangeError("Cannot make a bundle id: because the clock is past 2286");
    this.#last = id;
    return id.toString();
  }
}
