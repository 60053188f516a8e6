/**
 * Series in memory from the history on disk, so that a restart does not begin with empty charts.
 * @module
 */
import { SeriesStore } from "../../stream/series.ts";
import { MINUTE_MS } from "./blocks.ts";
import type { HistoryStore } from "./store.ts";
import { blockId, KEY_SLOTS, keyOf, slotOf } from "./tables.ts";
import { readPoints } from "./write.ts";

/** Blocks read before others get their turn: one or two milliseconds. */
const TURN_BLOCKS = 50;

/**
 * Puts the points of a stretch of time before those that have come meanwhile.
 * @returns how many were added
 */
export async function restoreSeries(
  store: HistoryStore,
  series: SeriesStore,
  from_ms: number,
  to_ms: number,
): Promise<number> {
  const end = blockId(Math.floor(to_ms / MINUTE_MS) + 1, 0);
  let from = blockId(Math.floor(from_ms / MINUTE_MS), 0);
  const past = new SeriesStore({ points: series.points, keys: KEY_SLOTS });
  for (;;) {
    const rows = store.raw.from(from, end, TURN_BLOCKS);
    for (const { id, bytes } of rows) {
      const name = store.nameOf(keyOf(id));
      if (name === undefined) continue;
      const { offsets_ms, values } = readPoints(bytes);
      offsets_ms.forEach((offset_ms, i) => {
        const time_ms = slotOf(id) * MINUTE_MS + offset_ms;
        if (time_ms < from_ms || time_ms > to_ms) return;
        past.add(name, time_ms / 1000, values[i]);
      });
    }
    if (rows.length < TURN_BLOCKS) break;
    from = rows[rows.length - 1].id + 1;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  let restored = 0;
  for (const key of past.keys()) restored += series.backfill(key, past.range(key, -Infinity));
  return restored;
}
