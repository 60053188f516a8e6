/**
 * The newest points of one metric, for a chart: bounded, ascending in time, however they came.
 * @module
 */

/** One observation. */
export interface Point {
  /** Seconds since the epoch. */
  timestamp: number;
  /** In the metric's unit; null is a gap. */
  value: number | null;
}

/** The newest `capacity` points, ascending, one for each time. */
export class PointRing {
  readonly #timestamps: Float64Array;
  /** NaN where there is a gap. */
  readonly #values: Float64Array;
  #start = 0;
  #length = 0;

  /**
   * Holds nothing yet.
   * @throws RangeError when the capacity is not a positive integer.
   */
  constructor(readonly capacity: number) {
    if (!Number.isInteger(capacity) || capacity < 1) {
      throw new RangeError(
        `Cannot make a ring of ${capacity} points: because it needs one or more`,
      );
    }
    this.#timestamps = new Float64Array(capacity);
    this.#values = new Float64Array(capacity);
  }

  /** Points held. */
  get length(): number {
    return this.#length;
  }

  #index(i: number): number {
    return (this.#start + i) % this.capacity;
  }

  /** The newest point, null when there is none. */
  get last(): Point | null {
    return this.#length === 0 ? null : this.at(this.#length - 1);
  }

  /** The i-th oldest point held. */
  at(i: number): Point {
    const value = this.#values[this.#index(i)];
    return {
      timestamp: this.#timestamps[this.#index(i)],
      value: Number.isNaN(value) ? null : value,
    };
  }

  /**
   * Adds a point that is newer than all held; others are left out, so a stream that repeats itself
   * after a reconnect does no harm.
   * @returns whether it was taken
   */
  push(timestamp: number, value: number | null): boolean {
    if (!Number.isFinite(timestamp)) return false;
    if (this.#length > 0 && timestamp <= this.#timestamps[this.#index(this.#length - 1)]) {
      return false;
    }
    if (this.#length === this.capacity) {
      this.#start = this.#index(1);
      this.#length--;
    }
    const at = this.#index(this.#length++);
    this.#timestamps[at] = timestamp;
    this.#values[at] = value === null || !Number.isFinite(value) ? NaN : value;
    return true;
  }

  /** Merges stored points, in any order, with what is held; what is held wins at the same time. */
  merge(points: readonly Point[]): void {
    const all = new Map<number, number | null>();
    for (const { timestamp, value } of points) all.set(timestamp, value);
    for (let i = 0; i < this.#length; i++) {
      const { timestamp, value } = this.at(i);
      all.set(timestamp, value);
    }
    const sorted = [...all].filter(([timestamp]) => Number.isFinite(timestamp))
      .sort(([a], [b]) => a - b).slice(-this.capacity);
    this.#start = 0;
    this.#length = 0;
    for (const [timestamp, value] of sorted) this.push(timestamp, value);
  }

  /** The points from a time on, ascending. */
  since(timestamp: number): Point[] {
    const found: Point[] = [];
    for (let i = 0; i < this.#length; i++) {
      const point = this.at(i);
      if (point.timestamp >= timestamp) found.push(point);
    }
    return found;
  }
}

/** Columns as uPlot takes them: the times first, then one column for each series. */
export type Columns = [timestamps: number[], ...series: (number | null | undefined)[][]];

/**
 * Puts series of different times on one axis. Where a series was not observed it is undefined, over
 * which the chart draws its line; null breaks the line.
 */
export function aligned(series: readonly (readonly Point[])[]): Columns {
  const times = [...new Set(series.flatMap((points) => points.map((p) => p.timestamp)))]
    .sort((a, b) => a - b);
  const columns = series.map((points) => {
    const values = new Map(points.map((p) => [p.timestamp, p.value]));
    return times.map((time) => values.get(time));
  });
  return [times, ...columns];
}

/** Points with an empty one inside every silence longer than `gap_sec`, so that no line crosses it. */
export function withGaps(points: readonly Point[], gap_sec: number): Point[] {
  return points.flatMap((point, i) => {
    const silence = i === 0 ? 0 : point.timestamp - points[i - 1].timestamp;
    if (silence <= gap_sec) return [point];
    return [{ timestamp: point.timestamp - silence / 2, value: null }, point];
  });
}
