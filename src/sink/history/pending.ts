/**
 * Points that are not on disk yet: bounded, so that a disk that takes nothing costs no memory.
 * @module
 */

/** Points of one key, in the order in which they came. */
export interface PendingSeries {
  /** Milliseconds since the epoch. */
  times_ms: number[];
  /** One for each time. */
  values: number[];
}

/** Enough for 100 keys a second over the quarter of an hour that an outage may take. */
export const MAX_PENDING = 100_000;

/** The points that wait. */
export class PendingPoints {
  readonly #limit: number;
  #byKey = new Map<string, PendingSeries>();
  #size = 0;

  /** Makes it empty. */
  constructor(limit = MAX_PENDING) {
    this.#limit = limit;
  }

  /** Points in it. */
  get size(): number {
    return this.#size;
  }

  /** Adds a point. @returns false where there is no room */
  add(key: string, time_ms: number, value: number): boolean {
    if (this.#size >= this.#limit) return false;
    let series = this.#byKey.get(key);
    if (series === undefined) this.#byKey.set(key, series = { times_ms: [], values: [] });
    series.times_ms.push(time_ms);
    series.values.push(value);
    this.#size++;
    return true;
  }

  /** Points of one key. */
  of(key: string): PendingSeries {
    return this.#byKey.get(key) ?? { times_ms: [], values: [] };
  }

  /** All points by key. */
  entries(): Iterable<[string, PendingSeries]> {
    return this.#byKey.entries();
  }

  /** Forgets all. */
  clear(): void {
    this.#byKey = new Map();
    this.#size = 0;
  }
}
