/**
 * The newest points of one metric key: two rings of doubles that grow by doubling up to their limit.
 * @module
 */

/** Points of one key, oldest first. */
export interface SeriesRange {
  /** Seconds since the epoch. */
  timestamps: Float64Array;
  /** In the unit of the key, one for each time. */
  values: Float64Array;
}

/** Summary of the points kept of one key; all 0 without any. */
export interface SeriesSummary {
  /** Points. */
  count: number;
  /** Their arithmetic mean. */
  mean: number;
  /** The least. */
  min: number;
  /** The greatest. */
  max: number;
}

const FIRST_SLOTS = 16;

/** The ring of one key. */
export class SeriesRing {
  readonly #limit: number;
  #times: Float64Array;
  #values: Float64Array;
  #head = 0;
  #size = 0;
  /** The clock was set back; after so many more points, those from before are gone. */
  #disorder = 0;
  #summary: SeriesSummary | null = null;

  /** Makes an empty ring. @param limit most points */
  constructor(limit: number) {
    this.#limit = limit;
    this.#times = new Float64Array(Math.min(limit, FIRST_SLOTS));
    this.#values = new Float64Array(this.#times.length);
  }

  /** Points in it. */
  get size(): number {
    return this.#size;
  }

  /** Appends a point; a full ring loses its oldest. */
  add(time: number, value: number): void {
    const { length } = this.#times;
    if (this.#size === length && length < this.#limit) {
      this.#grow(Math.min(2 * length, this.#limit));
    }
    const slots = this.#times.length;
    const at = (this.#head + this.#size) % slots;
    if (this.#size > 0 && time < this.last().timestamp) this.#disorder = this.#limit;
    else if (this.#disorder > 0) this.#disorder--;
    this.#times[at] = time;
    this.#values[at] = value;
    if (this.#size < slots) this.#size++;
    else this.#head = (this.#head + 1) % slots;
    this.#summary = null;
  }

  /** Puts older points before its own; those that are not older than its first are left out. */
  backfill(older: SeriesRange): number {
    const own = this.since(-Infinity);
    const first = own.timestamps.reduce((least, time) => Math.min(least, time), Infinity);
    const before = Array.from(older.timestamps.keys()).filter((i) => older.timestamps[i] < first);
    this.#head = this.#size = this.#disorder = 0;
    for (const i of before) this.add(older.timestamps[i], older.values[i]);
    own.timestamps.forEach((time, i) => this.add(time, own.values[i]));
    this.#summary = null;
    return before.length;
  }

  /** The newest point; only where there is one. */
  last(): { timestamp: number; value: number } {
    const at = (this.#head + this.#size - 1) % this.#times.length;
    return { timestamp: this.#times[at], value: this.#values[at] };
  }

  /** Points from a time on. */
  since(from: number): SeriesRange {
    if (this.#disorder === 0) {
      const skip = this.#firstFrom(from);
      return {
        timestamps: this.#ordered(this.#times, skip),
        values: this.#ordered(this.#values, skip),
      };
    }
    const times = this.#ordered(this.#times, 0);
    return {
      timestamps: times.filter((time) => time >= from),
      values: this.#ordered(this.#values, 0).filter((_, i) => times[i] >= from),
    };
  }

  /** All points in short, worked out once per point added: the API asks for all keys at a time. */
  summary(): SeriesSummary {
    if (this.#summary !== null) return this.#summary;
    const values = this.#values.subarray(0, this.#size);
    let sum = 0;
    let min = Infinity;
    let max = -Infinity;
    // Slots that are in use are a prefix of the arrays until the ring is full, and then all of them.
    for (let i = 0; i < values.length; i++) {
      const value = values[i];
      sum += value;
      if (value < min) min = value;
      if (value > max) max = value;
    }
    // Of values whose sum is no number any more, the mean still lies between the two.
    const mean = Math.min(max, Math.max(min, sum / this.#size));
    this.#summary = { count: this.#size, mean, min, max };
    return this.#summary;
  }

  /** Position of the first point that is not before a time; only while they are in order. */
  #firstFrom(from: number): number {
    let [low, high] = [0, this.#size];
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#times[(this.#head + middle) % this.#times.length] < from) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  /** A copy without the first `skip`, oldest first. */
  #ordered(ring: Float64Array, skip: number): Float64Array {
    const ordered = new Float64Array(this.#size - skip);
    const older = ring.subarray(this.#head + skip, this.#size);
    ordered.set(older);
    const seam = Math.max(0, this.#head + skip - this.#size);
    ordered.set(ring.subarray(seam, this.#head), older.length);
    return ordered;
  }

  #grow(slots: number): void {
    // It is only grown while full and before anything was overwritten: the oldest is in slot 0.
    const times = new Float64Array(slots);
    const values = new Float64Array(slots);
    times.set(this.#times);
    values.set(this.#values);
    this.#times = times;
    this.#values = values;
  }
}
