/**
 * A history in a directory of its own, with a clock of its own.
 * @module
 */
import {
  type HistoryLimits,
  type HistoryOptions,
  MetricHistory,
} from "../../../../src/sink/history/history.ts";

/** 2025-01-01T00:00:00Z, a full hour. */
export const BEGIN_SEC = 1_735_689_600;

/** As in the configuration's defaults. */
export const LIMITS: HistoryLimits = { raw_hours: 24, rollup_days: 30, max_mb: 64 };

/** Where a test keeps its history, and what time it is. */
export class Place {
  /** The directory; it is not there yet. */
  readonly directory: string;
  /** What the history warned of. */
  readonly warnings: string[] = [];
  /** Seconds since the epoch. */
  now_sec = BEGIN_SEC;
  readonly #above = Deno.makeTempDirSync({ prefix: "aod-history-" });

  /** Makes it. */
  constructor() {
    this.directory = `${this.#above}/history`;
  }

  /** The database. */
  get file(): string {
    return `${this.directory}/metrics.db`;
  }

  /** Opens the history there. */
  open(limits: Partial<HistoryLimits> = {}, more: HistoryOptions = {}): Promise<MetricHistory> {
    return MetricHistory.open(this.directory, { ...LIMITS, ...limits }, {
      on_warning: (message) => this.warnings.push(message),
      now_ms: () => this.now_sec * 1000,
      ...more,
    });
  }

  /** Bytes of all files. */
  bytes(): number {
    return [...Deno.readDirSync(this.directory)]
      .reduce((sum, { name }) => sum + Deno.statSync(`${this.directory}/${name}`).size, 0);
  }

  /** Removes it. */
  [Symbol.dispose](): void {
    Deno.removeSync(this.#above, { recursive: true });
  }
}

/** Numbers from 0 to 1 that look like chance and are always the same (mulberry32). */
export function chance(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}
