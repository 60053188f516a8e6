/**
 * The last points of one series and their mean and variance, kept up to date point by point.
 * @module
 */

/** A ring starts with this many places and doubles until it holds the window. */
const FIRST_PLACES = 64;

/**
 * Where the sum of squares falls below this part of what it was, what was subtracted had more
 * rounding error than is left of value: it is made anew from the points. Between two such times the
 * relative error stays near 2^-52 / 1e-6, that is 2e-10.
 */
const CANCELLATION = 1e-6;

/**
 * A window over the last `capacity` values with mean and variance by Welford's update (1962), in
 * which the value that leaves and the value that comes are exchanged in one step. The sums are made
 * anew from the points once in `capacity` additions and whenever cancellation has eaten their
 * digits, so that the error never adds up; the cost of that is constant per point in the mean.
 *
 * Values must be finite and below 1e150 in size (their squares are summed).
 */
export class RollingWindow {
  readonly #capacity: number;
  #ring: Float64Array<ArrayBuffer>;
  #next = 0;
  #size = 0;
  #mean = 0;
  #squares = 0;
  #steps = 0;
  #sinceExact = 0;

  /**
   * An empty window.
   * @param capacity points; at least 2
   */
  constructor(capacity: number) {
    this.#capacity = Math.max(2, Math.floor(capacity));
    this.#ring = new Float64Array(Math.min(FIRST_PLACES, this.#capacity));
  }

  /** Points in the window. */
  get size(): number {
    return this.#size;
  }

  /** Points it can hold. */
  get capacity(): number {
    return this.#capacity;
  }

  /** Mean of the points, 0 when there are none. */
  get mean(): number {
    return this.#mean;
  }

  /** Variance of the points (divided by n - 1), 0 with fewer than two. */
  get variance(): number {
    return this.#size < 2 ? 0 : this.#squares / (this.#size - 1);
  }

  /** Square root of the variance. */
  get deviation(): number {
    return Math.sqrt(this.variance);
  }

  /** How many points differ from the one before them: 0 for a flat line. */
  get steps(): number {
    return this.#steps;
  }

  /** The value that the next addition pushes out; NaN while there is room. */
  get oldest(): number {
    return this.#size < this.#capacity ? NaN : this.#ring[this.#next];
  }

  /** The point `age` steps before the newest, which has age 0. `age` must be below `size`. */
  at(age: number): number {
    const index = this.#next - 1 - age;
    return this.#ring[index < 0 ? index + this.#ring.length : index];
  }

  /** Adds a value; the oldest leaves when the window is full. */
  add(value: number): void {
    if (this.#size === this.#capacity) this.#exchange(value);
    else this.#append(value);
    if (++this.#next === this.#ring.length) this.#next = 0;
    if (++this.#sinceExact >= this.#capacity) this.#recompute();
  }

  #append(value: number): void {
    if (this.#size === this.#ring.length) this.#grow();
    if (this.#size > 0 && value !== this.at(0)) this.#steps++;
    this.#ring[this.#next] = value;
    this.#size++;
    const before = value - this.#mean;
    this.#mean += before / this.#size;
    this.#squares += before * (value - this.#mean);
  }

  #exchange(value: number): void {
    const ring = this.#ring;
    const next = this.#next;
    const leaving = ring[next];
    const second = next + 1 === ring.length ? 0 : next + 1;
    if (ring[second] !== leaving) this.#steps--;
    if (value !== this.at(0)) this.#steps++;
    ring[next] = value;
    const mean = this.#mean;
    const change = value - leaving;
    this.#mean = mean + change / this.#size;
    const squares = this.#squares + change * (value - this.#mean + leaving - mean);
    const cancelled = !(squares > this.#squares * CANCELLATION);
    this.#squares = squares;
    if (cancelled && this.#steps > 0) this.#recompute();
    else if (this.#steps === 0) this.#level(value);
  }

  /** All points are equal: no rounding is left over to look like noise. */
  #level(value: number): void {
    this.#mean = value;
    this.#squares = 0;
  }

  /** Mean and squares in two passes over the points; their order does not matter. */
  #recompute(): void {
    this.#sinceExact = 0;
    const points = this.#size === this.#ring.length
      ? this.#ring
      : this.#ring.subarray(0, this.#size);
    let mean = 0;
    for (let i = 0; i < points.length; i++) mean += (points[i] - mean) / (i + 1);
    let squares = 0;
    for (let i = 0; i < points.length; i++) squares += (points[i] - mean) ** 2;
    this.#mean = mean;
    this.#squares = squares;
  }

  #grow(): void {
    const ring = new Float64Array(Math.min(this.#capacity, this.#ring.length * 2));
    ring.set(this.#ring);
    this.#next = this.#size;
    this.#ring = ring;
  }
}
