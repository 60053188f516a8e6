/** Series in memory against a naive model; the caps on points and keys. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { isMetricKey, SeriesStore } from "../../../src/stream/series.ts";

const KEYS = ["cpu.total", "memory.virtual", "disk.sda.read_bytes_delta", "disk.sdb.queue"];

interface Point {
  timestamp: number;
  value: number;
}

/** Time mostly goes on; now and then somebody sets the clock back. */
const PASS = fc.oneof(
  { weight: 30, arbitrary: fc.nat(10) },
  { weight: 1, arbitrary: fc.integer({ min: -300, max: 0 }) },
);
const POINTS = fc.array(
  fc.record({
    key: fc.constantFrom(...KEYS),
    pass: PASS,
    value: fc.double({ noNaN: true, noDefaultInfinity: true, min: -1e9, max: 1e9 }),
  }),
  { maxLength: 400, size: "max" },
);

Deno.test("the store answers as plain arrays of the newest points would, whatever the clock does", () => {
  const limits = fc.record({
    points: fc.integer({ min: 1, max: 50 }),
    keys: fc.integer({ min: 1, max: 5 }),
  });
  fc.assert(
    fc.property(POINTS, limits, fc.integer({ min: -300, max: 2000 }), (added, limit, from) => {
      const store = new SeriesStore({ ...limit, stale_sec: Infinity });
      const model = new Map<string, Point[]>();
      let [other, timestamp] = [0, 0];
      for (const { key, pass, value } of added) {
        timestamp += pass;
        const isKept = store.add(key, timestamp, value);
        if (!model.has(key) && model.size >= limit.keys) other++;
        else model.set(key, [...model.get(key) ?? [], { timestamp, value }].slice(-limit.points));
        assert.equal(isKept, model.has(key));
      }
      assert.equal(store.other, other);
      assert.deepEqual(store.keys(), [...model.keys()]);
      for (const key of KEYS) {
        const points = model.get(key) ?? [];
        const wanted = points.filter(({ timestamp }) => timestamp >= from);
        const { timestamps, values } = store.range(key, from);
        assert.deepEqual([...timestamps], wanted.map(({ timestamp }) => timestamp));
        assert.deepEqual([...values], wanted.map(({ value }) => value));
        assert.deepEqual(store.latest(key), points.at(-1) ?? null);
        const { count, mean, min, max } = store.summary(key);
        assert.equal(count, points.length);
        if (count === 0) continue;
        const all = points.map(({ value }) => value);
        assert.deepEqual([min, max], [Math.min(...all), Math.max(...all)]);
        const exact = all.reduce((sum, value) => sum + value, 0) / count;
        assert.ok(Math.abs(mean - exact) <= 1e-9 * (1 + Math.abs(min) + Math.abs(max)));
        assert.ok(min <= mean && mean <= max);
      }
    }),
  );
});

Deno.test("a summary is of the points as they are, also after one was added to a full ring", () => {
  const store = new SeriesStore({ points: 2, keys: 1 });
  store.add("a", 1, 10);
  assert.deepEqual(store.summary("a"), { count: 1, mean: 10, min: 10, max: 10 });
  store.add("a", 2, 20);
  store.add("a", 3, 40);
  assert.deepEqual(store.summary("a"), { count: 2, mean: 30, min: 20, max: 40 });
});

Deno.test("what was given out does not change when points come", () => {
  const store = new SeriesStore({ points: 2, keys: 1 });
  for (let t = 0; t < 2; t++) store.add("a", t, t);
  const { values } = store.range("a", 0);
  for (let t = 2; t < 5; t++) store.add("a", t, t);
  assert.deepEqual([...values], [0, 1]);
});

Deno.test("points of the past go before those of now, as many as there is room for", () => {
  fc.assert(
    fc.property(fc.nat(30), fc.nat(30), fc.integer({ min: 1, max: 40 }), (past, now, points) => {
      const store = new SeriesStore({ points, keys: 1 });
      const older = Float64Array.from({ length: past }, (_, i) => i);
      for (let i = 0; i < now; i++) store.add("a", 20 + i, -i);
      // Of two points of one time, or of a time that has been, the one that is there stays.
      const isOlder = (i: number) => now === 0 || i < 20 + Math.max(0, now - points);
      const added = store.backfill("a", { timestamps: older, values: older });
      assert.equal(added, [...older].filter(isOlder).length);
      const wanted = [...older].filter(isOlder).map((i) => [i, i])
        .concat(Array.from({ length: now }, (_, i) => [20 + i, -i])).slice(-points);
      const { timestamps, values } = store.range("a", -Infinity);
      assert.deepEqual(Array.from(timestamps, (time, i) => [time, values[i]]), wanted);
      assert.equal(store.summary("a").count, wanted.length);
    }),
  );
});

Deno.test("a past that finds no room among the keys is counted", () => {
  const store = new SeriesStore({ points: 10, keys: 1 });
  store.add("a", 1, 1);
  const older = { timestamps: Float64Array.of(1, 2), values: Float64Array.of(1, 2) };
  assert.equal(store.backfill("b", older), 0);
  assert.equal(store.other, 2);
  assert.deepEqual(store.keys(), ["a"]);
});

Deno.test("a key that is stale gives its place to a new one; one that is not, keeps it", () => {
  const store = new SeriesStore({ points: 10, keys: 2, stale_sec: 100 });
  store.add("net.veth1.rx", 1000, 1);
  store.add("cpu.total", 1000, 1);
  store.add("cpu.total", 1090, 1);
  assert.equal(store.add("net.veth2.rx", 1099, 1), false);
  assert.equal(store.add("net.veth2.rx", 1100, 2), true);
  assert.deepEqual(store.keys(), ["cpu.total", "net.veth2.rx"]);
  assert.equal(store.latest("net.veth1.rx"), null);
  assert.deepEqual([store.other, store.replaced], [1, 1]);
});

Deno.test("a flood of new keys makes no keys and no series of scans, and loses no count", () => {
  const store = new SeriesStore({ points: 10, keys: 100 });
  for (let i = 0; i < 50_000; i++) store.add(`disk.d${i}.queue`, 1000 + i / 1000, i);
  assert.equal(store.size, 100);
  assert.equal(store.other, 49_900);
});

Deno.test("values and times that are no numbers, and keys that are none, are refused and counted", () => {
  const store = new SeriesStore({ points: 10, keys: 10 });
  store.add("a", NaN, 1);
  store.add("a", 1, NaN);
  store.add("a", 1, Infinity);
  for (const key of ["", "~other", "a b", "a\nb", "x".repeat(129)]) store.add(key, 1, 1);
  assert.equal(store.refused, 8);
  assert.deepEqual(store.keys(), []);
  assert.deepEqual(store.latest("a"), null);
});

Deno.test("a key with a process id in it is no metric key; numbered cores and devices are", () => {
  for (const key of ["process.1234.cpu", "pid.7", "processes.99.rss", "top.pid_12.cpu"]) {
    assert.ok(!isMetricKey(key), key);
  }
  for (const key of ["cpu.0", "cpu.core.12.total", "disk.dm-0.queue", "process.count"]) {
    assert.ok(isMetricKey(key), key);
  }
});

Deno.test("a store without room is refused", () => {
  assert.throws(() => new SeriesStore({ points: 0, keys: 1 }), RangeError);
  assert.throws(() => new SeriesStore({ points: 1, keys: 0.5 }), RangeError);
});
