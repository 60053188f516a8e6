/**
 * The file of the history while it is used: what failed, what helps against it, and who is told.
 * @module
 */
import { reasonOf } from "../../os/reason.ts";
import { type DatabaseClass, HISTORY_FILE, openDatabase, setAside } from "./database.ts";
import { type FailureKind, failureKind } from "./failure.ts";
import type { HistoryCounters } from "./history_counts.ts";
import { type HistoryLimits, makeRoom, pageLimit } from "./retention.ts";
import { HistoryStore } from "./store.ts";

/** What it needs. */
export interface HistoryFileOptions {
  /** Makes connections. */
  Database: DatabaseClass;
  /** Of the database. */
  directory: string;
  /** How large it may become. */
  limits: HistoryLimits;
  /** Told of what went wrong, and when it is well again. */
  warn: (message: string) => void;
  /** Milliseconds since the epoch. */
  now_ms: () => number;
  /** Where failures are counted. */
  counters: HistoryCounters;
}

/** A file that breaks again within this time is not replaced again: the disk is at fault. */
const SET_ASIDE_PAUSE_MS = 600_000;
/** The same trouble is told again after this. */
const WARNING_PAUSE_MS = 600_000;
/** Another connection may be in the way for a moment; so many times is trouble. */
const BUSY_IN_A_ROW = 6;

/** The file. */
export class HistoryFile {
  readonly #options: HistoryFileOptions;
  readonly #warnedAt_ms = new Map<FailureKind, number>();
  /** The open database; null while the history is off. */
  store: HistoryStore | null = null;
  #failures = 0;
  #isTold = false;
  #setAsideAt_ms = -Infinity;

  /** Nothing is open yet. */
  constructor(options: HistoryFileOptions) {
    this.#options = options;
  }

  /** Opens or makes the file. @throws {Error} "Cannot use the metric history ...: because ..." */
  open(): void {
    const { Database, directory, limits, counters, warn, now_ms } = this.#options;
    const { db, set_aside } = openDatabase(Database, directory);
    try {
      const store = new HistoryStore(db);
      store.limitPages(pageLimit(limits));
      this.store = store;
    } catch (error) {
      db.close();
      throw error;
    }
    if (set_aside === null) return;
    counters.failed("corrupt");
    this.#setAsideAt_ms = now_ms();
    warn(`The metric history was not usable: ${set_aside}, and a new one begins`);
  }

  /** Does what helps against a failure. @returns whether to try again at once */
  mend(store: HistoryStore, error: unknown): boolean {
    // What was asked for by one that is closed already.
    if (store !== this.store) return false;
    const kind = failureKind(error);
    this.#options.counters.failed(kind);
    if (kind === "corrupt") return this.#beginAnew(reasonOf(error));
    if (kind === "full" && this.#madeRoom(store)) return true;
    this.#failures++;
    this.#tell(kind, reasonOf(error));
    return false;
  }

  /** A write succeeded. */
  recovered(): void {
    if (this.#isTold) this.#options.warn("The metric history can be used again");
    this.#isTold = false;
    this.#failures = 0;
  }

  /** Closes the file. */
  close(): void {
    try {
      this.store?.close();
    } catch {
      // There is nothing more to do with it.
    }
    this.store = null;
  }

  #tell(kind: FailureKind, reason: string): void {
    const now_ms = this.#options.now_ms();
    if (kind === "busy" && this.#failures < BUSY_IN_A_ROW) return;
    if (now_ms - (this.#warnedAt_ms.get(kind) ?? -Infinity) < WARNING_PAUSE_MS) return;
    this.#warnedAt_ms.set(kind, now_ms);
    this.#isTold = true;
    this.#options.warn(`Cannot use the metric history: because ${reason}; points wait in memory`);
  }

  /** Where it is the file that may not grow, its oldest blocks make room. */
  #madeRoom(store: HistoryStore): boolean {
    const { limits, counters, now_ms } = this.#options;
    try {
      if (store.pages().all < pageLimit(limits)) return false;
      let displaced = 0;
      store.transaction(() => {
        displaced = makeRoom(store, limits, now_ms());
      });
      counters.displaced(displaced);
      return displaced > 0;
    } catch {
      return false;
    }
  }

  #beginAnew(reason: string): boolean {
    const { directory, warn, now_ms } = this.#options;
    this.close();
    if (now_ms() - this.#setAsideAt_ms < SET_ASIDE_PAUSE_MS) {
      warn(`The metric history broke again (${reason}) and is off until the next start`);
      return false;
    }
    try {
      const moved = setAside(`${directory}/${HISTORY_FILE}`);
      this.open();
      this.#setAsideAt_ms = now_ms();
      warn(`The metric history was broken (${reason}); it is ${moved} now, a new one begins`);
      return true;
    } catch (error) {
      warn(`The metric history is off until the next start: ${reasonOf(error)}`);
      return false;
    }
  }
}
