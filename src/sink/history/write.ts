/**
 * Writing points into their blocks, and roll-ups of the minutes that are over.
 * @module
 */
import {
  decodePoints,
  decodeRollUps,
  encodePoints,
  encodeRollUps,
  HOUR_MS,
  MAX_BLOCK_POINTS,
  mergePoints,
  MINUTE_MS,
  type PointBlock,
  putRollUp,
  type RollUp,
  rollUp,
} from "./blocks.ts";
import { BlockError } from "./byte_codec.ts";
import type { PendingPoints, PendingSeries } from "./pending.ts";
import type { HistoryStore } from "./store.ts";
import { blockId, KEY_SLOTS, keyOf, slotOf } from "./tables.ts";

/** What became of points. */
export interface WriteCounts {
  /** In their blocks. */
  written: number;
  /** Older than points are kept, or further in the future than a clock may be off. */
  out_of_time: number;
  /** More in a minute of one key than a block holds. */
  block_full: number;
  /** No number left for its key. */
  no_key: number;
}

/** A time further ahead than this is no time. */
const FUTURE_MS = HOUR_MS;
/** Roll-ups made in one transaction at most; a later one goes on. */
const ROLL_UPS = 5000;
const MINUTES = 60;

/** Reads a block; one that makes no sense counts as empty. */
export function readPoints(bytes: Uint8Array | null): PointBlock {
  return tolerant(() => bytes === null ? null : decodePoints(bytes)) ??
    { offsets_ms: [], values: [] };
}

/** Reads a block of roll-ups, likewise. */
export function readRollUps(bytes: Uint8Array | null): RollUp[] {
  return tolerant(() => bytes === null ? null : decodeRollUps(bytes)) ?? [];
}

function tolerant<T>(read: () => T | null): T | null {
  try {
    return read();
  } catch (error) {
    if (error instanceof BlockError) return null;
    throw error;
  }
}

/**
 * Puts all pending points into their blocks. Within a transaction.
 * @param oldest_ms points before this are too old
 */
export function writePoints(
  store: HistoryStore,
  pending: PendingPoints,
  now_ms: number,
  oldest_ms: number,
): WriteCounts {
  const counts = { written: 0, out_of_time: 0, block_full: 0, no_key: 0 };
  const rolled = store.keys.rolledId();
  const known = { from_ms: oldest_ms, to_ms: now_ms + FUTURE_MS };
  for (const [name, series] of pending.entries()) {
    const minutes = splitByMinute(series, known);
    let kept = 0;
    for (const { values } of minutes.values()) kept += values.length;
    counts.out_of_time += series.values.length - kept;
    if (kept === 0) continue;
    const key = store.key(name) ?? store.addKey(name, Math.floor(now_ms / HOUR_MS));
    if (key === undefined) {
      counts.no_key += kept;
      continue;
    }
    for (const [minute, added] of minutes) {
      const id = blockId(minute, key.id);
      const before = readPoints(store.raw.get(id));
      const room = MAX_BLOCK_POINTS - before.values.length;
      const block = mergePoints(
        before,
        added.offsets_ms.slice(0, room),
        added.values.slice(0, room),
      );
      const count = block.values.length - before.values.length;
      counts.written += count;
      counts.block_full += added.values.length - count;
      store.raw.put(id, encodePoints(block));
      store.seeKey(key.id, Math.floor(minute / MINUTES));
      // The clock was set back: the roll-up of that minute is there already.
      if (id < rolled) putEntries(store, keyOf(id), [[minute, block]]);
    }
  }
  return counts;
}

function splitByMinute(
  { times_ms, values }: PendingSeries,
  { from_ms, to_ms }: { from_ms: number; to_ms: number },
): Map<number, PointBlock> {
  const minutes = new Map<number, PointBlock>();
  times_ms.forEach((time_ms, i) => {
    if (time_ms < from_ms || time_ms > to_ms) return;
    const minute = Math.floor(time_ms / MINUTE_MS);
    let block = minutes.get(minute);
    if (block === undefined) minutes.set(minute, block = { offsets_ms: [], values: [] });
    block.offsets_ms.push(time_ms - minute * MINUTE_MS);
    block.values.push(values[i]);
  });
  return minutes;
}

/**
 * Rolls up the blocks of minutes that are over and were not yet. Within a transaction.
 * @returns whether there may be more
 */
export function rollUpFinished(store: HistoryStore, now_ms: number): boolean {
  const from = store.keys.rolledId();
  const end = blockId(Math.floor(now_ms / MINUTE_MS), 0);
  if (from >= end) return false;
  const rows = store.raw.from(from, end, ROLL_UPS);
  const byKey = new Map<number, [number, PointBlock][]>();
  for (const { id, bytes } of rows) {
    const list = byKey.get(keyOf(id)) ?? [];
    list.push([slotOf(id), readPoints(bytes)]);
    byKey.set(keyOf(id), list);
  }
  for (const [key, minutes] of byKey) putEntries(store, key, minutes);
  const isMore = rows.length === ROLL_UPS;
  store.keys.setRolledId(isMore ? rows[rows.length - 1].id + 1 : end);
  return isMore;
}

/** Writes the roll-ups of some minutes of one key into the blocks of their hours. */
function putEntries(store: HistoryStore, key: number, minutes: [number, PointBlock][]): void {
  const hours = new Map<number, RollUp[]>();
  for (const [minute, block] of minutes) {
    if (block.values.length === 0) continue;
    const hour = Math.floor(minute / MINUTES);
    const before = hours.get(hour) ?? readRollUps(store.rollup.get(blockId(hour, key)));
    hours.set(hour, putRollUp(before, rollUp(minute % MINUTES, block)));
  }
  for (const [hour, entries] of hours) {
    store.rollup.put(hour * KEY_SLOTS + key, encodeRollUps(entries));
    store.seeKey(key, hour);
  }
}
