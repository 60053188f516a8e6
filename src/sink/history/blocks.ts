/**
 * How points lie on disk: one block holds a minute of one key, or an hour of its roll-ups.
 * @module
 */
import { BlockError, ByteReader, ByteWriter } from "./byte_codec.ts";

/** Milliseconds of a block of points, and of one roll-up. */
export const MINUTE_MS = 60_000;
/** Milliseconds of a block of roll-ups. */
export const HOUR_MS = 60 * MINUTE_MS;
/** Points of one key in a minute at most: ten a second, and then some. */
export const MAX_BLOCK_POINTS = 1000;
const MINUTES = 60;

/** Points of one key within a minute, sorted by time. */
export interface PointBlock {
  /** Milliseconds since the begin of the minute, 0 to 59999. */
  offsets_ms: number[];
  /** One for each time. */
  values: number[];
}

/** What a minute of one key came to. */
export interface RollUp {
  /** Of the hour, 0 to 59. */
  minute: number;
  /** Points. */
  count: number;
  /** Their arithmetic mean. */
  mean: number;
  /** The least. */
  min: number;
  /** The greatest. */
  max: number;
  /** The latest. */
  last: number;
}

/** Adds points to a block, in order of time; equal times stay in the order in which they came. */
export function mergePoints(block: PointBlock, offsets_ms: number[], values: number[]): PointBlock {
  const all = {
    offsets_ms: [...block.offsets_ms, ...offsets_ms],
    values: [...block.values, ...values],
  };
  if (isSorted(all.offsets_ms)) return all;
  const order = all.offsets_ms.map((_, i) => i)
    .sort((a, b) => all.offsets_ms[a] - all.offsets_ms[b] || a - b);
  return {
    offsets_ms: order.map((i) => all.offsets_ms[i]),
    values: order.map((i) => all.values[i]),
  };
}

function isSorted(numbers: readonly number[]): boolean {
  for (let i = 1; i < numbers.length; i++) if (numbers[i] < numbers[i - 1]) return false;
  return true;
}

/** A block as bytes: the count, times as changes of their distance, values. */
export function encodePoints({ offsets_ms, values }: PointBlock): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  writer.whole(values.length);
  let [before, step] = [0, 0];
  for (const offset of offsets_ms) {
    writer.signed(offset - before - step);
    step = offset - before;
    before = offset;
  }
  writer.doubles(values);
  return writer.take();
}

/** Bytes as a block. @throws {BlockError} for bytes that are no such block */
export function decodePoints(bytes: Uint8Array): PointBlock {
  const reader = new ByteReader(bytes);
  const count = reader.whole(MAX_BLOCK_POINTS);
  const offsets_ms: number[] = [];
  let [before, step] = [0, 0];
  for (let i = 0; i < count; i++) {
    step += reader.signed();
    if (step < 0 || before + step >= MINUTE_MS) throw new BlockError("a time is out of its minute");
    before += step;
    offsets_ms.push(before);
  }
  const values = Array.from(reader.doubles(count));
  reader.end();
  return { offsets_ms, values };
}

/** The roll-up of a block that is not empty. */
export function rollUp(minute: number, { values }: PointBlock): RollUp {
  let [sum, min, max] = [0, Infinity, -Infinity];
  for (const value of values) {
    sum += value;
    if (value < min) min = value;
    if (value > max) max = value;
  }
  // A sum may overflow, and rounding may put the mean a bit outside.
  const mean = Math.min(max, Math.max(min, sum / values.length));
  return { minute, count: values.length, mean, min, max, last: values[values.length - 1] };
}

/** The block with one more roll-up, or another one for that minute; in order of time. */
export function putRollUp(block: readonly RollUp[], entry: RollUp): RollUp[] {
  return [...block.filter(({ minute }) => minute !== entry.minute), entry]
    .sort((a, b) => a.minute - b.minute);
}

const COLUMNS = ["mean", "min", "max", "last"] as const;

/** Roll-ups as bytes: the count, minutes, counts, then each of the other columns. */
export function encodeRollUps(block: readonly RollUp[]): Uint8Array<ArrayBuffer> {
  const writer = new ByteWriter();
  writer.whole(block.length);
  for (const { minute } of block) writer.whole(minute);
  for (const { count } of block) writer.whole(count);
  for (const column of COLUMNS) writer.doubles(block.map((entry) => entry[column]));
  return writer.take();
}

/** Bytes as roll-ups. @throws {BlockError} for bytes that are no such block */
export function decodeRollUps(bytes: Uint8Array): RollUp[] {
  const reader = new ByteReader(bytes);
  const length = reader.whole(MINUTES);
  const minutes = Array.from({ length }, () => reader.whole(MINUTES - 1));
  const counts = Array.from({ length }, () => reader.whole(MAX_BLOCK_POINTS));
  const [mean, min, max, last] = COLUMNS.map(() => reader.doubles(length));
  reader.end();
  for (let i = 1; i < length; i++) {
    if (minutes[i] <= minutes[i - 1]) throw new BlockError("minutes are out of order");
  }
  return minutes.map((minute, i) => ({
    minute,
    count: counts[i],
    mean: mean[i],
    min: min[i],
    max: max[i],
    last: last[i],
  }));
}
