/**
 * A sliding window over event times that counts exactly how many lie in it.
 * @module
 */

/**
 * Times of the offences in `(newest - width, newest]`, sorted, `newest` being the latest time ever
 * added. Holds at most `limit` of them: the owner fires and clears at `limit`, so the count is exact
 * and the memory bounded. Slightly disordered times are put where they belong; one that is older
 * than the window when it comes is refused.
 *
 * Times are doubles: nanoseconds since a base of the owner's choice.
 */
export class SlidingWindow {
  #width: number;
  readonly #limit: number;
  #times: Float64Array;
  #mask: number;
  #head = 0;
  #size = 0;
  #newest = -Infinity;

  /**
   * An empty window.
   * @param width nanoseconds
   * @param limit the count at which the owner clears it; at least 1
   */
  constructor(width: number, limit: number) {
    this.#width = width;
    this.#limit = Math.max(1, Math.floor(limit));
    this.#times = new Float64Array(16);
    this.#mask = 15;
  }

  /** How many times are in the window that ends at `newest`. */
  get size(): number {
    return this.#size;
  }

  /** The latest time added; -Infinity before the first. */
  get newest(): number {
    return this.#newest;
  }

  /** Earliest time that still counts is later than this. */
  get start(): number {
    return this.#newest - this.#width;
  }

  /** Adds a time. Returns the count in the window, or 0 when the time is older than the window. */
  add(time: number): number {
    if (time > this.#newest) this.advance(time);
    else if (time <= this.#newest - this.#width) return 0;
    if (this.#size > this.#mask) this.#grow();
    const times = this.#times;
    const mask = this.#mask;
    let at = this.#head + this.#size;
    while (at > this.#head && times[(at - 1) & mask] > time) {
      times[at & mask] = times[(at - 1) & mask];
      at--;
    }
    times[at & mask] = time;
    this.#size++;
    if (this.#size > this.#limit) {
      this.#head = (this.#head + 1) & mask;
      this.#size--;
    }
    return this.#size;
  }

  /** The window ends at `time`, where that is later than it does. */
  advance(time: number): void {
    if (time <= this.#newest) return;
    this.#newest = time;
    this.#expire();
  }

  /** Forgets what has been counted; `newest` stays, so that late comers are still recognized. */
  clear(): void {
    this.#head = 0;
    this.#size = 0;
  }

  /** A changed width: what no longer belongs is dropped, what was dropped before does not return. */
  resize(width: number): void {
    this.#width = width;
    this.#expire();
  }

  #expire(): void {
    const oldest = this.#newest - this.#width;
    const times = this.#times;
    const mask = this.#mask;
    let head = this.#head;
    let size = this.#size;
    while (size > 0 && times[head & mask] <= oldest) {
      head++;
      size--;
    }
    this.#head = head & mask;
    this.#size = size;
  }

  #grow(): void {
    const times = new Float64Array(this.#times.length * 2);
    for (let i = 0; i < this.#size; i++) times[i] = this.#times[(this.#head + i) & this.#mask];
    this.#times = times;
    this.#mask = times.length - 1;
    this.#head = 0;
  }
}
