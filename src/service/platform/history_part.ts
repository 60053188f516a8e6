/**
 * The metrics on disk as a part of the platform: opened when it is wanted, fed with every value,
 * flushed by its interval; what does not open is tried again.
 * @module
 */
import { isDeepStrictEqual } from "node:util";
import { reasonOf } from "../../os/reason.ts";
import type { MetricHistory } from "../../sink/history/history.ts";
import type { PlatformSettings } from "./messages.ts";
import type { Pipeline, PointListener } from "./pipeline.ts";

/** After a failure. */
const RETRY_MS = 60_000;
/** The charts begin with this much of the past. */
const RESTORED_SEC = 3600;

/** What it works with. */
export interface HistoryPartOptions {
  /** Logs a line. */
  log: (level: "INFO" | "WARNING", text: string) => void;
  /** Something changed that the report shows. */
  changed: () => void;
}

/** What it needs of the settings. */
export type HistorySettings = Pick<PlatformSettings, "history" | "history_dir">;

/** Owns the history. */
export class HistoryPart {
  readonly #options: HistoryPartOptions;
  readonly #onPoint: PointListener = (key, at, value) => this.open?.add(key, at, value);
  #wanted: HistorySettings | null = null;
  #pipeline: Pipeline | null = null;
  #flushes: ReturnType<typeof setInterval> | null = null;
  #retry: ReturnType<typeof setTimeout> | null = null;
  /** What is open; null while it is off or cannot be opened. */
  open: MetricHistory | null = null;
  /** Why it is not open; "" while it is or is not wanted. */
  fault = "";

  /** Off. */
  constructor(options: HistoryPartOptions) {
    this.#options = options;
  }

  /** Puts settings in force; `pipeline` is what the values come from. */
  async apply({ history, history_dir }: HistorySettings, pipeline: Pipeline): Promise<void> {
    this.#listen(pipeline);
    const wanted = { history, history_dir };
    if (isDeepStrictEqual(wanted, this.#wanted)) return;
    this.close();
    this.#wanted = wanted;
    if (history.enabled) await this.#open(wanted, pipeline);
  }

  /** Writes what waits and closes the file. */
  close(): void {
    if (this.#flushes !== null) clearInterval(this.#flushes);
    if (this.#retry !== null) clearTimeout(this.#retry);
    this.#flushes = this.#retry = null;
    this.#wanted = null;
    this.fault = "";
    this.open?.close();
    this.open = null;
  }

  #listen(pipeline: Pipeline): void {
    if (this.#pipeline === pipeline) return;
    this.#pipeline?.onPoint.delete(this.#onPoint);
    this.#pipeline = pipeline;
    pipeline.onPoint.add(this.#onPoint);
  }

  async #open(wanted: HistorySettings, pipeline: Pipeline): Promise<void> {
    const { log, changed } = this.#options;
    const { raw_hours, rollup_days, max_mb, flush_interval } = wanted.history;
    try {
      // Not before it is wanted: SQLite takes memory.
      const { MetricHistory } = await import("../../sink/history/history.ts");
      const limits = { raw_hours, rollup_days, max_mb };
      const on_warning = (text: string) => log("WARNING", text);
      const history = await MetricHistory.open(wanted.history_dir, limits, { on_warning });
      if (this.#wanted !== wanted) return history.close();
      const restored = await history.restore(pipeline.series, RESTORED_SEC);
      this.open = history;
      this.fault = "";
      this.#flushes = setInterval(() => history.flush(), flush_interval * 1000);
      log("INFO", `metrics are kept in ${wanted.history_dir}; ${restored} points are back`);
    } catch (error) {
      this.fault = reasonOf(error);
      log("WARNING", this.fault);
      this.#retry = setTimeout(() => {
        this.#retry = null;
        if (this.#wanted === wanted) void this.#open(wanted, this.#pipeline ?? pipeline);
      }, RETRY_MS);
    }
    changed();
  }
}
