/**
 * Measuring at even distances: by the clock and not by pauses, so that what a measurement takes is
 * not added to the distance.
 * @module
 */
import { sleep } from "../../evidence/sleep.ts";

/** When to measure. */
export interface Schedule {
  /** Between two measurements. */
  interval_ms: number;
  /** So many at most. */
  count: number;
  /** The first at once and not after one interval. */
  at_once: boolean;
  /** Ends it. */
  abort: AbortSignal;
}

/** How it went. */
export interface Ticked {
  /** Measurements taken. */
  taken: number;
  /** Times left out because the measurement before took too long or the host was too busy. */
  missed: number;
}

/**
 * Calls `measure` at each time of the schedule, with the ms since the start. One that comes too late
 * for the next time leaves that out: two right after each other would tell of no time.
 */
export async function onSchedule(
  { interval_ms, count, at_once, abort }: Schedule,
  measure: (elapsed_ms: number) => void | Promise<void>,
): Promise<Ticked> {
  const start_ms = performance.now();
  const ticked = { taken: 0, missed: 0 };
  const last = at_once ? count - 1 : count;
  for (let tick = at_once ? 0 : 1; tick <= last; tick++) {
    await sleep(start_ms + tick * interval_ms - performance.now(), abort);
    if (abort.aborted) break;
    await measure(performance.now() - start_ms);
    ticked.taken++;
    const next = Math.ceil((performance.now() - start_ms) / interval_ms);
    const skipped = Math.min(last, Math.max(tick, next - 1)) - tick;
    ticked.missed += skipped;
    tick += skipped;
  }
  return ticked;
}
