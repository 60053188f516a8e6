/**
 * The history of metrics on disk: what went in comes out, over restarts too, by points and by
 * roll-ups; what is old goes.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { MetricHistory } from "../../../../src/sink/history/history.ts";
import { SeriesStore } from "../../../../src/stream/series.ts";
import { BEGIN_SEC, LIMITS, Place } from "./support.ts";

const KEYS = ["cpu.total", "memory.virtual", "disk.sda.queue"];

interface Point {
  key: string;
  time: number;
  value: number;
}

/** What the range must be, from all points, the plain way. */
function expectRaw(points: Point[], key: string, from: number, to: number) {
  return points.filter((point) => point.key === key && point.time >= from && point.time <= to)
    .map((point, i) => ({ point, i }))
    .sort((a, b) => a.point.time - b.point.time || a.i - b.i)
    .map(({ point: { time, value } }) => [time, value]);
}

function expectMinutes(points: Point[], key: string) {
  const minutes = new Map<number, number[]>();
  for (const [time, value] of expectRaw(points, key, 0, Infinity)) {
    const minute = Math.floor(time / 60) * 60;
    minutes.set(minute, [...minutes.get(minute) ?? [], value]);
  }
  return [...minutes].sort(([a], [b]) => a - b).map(([minute, values]) => ({
    minute,
    count: values.length,
    min: Math.min(...values),
    max: Math.max(...values),
    last: values.at(-1),
  }));
}

const STEP = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      key: fc.constantFrom(...KEYS),
      // Milliseconds; the clock may be behind by some minutes.
      behind_ms: fc.oneof(fc.constant(0), fc.nat(300_000)),
      value: fc.double({ noNaN: true, min: -1e12, max: 1e12 }),
      pass_ms: fc.nat(40_000),
    }),
  },
  { weight: 1, arbitrary: fc.constant("flush" as const) },
  { weight: 1, arbitrary: fc.constant("restart" as const) },
);

Deno.test("points and roll-ups are those of plain arrays, whatever is flushed and restarted when", async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(STEP, { maxLength: 60 }), async (steps) => {
      using place = new Place();
      let history = await place.open();
      const points: Point[] = [];
      for (const step of steps) {
        if (step === "flush") assert.ok(history.flush());
        else if (step === "restart") {
          history.close();
          history = await place.open();
        } else {
          place.now_sec += step.pass_ms / 1000;
          const time = Math.round(place.now_sec * 1000 - step.behind_ms) / 1000;
          points.push({ key: step.key, time, value: step.value });
          history.add(step.key, time, step.value);
        }
      }
      const check = () => {
        for (const key of KEYS) {
          const span = [BEGIN_SEC + 100, place.now_sec - 50] as const;
          const raw = history.range(key, ...span, "raw");
          const wanted = expectRaw(points, key, ...span);
          assert.deepEqual(Array.from(raw?.timestamps ?? []), wanted.map(([time]) => time));
          assert.deepEqual(Array.from(raw?.values ?? []), wanted.map(([, value]) => value));
        }
      };
      check();
      assert.ok(history.flush());
      check();
      // Minutes that run and minutes that are over.
      for (const pass of [0, 120]) {
        place.now_sec += pass;
        assert.ok(history.flush());
        for (const key of KEYS) {
          const found = history.range(key, 0, place.now_sec, "minute");
          assert.ok(found?.rollups);
          const { rollups, timestamps } = found;
          const told = Array.from(timestamps, (minute, i) => ({
            minute,
            count: rollups.count[i],
            min: rollups.min[i],
            max: rollups.max[i],
            last: rollups.last[i],
          }));
          assert.deepEqual(told, expectMinutes(points, key));
        }
      }
      const { pending, dropped } = history.counts();
      assert.equal(pending, 0);
      assert.equal(Object.values(dropped).reduce((sum, count) => sum + count), 0);
      history.close();
      assert.deepEqual(place.warnings, []);
    }),
    { numRuns: 15 },
  );
});

Deno.test("a restart goes on with the series that were in memory; what has come since stays behind", async () => {
  using place = new Place();
  const history = await place.open();
  const before = new SeriesStore({ points: 100, keys: 10 });
  const begin = place.now_sec;
  for (let i = 0; i < 900; i++, place.now_sec++) {
    for (const key of KEYS) {
      before.add(key, place.now_sec, i);
      history.add(key, place.now_sec, i);
    }
  }
  history.close();
  const again = await place.open();
  const after = new SeriesStore({ points: 100, keys: 10 });
  const restoring = again.restore(after);
  // Collectors do not wait for it.
  for (const store of [before, after]) store.add(KEYS[0], place.now_sec, 7);
  assert.equal(await restoring, 300);
  for (const key of KEYS) assert.deepEqual(after.range(key, 0), before.range(key, 0));
  assert.deepEqual(after.latest(KEYS[0]), { timestamp: begin + 900, value: 7 });
  assert.equal(await again.restore(new SeriesStore({ points: 100, keys: 10 }), 10), 30);
  again.close();
});

Deno.test("points stay raw_hours, roll-ups rollup_days, and keys without either are forgotten", async () => {
  using place = new Place();
  const history = await place.open({ raw_hours: 1, rollup_days: 2 });
  for (let minute = 0; minute < 180; minute++, place.now_sec += 60) {
    history.add("cpu.total", place.now_sec, minute);
    if (minute < 5) history.add("disk.gone.queue", place.now_sec, minute);
    assert.ok(history.flush());
  }
  const span = [BEGIN_SEC, place.now_sec] as const;
  const { timestamps } = history.range("cpu.total", ...span, "raw")!;
  // The last flush was a minute ago.
  assert.deepEqual([timestamps[0], timestamps.length], [place.now_sec - 3660, 61]);
  assert.equal(history.range("cpu.total", ...span, "minute")?.values.length, 180);
  assert.deepEqual(history.keys(), ["cpu.total", "disk.gone.queue"]);
  place.now_sec += 2 * 86400;
  for (let hour = 0; hour < 3; hour++, place.now_sec += 3600) {
    history.add("cpu.total", place.now_sec, 1);
    assert.ok(history.flush());
  }
  assert.equal(history.range("cpu.total", ...span, "minute")?.values.length, 0);
  assert.deepEqual(history.keys(), ["cpu.total"]);
  history.add("disk.new.queue", place.now_sec, 7);
  assert.ok(history.flush());
  assert.deepEqual(history.range("disk.new.queue", 0, place.now_sec, "raw")?.values[0], 7);
  history.close();
});

Deno.test("a short stretch that is still there is told by points, all others by roll-ups", async () => {
  using place = new Place();
  const history = await place.open();
  place.now_sec += 2 * 86400;
  const now = place.now_sec;
  const chosen = (from: number, to: number) => history.range("x", from, to)?.resolution;
  assert.equal(chosen(now - 300, now), "raw");
  assert.equal(chosen(now - 6 * 3600, now), "raw");
  assert.equal(chosen(now - 6 * 3600 - 1, now), "minute");
  assert.equal(chosen(now - 86_500, now - 86_400), "minute");
  assert.equal(history.range("x", NaN, now), null);
  assert.deepEqual(history.range("x", now - 300, now)?.values.length, 0);
  history.close();
});

Deno.test("what cannot be kept is counted by cause", async () => {
  using place = new Place();
  const history = await place.open({}, { max_pending: 1100 });
  const now = place.now_sec;
  history.add("a", now, NaN);
  history.add("a", -5, 1);
  history.add("a", Infinity, 1);
  history.add("a", now - 90_000, 1);
  history.add("a", now + 7200, 1);
  for (let i = 0; i < 1100; i++) history.add("b", now, i);
  assert.equal(history.counts().pending, 1100);
  assert.ok(history.flush());
  const { written, dropped, pending } = history.counts();
  assert.deepEqual([written, pending], [1000, 0]);
  assert.deepEqual(dropped, {
    invalid: 3,
    out_of_time: 2,
    pending_full: 2,
    block_full: 98,
    no_key: 0,
    abandoned: 0,
  });
  history.close();
  history.add("a", now, 1);
  assert.equal(history.counts().dropped.abandoned, 1);
  assert.equal(history.flush(), false);
  assert.equal(history.range("a", now, now), null);
});

Deno.test("limits that leave no room are refused before anything is made", async () => {
  using place = new Place();
  for (const wrong of [{ raw_hours: 0 }, { rollup_days: -1 }, { max_mb: 7 }, { max_mb: NaN }]) {
    await assert.rejects(MetricHistory.open(place.directory, { ...LIMITS, ...wrong }), RangeError);
  }
  assert.throws(() => Deno.lstatSync(place.directory), Deno.errors.NotFound);
});
