/**
 * What is dropped from the history: points and roll-ups that are older than they are kept, and the
 * oldest where the file would become too large. A little at a time, so that nothing takes long.
 * @module
 */
import { HOUR_MS, MINUTE_MS } from "./blocks.ts";
import { LOG_BYTES, PAGE_BYTES } from "./database.ts";
import type { HistoryStore } from "./store.ts";
import { blockId } from "./tables.ts";

/** How much is kept: keys `history.*` of the configuration. */
export interface HistoryLimits {
  /** Points. */
  raw_hours: number;
  /** Roll-ups of a minute. */
  rollup_days: number;
  /** Of all files together, in 2^20 bytes. */
  max_mb: number;
}

/** Least size that leaves room beside SQLite's log. */
export const MIN_MAX_MB = 8;

/** What was dropped. */
export interface Dropped {
  /** Blocks that had become too old. */
  aged: number;
  /** Blocks that had to make room. */
  displaced: number;
}

/** Blocks dropped for their age in one go. */
const AGED_BLOCKS = 4000;
/** Blocks dropped to make room, and how often in one go. */
const ROOM_BLOCKS = 500;
const ROOM_STEPS = 16;
/** From this part of the limit on, the oldest gives way. */
const FULL_PART = 0.95;
/** Free pages are given back from this part of the file on, so many at a time. */
const FREE_PART = 0.25;
const SHRINK_PAGES = 256;
/** However small the limit, so much of the points stays while there are roll-ups to drop. */
const LEAST_RAW_MINUTES = 60;

/** Pages that the database itself may have. */
export function pageLimit({ max_mb }: HistoryLimits): number {
  return Math.floor((max_mb * 2 ** 20 - LOG_BYTES) / PAGE_BYTES);
}

/** Points before this are too old, in ms since the epoch. */
export function oldestKept_ms({ raw_hours }: HistoryLimits, now_ms: number): number {
  return now_ms - raw_hours * HOUR_MS;
}

/** Drops what is too old or too much. Within a transaction. */
export function dropOld(store: HistoryStore, limits: HistoryLimits, now_ms: number): Dropped {
  const minute = Math.floor(oldestKept_ms(limits, now_ms) / MINUTE_MS);
  const hour = Math.floor(now_ms / HOUR_MS) - 24 * limits.rollup_days;
  // Never before they are rolled up.
  const below = Math.min(blockId(minute, 0), store.keys.rolledId());
  const aged = store.raw.dropOldest(below, AGED_BLOCKS) +
    store.rollup.dropOldest(blockId(hour, 0), AGED_BLOCKS);
  const displaced = makeRoom(store, limits, now_ms);
  if (aged + displaced > 0) dropUnusedKeys(store, now_ms);
  return { aged, displaced };
}

/** Drops the oldest blocks until the file is below its limit. @returns how many */
export function makeRoom(store: HistoryStore, limits: HistoryLimits, now_ms: number): number {
  const most = pageLimit(limits) * FULL_PART;
  let displaced = 0;
  for (let step = 0; step < ROOM_STEPS; step++) {
    const { all, free } = store.pages();
    if (all - free <= most) break;
    const dropped = dropOldest(store, now_ms);
    if (dropped === 0) break;
    displaced += dropped;
  }
  return displaced;
}

/**
 * Points first: an hour of them takes as much as a day of roll-ups, which say almost as much.
 */
function dropOldest(store: HistoryStore, now_ms: number): number {
  const kept = blockId(Math.floor(now_ms / MINUTE_MS) - LEAST_RAW_MINUTES, 0);
  return store.raw.dropOldest(kept, ROOM_BLOCKS) ||
    store.rollup.dropOldest(Number.MAX_SAFE_INTEGER, ROOM_BLOCKS) ||
    store.raw.dropOldest(Number.MAX_SAFE_INTEGER, ROOM_BLOCKS);
}

/** Gives free pages back where there are many, or where the limit was made smaller. */
export function shrinkFile(store: HistoryStore, limits: HistoryLimits): void {
  const { all, free } = store.pages();
  if (free === 0) return;
  if (free > all * FREE_PART || all > pageLimit(limits)) store.shrink(SHRINK_PAGES);
}

/** Keys of which nothing is left, such as devices that are gone. */
function dropUnusedKeys(store: HistoryStore, now_ms: number): void {
  const now = Math.floor(now_ms / HOUR_MS);
  const raw = Math.floor((store.raw.oldestSlot() ?? Infinity) / 60);
  store.dropKeys(Math.min(now, raw, store.rollup.oldestSlot() ?? now));
}
