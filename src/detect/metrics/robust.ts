/**
 * Median and median absolute deviation of the last points of a series: what a few wild values cannot
 * move.
 * @module
 */

/**
 * The normal distribution's 0.75 quantile: makes the median absolute deviation comparable with a
 * standard deviation (Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993).
 */
export const MAD_TO_DEVIATION = 0.6744897501960817;

/**
 * The window's values in ascending order, beside its ring. Adding costs two binary searches and the
 * move of up to `capacity` doubles; the median costs nothing, the MAD one binary search.
 */
export class SortedWindow {
  readonly #sorted: Float64Array;
  #size = 0;

  /**
   * Empty.
   * @param capacity points
   */
  constructor(capacity: number) {
    this.#sorted = new Float64Array(capacity);
  }

  /** Values held. */
  get size(): number {
    return this.#size;
  }

  /** Smallest value. */
  get min(): number {
    return this.#size === 0 ? NaN : this.#sorted[0];
  }

  /** Largest value. */
  get max(): number {
    return this.#size === 0 ? NaN : this.#sorted[this.#size - 1];
  }

  /** Adds `value` and takes `leaving` out, where that is a number. */
  replace(leaving: number, value: number): void {
    const sorted = this.#sorted;
    if (Number.isNaN(leaving)) {
      const to = this.#lowerBound(value);
      sorted.copyWithin(to + 1, to, this.#size);
      sorted[to] = value;
      this.#size++;
      return;
    }
    const from = this.#lowerBound(leaving);
    const to = this.#lowerBound(value);
    // Only what lies between the two places moves.
    if (to > from) {
      sorted.copyWithin(from, from + 1, to);
      sorted[to - 1] = value;
    } else {
      sorted.copyWithin(to + 1, to, from);
      sorted[to] = value;
    }
  }

  /** Middle value; the mean of the two middle ones where their number is even. NaN when empty. */
  median(): number {
    const n = this.#size;
    if (n === 0) return NaN;
    const half = n >> 1;
    const upper = this.#sorted[half];
    return n % 2 === 1 ? upper : this.#sorted[half - 1] / 2 + upper / 2;
  }

  /** Median of the distances from the median. NaN when empty. */
  mad(): number {
    const n = this.#size;
    if (n === 0) return NaN;
    const center = this.median();
    const half = n >> 1;
    const upper = this.#distance(center, half);
    return n % 2 === 1 ? upper : this.#distance(center, half - 1) / 2 + upper / 2;
  }

  /**
   * The distance from `center` that has `rank` smaller ones. The distances to the left of the centre,
   * read outwards, ascend, and so do those to the right: how many of the `rank + 1` smallest lie left
   * is found by halving.
   */
  #distance(center: number, rank: number): number {
    const sorted = this.#sorted;
    const split = this.#lowerBound(center);
    const left = split;
    const right = this.#size - split;
    let low = Math.max(0, rank + 1 - right);
    let high = Math.min(left, rank + 1);
    while (low < high) {
      const take = (low + high) >> 1;
      // Take more from the left while its next is not farther than the last one from the right.
      const nextLeft = center - sorted[split - 1 - take];
      const lastRight = sorted[split + rank - take] - center;
      if (nextLeft < lastRight) low = take + 1;
      else high = take;
    }
    const fromLeft = low > 0 ? center - sorted[split - low] : -Infinity;
    const fromRight = low <= rank ? sorted[split + rank - low] - center : -Infinity;
    return Math.max(fromLeft, fromRight);
  }

  /** How many values are smaller than `value`. */
  #lowerBound(value: number): number {
    const sorted = this.#sorted;
    let low = 0;
    let high = this.#size;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (sorted[middle] < value) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** The modified z-score 0.6745 (x - median) / MAD of Iglewicz and Hoaglin (1993). */
export function modifiedZ(value: number, median: number, mad: number): number {
  return MAD_TO_DEVIATION * (value - median) / mad;
}
