/**
 * Time series in memory: the newest points of every metric key, with a cap on the number of keys.
 * @module
 */
import { type SeriesRange, SeriesRing, type SeriesSummary } from "./series_ring.ts";

export type { SeriesRange, SeriesSummary } from "./series_ring.ts";

/** Limits of a store. */
export interface SeriesOptions {
  /** Points kept per key, `ml.history_window_size`. */
  points: number;
  /** Most keys; points of others are counted in {@link SeriesStore.other}. */
  keys: number;
  /** A key without a point for so long gives its place to a new one. */
  stale_sec?: number;
}

/** Long enough for a device that is unplugged for a moment. */
const STALE_SEC = 3600;
const MAX_KEY_LENGTH = 128;
/** A process id as a part of a key would make a key per process. */
const PROCESS_KEY = /(?:^|\.)(?:process|pid|tid|tgid)[._]?\d+(?:\.|$)|(?:^|\.)process(?:es)?\.\d+/;
const CONTROL_OR_SPACE = /[\s\p{Cc}]/u;

/** Whether a text may be a metric key: printable, not too long, and without a process id. */
export function isMetricKey(key: string): boolean {
  return key.length > 0 && key.length <= MAX_KEY_LENGTH && !key.startsWith("~") &&
    !CONTROL_OR_SPACE.test(key) && !PROCESS_KEY.test(key);
}

/** The newest points of every key. */
export class SeriesStore {
  readonly #options: Required<SeriesOptions>;
  readonly #rings = new Map<string, SeriesRing>();
  /** Before this time no key can be stale. */
  #staleFrom = -Infinity;
  /** Points of keys beyond the cap: what the API shows as `~other`. */
  other = 0;
  /** Points refused: no metric key, or a time or value that is no number. */
  refused = 0;
  /** Keys that gave their place to others. */
  replaced = 0;

  /**
   * Makes an empty store.
   * @throws {RangeError} for limits below 1
   */
  constructor({ points, keys, stale_sec = STALE_SEC }: SeriesOptions) {
    for (const limit of [points, keys]) {
      if (Number.isInteger(limit) && limit >= 1) continue;
      throw new RangeError(`Cannot keep ${points} points of ${keys} keys: because each needs 1`);
    }
    this.#options = { points, keys, stale_sec };
  }

  /**
   * Adds a point.
   * @param timestamp_sec seconds since the epoch
   * @returns whether it was kept
   */
  add(key: string, timestamp_sec: number, value: number): boolean {
    const ring = Number.isFinite(value) && Number.isFinite(timestamp_sec)
      ? this.#rings.get(key) ?? this.#begin(key, timestamp_sec)
      : "refused";
    if (typeof ring === "string") {
      this[ring]++;
      return false;
    }
    ring.add(timestamp_sec, value);
    return true;
  }

  /**
   * Puts points of the past before those that a key has, as far as there is room.
   * @returns how many are older than those
   */
  backfill(key: string, older: SeriesRange): number {
    if (older.timestamps.length === 0) return 0;
    const newest = older.timestamps[older.timestamps.length - 1];
    const ring = this.#rings.get(key) ?? this.#begin(key, newest);
    if (typeof ring !== "string") return ring.backfill(older);
    this[ring] += older.timestamps.length;
    return 0;
  }

  /** Most points of a key. */
  get points(): number {
    return this.#options.points;
  }

  /** All keys, in the order in which they came. */
  keys(): string[] {
    return [...this.#rings.keys()];
  }

  /** Number of keys. */
  get size(): number {
    return this.#rings.size;
  }

  /** Points of a key from a time on, oldest first; empty for a key that is not there. */
  range(key: string, from_sec: number): SeriesRange {
    return this.#rings.get(key)?.since(from_sec) ??
      { timestamps: new Float64Array(0), values: new Float64Array(0) };
  }

  /** The newest point of a key. */
  latest(key: string): { timestamp: number; value: number } | null {
    return this.#rings.get(key)?.last() ?? null;
  }

  /** Count, mean, least and greatest of the points kept. */
  summary(key: string): SeriesSummary {
    return this.#rings.get(key)?.summary() ?? { count: 0, mean: 0, min: 0, max: 0 };
  }

  /** The ring of a new key, or what its point is counted as. */
  #begin(key: string, now_sec: number): SeriesRing | "refused" | "other" {
    if (!isMetricKey(key)) return "refused";
    if (this.#rings.size >= this.#options.keys && !this.#makeRoom(now_sec)) return "other";
    const ring = new SeriesRing(this.#options.points);
    this.#rings.set(key, ring);
    return ring;
  }

  /** Removes the key that is stale longest. @returns whether there was one */
  #makeRoom(now_sec: number): boolean {
    if (now_sec < this.#staleFrom) return false;
    let [oldest, name] = [Infinity, ""];
    for (const [key, ring] of this.#rings) {
      const { timestamp } = ring.last();
      if (timestamp < oldest) [oldest, name] = [timestamp, key];
    }
    this.#staleFrom = oldest + this.#options.stale_sec;
    if (now_sec < this.#staleFrom) return false;
    this.replaced++;
    return this.#rings.delete(name);
  }
}
