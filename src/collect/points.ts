/**
 * Gathers the points of a sample: only finite values get in.
 * @module
 */
import type { MetricPoint } from "./collector.ts";

/** The points of one sample. */
export class Points {
  /** What was gathered. */
  readonly list: MetricPoint[] = [];

  /** Adds a value where there is one. */
  add(key: string, value: number): void {
    if (Number.isFinite(value)) this.list.push({ key, value });
  }
}

/** `part` of `whole` in percent, from 0 to 100; NaN where there is no whole. */
export function percent(part: number, whole: number): number {
  return whole > 0 ? Math.min(100, Math.max(0, 100 * part / whole)) : NaN;
}
