/**
 * The history of metrics on disk, in an embedded SQLite database: points for a day, roll-ups of a
 * minute for a month, within a size limit. Points are collected in memory and written together; what
 * the disk does not take waits, and what waits too long is counted. Nothing here ends the agent: a
 * file that is broken is set aside, a disk that is full is tried again.
 * @module
 */
import type { SeriesStore } from "../../stream/series.ts";
import type { DatabaseClass } from "./database.ts";
import { HistoryCounters, type HistoryCounts, NOTHING_WRITTEN } from "./history_counts.ts";
import { HistoryFile } from "./history_file.ts";
import { PendingPoints } from "./pending.ts";
import {
  chooseResolution,
  type HistoryRange,
  oldestPoint_ms,
  readRange,
  type Resolution,
} from "./range.ts";
import { restoreSeries } from "./restore.ts";
import { dropOld, type HistoryLimits, MIN_MAX_MB, oldestKept_ms, shrinkFile } from "./retention.ts";
import type { HistoryStore } from "./store.ts";
import { rollUpFinished, writePoints } from "./write.ts";

export type { HistoryLimits } from "./retention.ts";
export type { HistoryRange, Resolution } from "./range.ts";
export type { HistoryCounts, HistoryDrops } from "./history_counts.ts";

/** What a history needs beside its limits. */
export interface HistoryOptions {
  /** Told of what went wrong, and when it is well again; once for each change. */
  on_warning?: (message: string) => void;
  /** Milliseconds since the epoch. */
  now_ms?: () => number;
  /** Most points that wait. */
  max_pending?: number;
}

/** The history. */
export class MetricHistory {
  readonly #limits: HistoryLimits;
  readonly #now: () => number;
  readonly #pending: PendingPoints;
  readonly #counters = new HistoryCounters();
  readonly #file: HistoryFile;
  #isClosed = false;

  private constructor(
    Database: DatabaseClass,
    directory: string,
    limits: HistoryLimits,
    { on_warning: warn = () => {}, now_ms = Date.now, max_pending }: HistoryOptions,
  ) {
    this.#limits = limits;
    this.#now = now_ms;
    this.#pending = new PendingPoints(max_pending);
    const counters = this.#counters;
    this.#file = new HistoryFile({ Database, directory, limits, warn, now_ms, counters });
  }

  /**
   * Opens the history in a directory (0700), or begins it. SQLite is loaded now and not before.
   * @param directory absolute
   * @throws {Error} "Cannot use the metric history ...: because ..."
   * @throws {RangeError} for limits that leave no room
   */
  static async open(
    directory: string,
    limits: HistoryLimits,
    options: HistoryOptions = {},
  ): Promise<MetricHistory> {
    const { raw_hours, rollup_days, max_mb } = limits;
    if (!(raw_hours > 0 && rollup_days > 0 && max_mb >= MIN_MAX_MB)) {
      throw new RangeError(
        `Cannot keep ${raw_hours} hours and ${rollup_days} days in ${max_mb} MB: because times ` +
          `must be above 0 and the size ${MIN_MAX_MB} MB or more`,
      );
    }
    const { DatabaseSync } = await import("node:sqlite");
    const history = new MetricHistory(DatabaseSync, directory, limits, options);
    history.#file.open();
    return history;
  }

  /** Takes a point for the next flush. @param timestamp_sec seconds since the epoch */
  add(key: string, timestamp_sec: number, value: number): void {
    const time_ms = Math.round(timestamp_sec * 1000);
    const isPoint = Number.isSafeInteger(time_ms) && time_ms >= 0 && Number.isFinite(value);
    if (!isPoint) this.#counters.dropped.invalid++;
    else if (this.#isClosed) this.#counters.dropped.abandoned++;
    else if (!this.#pending.add(key, time_ms, value)) this.#counters.dropped.pending_full++;
  }

  /**
   * Writes what waits, rolls up minutes that are over and drops what is too old, in one transaction.
   * @returns false where it could not; the points then wait for the next time
   */
  flush(): boolean {
    for (let attempt = 0; attempt < 2; attempt++) {
      const store = this.#file.store;
      if (store === null) break;
      try {
        this.#write(store);
        this.#file.recovered();
        return true;
      } catch (error) {
        if (!this.#file.mend(store, error)) break;
      }
    }
    return false;
  }

  /**
   * The points of a key in a stretch of time, both ends included, with those that wait.
   * @param resolution by default points for a short stretch that is still there, else roll-ups
   */
  range(
    key: string,
    from_sec: number,
    to_sec: number,
    resolution?: Resolution,
  ): HistoryRange | null {
    const store = this.#file.store;
    const span: [number, number] = [Math.max(0, from_sec * 1000), Math.max(0, to_sec * 1000)];
    if (store === null || !span.every(Number.isFinite)) return null;
    try {
      const oldest_ms = oldestPoint_ms(store, oldestKept_ms(this.#limits, this.#now()));
      const chosen = resolution ?? chooseResolution(...span, oldest_ms);
      return readRange(store, key, this.#pending.of(key), span, chosen);
    } catch (error) {
      this.#file.mend(store, error);
      return null;
    }
  }

  /** Keys that have points on disk. */
  keys(): string[] {
    return this.#file.store?.names() ?? [];
  }

  /**
   * Fills series in memory with the points of the last `seconds` on disk: after a restart.
   * @returns how many points there were
   */
  async restore(series: SeriesStore, seconds = 3600): Promise<number> {
    const store = this.#file.store;
    if (store === null) return 0;
    try {
      return await restoreSeries(store, series, this.#now() - seconds * 1000, this.#now());
    } catch (error) {
      this.#file.mend(store, error);
      return 0;
    }
  }

  /** What was written, what waits and what was lost. */
  counts(): HistoryCounts {
    const store = this.#file.store;
    let [bytes, keys] = [0, 0];
    try {
      if (store !== null) [bytes, keys] = [store.bytes(), store.names().length];
    } catch {
      // It shows with the next flush.
    }
    return this.#counters.snapshot({ pending: this.#pending.size, bytes, keys });
  }

  /** Writes what waits and closes the file. What comes after is counted as lost. */
  close(): void {
    this.#isClosed = true;
    this.flush();
    this.#counters.dropped.abandoned += this.#pending.size;
    this.#pending.clear();
    this.#file.close();
  }

  #write(store: HistoryStore): void {
    const now_ms = this.#now();
    const oldest_ms = oldestKept_ms(this.#limits, now_ms);
    let written = NOTHING_WRITTEN;
    let dropped = { aged: 0, displaced: 0 };
    store.transaction(() => {
      if (this.#pending.size > 0) written = writePoints(store, this.#pending, now_ms, oldest_ms);
      rollUpFinished(store, now_ms);
      dropped = dropOld(store, this.#limits, now_ms);
    });
    this.#pending.clear();
    this.#counters.wrote(written, dropped);
    shrinkFile(store, this.#limits);
  }
}
