/**
 * Trends of all series, made when somebody asks, and when a limit is reached that is known: the space
 * of a file system, the memory.
 * @module
 */
import type { Trend as ApiTrend, TrendForecast } from "../../api/data.ts";
import { forecast } from "../../detect/trends/forecast.ts";
import { TREND_WINDOW_SEC, trendOf } from "../../detect/trends/trend.ts";
import type { SeriesRange, SeriesStore } from "../../stream/series.ts";

/** Asked for more often, the answer is the same. */
const KEEP_SEC = 1;

/** A day shows what an hour of work does not: most disks fill up slowly. */
const FORECAST_SEC = 86_400;

/** What is on disk of a key: points, or roll-ups of a long stretch. */
export interface StoredSeries {
  /** From one time to another, oldest first; null where it cannot be read. */
  range(key: string, from_sec: number, to_sec: number): SeriesRange | null;
}

/** A limit of a metric; null where it has none. */
export type LimitOf = (key: string) => number | null;

/** Makes trends of a store. */
export class TrendView {
  readonly #series: () => SeriesStore;
  readonly #limitOf: LimitOf;
  readonly #now_sec: () => number;
  readonly #stored: () => StoredSeries | null;
  #made: { at_sec: number; trends: Record<string, ApiTrend> } | null = null;

  /**
   * Makes none before it is asked.
   * @param now_sec seconds since the epoch
   * @param stored the history on disk, while it is on
   */
  constructor(
    series: () => SeriesStore,
    limitOf: LimitOf,
    now_sec: () => number,
    stored: () => StoredSeries | null = () => null,
  ) {
    this.#series = series;
    this.#limitOf = limitOf;
    this.#now_sec = now_sec;
    this.#stored = stored;
  }

  /** The trend of every key that has a point in the window. */
  all(): Record<string, ApiTrend> {
    const now = this.#now_sec();
    if (this.#made !== null && Math.abs(now - this.#made.at_sec) < KEEP_SEC) {
      return this.#made.trends;
    }
    const series = this.#series();
    const trends: Record<string, ApiTrend> = {};
    for (const key of series.keys()) {
      const trend = this.#trend(series, key, now);
      if (trend !== null) trends[key] = trend;
    }
    this.#made = { at_sec: now, trends };
    return trends;
  }

  #trend(series: SeriesStore, key: string, now: number): ApiTrend | null {
    const { timestamps, values } = series.range(key, now - TREND_WINDOW_SEC);
    const trend = trendOf(timestamps, values);
    if (trend === null) return null;
    const { points: _points, ...rest } = trend;
    const limit = this.#limitOf(key);
    if (limit === null) return rest;
    const all = this.#longest(series, key, now);
    const found = forecast(all.timestamps, all.values, { limit });
    if (found === null) return rest;
    return { ...rest, forecast: forecastOf(found) };
  }

  /** The longer the series, the farther one can see: what is on disk, where it reaches back more. */
  #longest(series: SeriesStore, key: string, now: number): SeriesRange {
    const recent = series.range(key, -Infinity);
    const stored = this.#stored()?.range(key, now - FORECAST_SEC, now) ?? null;
    if (stored === null || stored.timestamps.length === 0) return recent;
    return stored.timestamps[0] < recent.timestamps[0] ? stored : recent;
  }
}

function forecastOf(
  { limit, seconds, earliest_sec, latest_sec }: TrendForecast,
): TrendForecast {
  return { limit, seconds, earliest_sec, latest_sec };
}

/** Percentages of what can be used up; the collectors give no others with these names. */
const FULL = /^(?:memory\.(?:percent|swap_percent)|filesystem\..+\.percent)$/;

/** Limits by the names of keys. */
export function limitOfKey(key: string): number | null {
  return FULL.test(key) ? 100 : null;
}
