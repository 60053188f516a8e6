/** Trends of the series in memory; forecasts from what is on disk where that reaches back farther. */
import assert from "node:assert/strict";
import { limitOfKey, TrendView } from "../../../../src/service/platform/trend_view.ts";
import { type SeriesRange, SeriesStore } from "../../../../src/stream/series.ts";

const NOW_SEC = 1_735_689_600;
const KEY = "filesystem./.percent";

/** A line with some noise, one point every `step_sec` until now, 80 at the end. */
function line(points: number, step_sec: number, per_sec: number): SeriesRange {
  const age = (i: number) => (points - 1 - i) * step_sec;
  return {
    timestamps: Float64Array.from({ length: points }, (_, i) => NOW_SEC - age(i)),
    values: Float64Array.from({ length: points }, (_, i) => 80 - age(i) * per_sec + (i % 2) / 1000),
  };
}

function view(recent: SeriesRange, stored: SeriesRange | null): TrendView {
  const series = new SeriesStore({ points: 1000, keys: 10 });
  recent.timestamps.forEach((at, i) => series.add(KEY, at, recent.values[i]));
  const range = (key: string, from: number, to: number) => {
    assert.deepEqual([key, from, to], [KEY, NOW_SEC - 86_400, NOW_SEC]);
    return stored;
  };
  return new TrendView(() => series, limitOfKey, () => NOW_SEC, () => ({ range }));
}

Deno.test("the time until a disk is full is told by the day on disk, not by the last minutes", () => {
  // The last quarter of an hour would fill the disk in 2000 s; the day says 20000 s.
  const recent = line(900, 1, 20 / 2000);
  const day = line(1440, 60, 20 / 20_000);
  const seconds = view(recent, day).all()[KEY].forecast?.seconds ?? 0;
  assert.ok(Math.abs(seconds - 20_000) < 200, `${seconds}`);
});

Deno.test("with nothing on disk, or less than in memory, memory tells it", () => {
  const recent = line(900, 1, 20 / 2000);
  const nothing = { timestamps: new Float64Array(0), values: new Float64Array(0) };
  for (const stored of [null, nothing, line(5, 60, 1)]) {
    const { slope, forecast } = view(recent, stored).all()[KEY];
    assert.ok(Math.abs(slope - 0.01) < 1e-4, `${slope}`);
    assert.ok(Math.abs((forecast?.seconds ?? 0) - 2000) < 20, `${forecast?.seconds}`);
  }
});
