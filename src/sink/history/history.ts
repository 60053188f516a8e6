/**
 * The history of metrics on disk, in an embedded SQLite database: points for a day, roll-ups of a
 * minute for a month, within a size limit. Points are collected in memory and written together; what
 * the disk does not take waits, and what waits too long is counted. Nothing here ends the agent: a
 * file that is broken is set aside, a disk that is full is tried again.
 * @module
 */
import type { SeriesStore } from "../../stream/series.ts";
import { type DatabaseClass, HISTORY_FILE, openDatabase, setAside } from "./database.ts";
import { type FailureKind, failureKind } from "./failure.ts";
import { HistoryCounters, type HistoryCounts } from "./history_counts.ts";
import { PendingPoints } from "./pending.ts";
import { chooseResolution, type HistoryRange, readRange, type Resolution } from "./range.ts";
import { restoreSeries } from "./restore.ts";
import {
  dropOld,
  type HistoryLimits,
  makeRoom,
  MIN_MAX_MB,
  oldestKept_ms,
  pageLimit,
  shrinkFile,
} from "./retention.ts";
import { HistoryStore } from "./store.ts";
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

/** A file that breaks again within this time is not replaced again: the disk is at fault. */
const SET_ASIDE_PAUSE_MS = 600_000;

/** The history. */
export class MetricHistory {
  readonly #Database: DatabaseClass;
  readonly #directory: string;
  readonly #limits: HistoryLimits;
  readonly #warn: (message: string) => void;
  readonly #now: () => number;
  readonly #pending: PendingPoints;
  readonly #counters = new HistoryCounters();
  #store: HistoryStore | null = null;
  #failing: FailureKind | null = null;
  #setAsideAt_ms = -Infinity;

  private constructor(
    Database: DatabaseClass,
    directory: string,
    limits: HistoryLimits,
    { on_warning = () => {}, now_ms = Date.now, max_pending }: HistoryOptions,
  ) {
    this.#Database = Database;
    this.#directory = directory;
    this.#limits = limits;
    this.#warn = on_warning;
    this.#now = now_ms;
    this.#pending = new PendingPoints(max_pending);
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
    history.#open();
    return history;
  }

  /** Takes a point for the next flush. @param timestamp_sec seconds since the epoch */
  add(key: string, timestamp_sec: number, value: number): void {
    const time_ms = Math.round(timestamp_sec * 1000);
    const isPoint = Number.isSafeInteger(time_ms) && time_ms >= 0 && Number.isFinite(value);
    if (!isPoint) this.#counters.dropped.invalid++;
    else if (!this.#pending.add(key, time_ms, value)) this.#counters.dropped.pending_full++;
  }

  /**
   * Writes what waits, rolls up minutes that are over and drops what is too old, in one transaction.
   * @returns false where it could not; the points then wait for the next time
   */
  flush(): boolean {
    for (let attempt = 0; attempt < 2; attempt++) {
      const store = this.#store;
      if (store === null) break;
      try {
        this.#write(store);
        this.#recovered();
        return true;
      } catch (error) {
        if (!this.#mend(store, error)) break;
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
    const store = this.#store;
    const span: [number, number] = [Math.max(0, from_sec * 1000), Math.max(0, to_sec * 1000)];
    if (store === null || !span.every(Number.isFinite)) return null;
    const oldest_ms = oldestKept_ms(this.#limits, this.#now());
    const chosen = resolution ?? chooseResolution(...span, oldest_ms);
    try {
      return readRange(store, key, this.#pending.of(key), span, chosen);
    } catch (error) {
      this.#mend(store, error);
      return null;
    }
  }

  /** Keys that have points on disk. */
  keys(): string[] {
    return this.#store?.names() ?? [];
  }

  /**
   * Fills series in memory with the points of the last `seconds` on disk: after a restart.
   * @returns how many points there were
   */
  async restore(series: SeriesStore, seconds = 3600): Promise<number> {
    const store = this.#store;
    if (store === null) return 0;
    try {
      return await restoreSeries(store, series, this.#now() - seconds * 1000, this.#now());
    } catch (error) {
      if (this.#store === store) this.#mend(store, error);
      return 0;
    }
  }

  /** What was written, what waits and what was lost. */
  counts(): HistoryCounts {
    const store = this.#store;
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
    if (this.#store === null) return;
    this.flush();
    this.#counters.dropped.abandoned += this.#pending.size;
    this.#pending.clear();
    this.#closeStore();
  }

  #write(store: HistoryStore): void {
    const now_ms = this.#now();
    const oldest_ms = oldestKept_ms(this.#limits, now_ms);
    let written = this.#counters.nothingWritten();
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

  /** Does what helps against a failure. @returns whether to try again at once */
  #mend(store: HistoryStore, error: unknown): boolean {
    const kind = failureKind(error);
    this.#counters.failed(kind);
    if (kind === "corrupt") return this.#beginAnew(String(error));
    if (kind === "full" && this.#madeRoom(store)) return true;
    if (this.#failing !== kind) {
      const reason = error instanceof Error ? error.message : String(error);
      this.#warn(`Cannot use the metric history: because ${reason}; points wait in memory`);
    }
    this.#failing = kind;
    return false;
  }

  /** Where it is the file that may not grow, its oldest blocks make room. */
  #madeRoom(store: HistoryStore): boolean {
    try {
      const { all } = store.pages();
      if (all < pageLimit(this.#limits)) return false;
      let displaced = 0;
      store.transaction(() => {
        displaced = makeRoom(store, this.#limits, this.#now());
      });
      this.#counters.wrote(this.#counters.nothingWritten(), { aged: 0, displaced });
      return displaced > 0;
    } catch {
      return false;
    }
  }

  #beginAnew(reason: string): boolean {
    this.#closeStore();
    const now_ms = this.#now();
    if (now_ms - this.#setAsideAt_ms < SET_ASIDE_PAUSE_MS) {
      this.#warn(`The metric history broke again (${reason}) and is off until the next start`);
      return false;
    }
    try {
      const moved = setAside(`${this.#directory}/${HISTORY_FILE}`);
      this.#open();
      this.#setAsideAt_ms = now_ms;
      this.#warn(`The metric history was broken (${reason}); it is ${moved} now, a new one begins`);
      return true;
    } catch (error) {
      this.#warn(`The metric history is off: ${error instanceof Error ? error.message : error}`);
      return false;
    }
  }

  #open(): void {
    const { db, set_aside } = openDatabase(this.#Database, this.#directory);
    try {
      const store = new HistoryStore(db);
      store.limitPages(pageLimit(this.#limits));
      this.#store = store;
    } catch (error) {
      db.close();
      throw error;
    }
    if (set_aside === null) return;
    this.#counters.failed("corrupt");
    this.#setAsideAt_ms = this.#now();
    this.#warn(`The metric history was not usable: ${set_aside}, and a new one begins`);
  }

  #recovered(): void {
    if (this.#failing !== null) this.#warn("The metric history can be used again");
    this.#failing = null;
  }

  #closeStore(): void {
    try {
      this.#store?.close();
    } catch {
      // There is nothing more to do with it.
    }
    this.#store = null;
  }
}
