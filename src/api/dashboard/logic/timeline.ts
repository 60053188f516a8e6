/**
 * Anomalies on the time axis: where each one lies, those too close together under one mark.
 * @module
 */

/** What is placed. */
export interface Timed {
  /** Seconds since the epoch. */
  timestamp: number;
}

/** A mark on the axis. */
export interface Mark<T extends Timed> {
  /** 0 (begin of the axis) to 1 (its end): of the newest of its entries. */
  at: number;
  /** What it stands for, newest first. */
  entries: T[];
}

/**
 * The marks of an axis, from left to right. Entries outside it are left out.
 * @param apart least distance between marks, as a share of the axis
 */
export function marksOf<T extends Timed>(
  entries: readonly T[],
  from_sec: number,
  to_sec: number,
  apart: number,
): Mark<T>[] {
  const span = to_sec - from_sec;
  if (!(span > 0)) return [];
  const inside = entries.filter(({ timestamp }) => timestamp >= from_sec && timestamp <= to_sec)
    .sort((a, b) => b.timestamp - a.timestamp);
  const marks: Mark<T>[] = [];
  for (const entry of inside) {
    const at = (entry.timestamp - from_sec) / span;
    const newer = marks.at(-1);
    if (newer !== undefined && newer.at - at < apart) newer.entries.push(entry);
    else marks.push({ at, entries: [entry] });
  }
  return marks.reverse();
}

/** Round times for the labels of an axis, at most `count` of them, ascending. */
export function ticksOf(from_sec: number, to_sec: number, count: number): number[] {
  const steps = [1, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21_600, 86_400];
  const span = to_sec - from_sec;
  if (!(span > 0) || count < 1) return [];
  const step = steps.find((sec) => span / sec <= count) ?? Math.ceil(span / count);
  const ticks: number[] = [];
  for (let at = Math.ceil(from_sec / step) * step; at <= to_sec; at += step) ticks.push(at);
  return ticks;
}
