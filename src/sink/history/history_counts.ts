/**
 * What the history did: every point is written, waits, or was dropped for a cause.
 * @module
 */
import type { FailureKind } from "./failure.ts";
import type { Dropped } from "./retention.ts";
import type { WriteCounts } from "./write.ts";

/** Points that are not in the history, by cause. */
export interface HistoryDrops {
  /** No number, or no time. */
  invalid: number;
  /** Too many waited for a disk that took nothing. */
  pending_full: number;
  /** Too old, or too far in the future. */
  out_of_time: number;
  /** More than a block of a minute holds. */
  block_full: number;
  /** Too many keys. */
  no_key: number;
  /** Still waiting when the history was closed or went off. */
  abandoned: number;
}

/** The history in numbers. */
export interface HistoryCounts {
  /** Points in the file since the start. */
  written: number;
  /** Points that wait. */
  pending: number;
  /** By cause. */
  dropped: HistoryDrops;
  /** Flushes that succeeded. */
  flushes: number;
  /** Attempts to write or read that failed, by cause. */
  failures: Record<FailureKind, number>;
  /** Blocks dropped because of their age. */
  aged_blocks: number;
  /** Blocks dropped to make room. */
  displaced_blocks: number;
  /** Of the database, without its log. */
  bytes: number;
  /** Keys with points. */
  keys: number;
}

/** What a flush without points wrote. */
export const NOTHING_WRITTEN: Readonly<WriteCounts> = {
  ...{ written: 0, out_of_time: 0, block_full: 0, no_key: 0 },
};

/** Counts since the start. */
export class HistoryCounters {
  /** Points lost. */
  readonly dropped: HistoryDrops = {
    ...{ invalid: 0, pending_full: 0, out_of_time: 0, block_full: 0, no_key: 0, abandoned: 0 },
  };
  readonly #failures: Record<FailureKind, number> = { full: 0, busy: 0, corrupt: 0, other: 0 };
  #written = 0;
  #flushes = 0;
  #aged = 0;
  #displaced = 0;

  /** A transaction came to be. */
  wrote(
    { written, out_of_time, block_full, no_key }: Readonly<WriteCounts>,
    dropped: Dropped,
  ): void {
    this.#flushes++;
    this.#written += written;
    this.dropped.out_of_time += out_of_time;
    this.dropped.block_full += block_full;
    this.dropped.no_key += no_key;
    this.#aged += dropped.aged;
    this.#displaced += dropped.displaced;
  }

  /** Blocks made room. */
  displaced(blocks: number): void {
    this.#displaced += blocks;
  }

  /** One did not. */
  failed(kind: FailureKind): void {
    this.#failures[kind]++;
  }

  /** All of it. */
  snapshot(now: Pick<HistoryCounts, "pending" | "bytes" | "keys">): HistoryCounts {
    return {
      written: this.#written,
      pending: now.pending,
      dropped: { ...this.dropped },
      flushes: this.#flushes,
      failures: { ...this.#failures },
      aged_blocks: this.#aged,
      displaced_blocks: this.#displaced,
      bytes: now.bytes,
      keys: now.keys,
    };
  }
}
