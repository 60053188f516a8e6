/**
 * Reading a stretch of one key: every point where the stretch is short and they are still there,
 * roll-ups of a minute otherwise.
 * @module
 */
import { HOUR_MS, mergePoints, MINUTE_MS, type PointBlock, type RollUp, rollUp } from "./blocks.ts";
import type { PendingSeries } from "./pending.ts";
import type { HistoryStore } from "./store.ts";
import { slotOf } from "./tables.ts";
import { readPoints, readRollUps } from "./write.ts";

/** Which of the two is read. */
export type Resolution = "raw" | "minute";

/** A stretch of one key, oldest first. */
export interface HistoryRange {
  /** Whether the values are points, or the means of minutes. */
  resolution: Resolution;
  /** Seconds since the epoch; of a roll-up the begin of its minute. */
  timestamps: Float64Array;
  /** Points, or the means of minutes. */
  values: Float64Array;
  /** Of the minutes; null for points. */
  rollups: Record<"count" | "min" | "max" | "last", Float64Array> | null;
}

/** Points of longer stretches are not read: a chart shows no more. */
const RAW_SPAN_MS = 6 * HOUR_MS;
const MINUTES = 60;

/**
 * Time from which on points are there: those that are not too old yet, unless they had to make room
 * for others while their roll-ups did not.
 */
export function oldestPoint_ms(store: HistoryStore, oldest_kept_ms: number): number {
  const minute = store.raw.oldestSlot();
  const hour = store.rollup.oldestSlot();
  if (minute === null || hour === null || minute < (hour + 1) * MINUTES) return oldest_kept_ms;
  return Math.max(oldest_kept_ms, minute * MINUTE_MS);
}

/**
 * Chooses between points and roll-ups.
 * @param oldest_ms points before this are dropped already
 */
export function chooseResolution(from_ms: number, to_ms: number, oldest_ms: number): Resolution {
  return from_ms >= oldest_ms && to_ms - from_ms <= RAW_SPAN_MS ? "raw" : "minute";
}

/** Reads a key from `from_ms` to `to_ms`, both included, with points that are not on disk yet. */
export function readRange(
  store: HistoryStore,
  name: string,
  pending: PendingSeries,
  [from_ms, to_ms]: [number, number],
  resolution: Resolution,
): HistoryRange {
  return resolution === "raw"
    ? readRaw(store, name, pending, from_ms, to_ms)
    : readMinutes(store, name, pending, from_ms, to_ms);
}

function readRaw(
  store: HistoryStore,
  name: string,
  pending: PendingSeries,
  from_ms: number,
  to_ms: number,
): HistoryRange {
  const timestamps: number[] = [];
  const values: number[] = [];
  const blocks = blocksOf(store, name, pending, from_ms, to_ms);
  for (const [minute, block] of blocks) {
    block.offsets_ms.forEach((offset_ms, i) => {
      const time_ms = minute * MINUTE_MS + offset_ms;
      if (time_ms < from_ms || time_ms > to_ms) return;
      timestamps.push(time_ms / 1000);
      values.push(block.values[i]);
    });
  }
  return {
    resolution: "raw",
    timestamps: Float64Array.from(timestamps),
    values: Float64Array.from(values),
    rollups: null,
  };
}

/** Blocks of points of one key by minute, in order, with the pending points in them. */
function blocksOf(
  store: HistoryStore,
  name: string,
  { times_ms, values }: PendingSeries,
  from_ms: number,
  to_ms: number,
): [number, PointBlock][] {
  const [first, last] = [Math.floor(from_ms / MINUTE_MS), Math.floor(to_ms / MINUTE_MS)];
  const blocks = new Map<number, PointBlock>();
  const key = store.key(name);
  if (key !== undefined) {
    const begin = Math.max(first, store.raw.oldestSlot() ?? Infinity);
    for (const { id, bytes } of store.raw.ofKey(key.id, begin, last)) {
      blocks.set(slotOf(id), readPoints(bytes));
    }
  }
  const added = new Map<number, PointBlock>();
  times_ms.forEach((time_ms, i) => {
    const minute = Math.floor(time_ms / MINUTE_MS);
    if (minute < first || minute > last) return;
    const block = added.get(minute) ?? { offsets_ms: [], values: [] };
    block.offsets_ms.push(time_ms - minute * MINUTE_MS);
    block.values.push(values[i]);
    added.set(minute, block);
  });
  for (const [minute, block] of added) {
    const before = blocks.get(minute) ?? { offsets_ms: [], values: [] };
    blocks.set(minute, mergePoints(before, block.offsets_ms, block.values));
  }
  return [...blocks].sort(([a], [b]) => a - b);
}

function readMinutes(
  store: HistoryStore,
  name: string,
  pending: PendingSeries,
  from_ms: number,
  to_ms: number,
): HistoryRange {
  const minutes = new Map<number, RollUp>();
  const key = store.key(name);
  if (key !== undefined) {
    const begin = Math.max(
      Math.floor(from_ms / HOUR_MS),
      store.rollup.oldestSlot() ?? Infinity,
    );
    for (const { id, bytes } of store.rollup.ofKey(key.id, begin, Math.floor(to_ms / HOUR_MS))) {
      for (const entry of readRollUps(bytes)) {
        minutes.set(slotOf(id) * MINUTES + entry.minute, entry);
      }
    }
  }
  // Minutes that are not rolled up yet: the one that runs, and the ones since the last flush.
  const rolled = slotOf(store.keys.rolledId()) * MINUTE_MS;
  const open = blocksOf(store, name, pending, Math.max(from_ms, rolled), to_ms);
  for (const [minute, block] of open) {
    if (block.values.length > 0) minutes.set(minute, rollUp(minute % MINUTES, block));
  }
  const found = [...minutes].sort(([a], [b]) => a - b)
    .filter(([minute]) => minute * MINUTE_MS + MINUTE_MS > from_ms && minute * MINUTE_MS <= to_ms);
  const column = (name: keyof RollUp) => Float64Array.from(found, ([, entry]) => entry[name]);
  return {
    resolution: "minute",
    timestamps: Float64Array.from(found, ([minute]) => minute * MINUTE_MS / 1000),
    values: column("mean"),
    rollups: {
      count: column("count"),
      min: column("min"),
      max: column("max"),
      last: column("last"),
    },
  };
}
