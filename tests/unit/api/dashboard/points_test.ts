/**
 * The ring of points and what a chart makes of it.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { aligned, PointRing, withGaps } from "../../../../src/api/dashboard/logic/points.ts";
import { devicesOf, ratesOf } from "../../../../src/api/dashboard/logic/rates.ts";

const all = (ring: PointRing) => ring.since(-Infinity);

Deno.test("points: the ring keeps the newest, as a plain list would", () => {
  const point = fc.record({
    timestamp: fc.integer({ min: 0, max: 1000 }),
    value: fc.option(fc.double({ noNaN: true, noDefaultInfinity: true })),
  });
  fc.assert(fc.property(fc.integer({ min: 1, max: 20 }), fc.array(point), (capacity, points) => {
    const ring = new PointRing(capacity);
    const model: typeof points = [];
    for (const { timestamp, value } of points) {
      const newer = model.length === 0 || timestamp > model[model.length - 1].timestamp;
      assert.equal(ring.push(timestamp, value), newer);
      if (newer) model.push({ timestamp, value });
    }
    assert.deepEqual(all(ring), model.slice(-capacity));
    assert.deepEqual(ring.last, model.at(-1) ?? null);
  }));
});

Deno.test("points: a stream that repeats itself after a reconnect adds nothing", () => {
  const ring = new PointRing(10);
  for (const at of [1, 2, 3, 2, 3, 4]) ring.push(at, at * 10);
  assert.deepEqual(all(ring).map(({ timestamp }) => timestamp), [1, 2, 3, 4]);
  assert.equal(ring.push(NaN, 1), false);
});

Deno.test("points: stored points go between and before those held", () => {
  const ring = new PointRing(4);
  ring.push(10, 1);
  ring.push(12, 2);
  ring.merge([{ timestamp: 11, value: 5 }, { timestamp: 9, value: 4 }, {
    timestamp: 12,
    value: 9,
  }]);
  assert.deepEqual(all(ring), [
    { timestamp: 9, value: 4 },
    { timestamp: 10, value: 1 },
    { timestamp: 11, value: 5 },
    { timestamp: 12, value: 2 },
  ]);
  ring.push(13, 3);
  assert.deepEqual(all(ring).map(({ timestamp }) => timestamp), [10, 11, 12, 13]);
});

Deno.test("points: a ring needs room", () => {
  assert.throws(() => new PointRing(0), /Cannot make a ring of 0 points: because/);
});

Deno.test("points: series of different times share an axis", () => {
  const columns = aligned([
    [{ timestamp: 1, value: 10 }, { timestamp: 3, value: null }],
    [{ timestamp: 2, value: 20 }],
  ]);
  // undefined is drawn over, null is a gap.
  assert.deepEqual(columns, [[1, 2, 3], [10, undefined, null], [undefined, 20, undefined]]);
  assert.deepEqual(aligned([]), [[]]);
});

Deno.test("points: a line breaks over a silence and not before", () => {
  const points = [1, 2, 10].map((timestamp) => ({ timestamp, value: 1 }));
  assert.deepEqual(withGaps(points, 5), [
    points[0],
    points[1],
    { timestamp: 6, value: null },
    points[2],
  ]);
  assert.deepEqual(withGaps(points, 8), points);
});

Deno.test("points: growth becomes a rate", () => {
  const deltas = [
    { timestamp: 10, value: 5 },
    { timestamp: 12, value: 8 },
    { timestamp: 13, value: null },
  ];
  assert.deepEqual(ratesOf(deltas), [
    { timestamp: 12, value: 4 },
    { timestamp: 13, value: null },
  ]);
  assert.deepEqual(ratesOf([]), []);
});

Deno.test("points: devices of keys, all together first", () => {
  const keys = ["disk.sda.reads_delta", "disk.total.reads_delta", "disk.dm-0.reads_delta"];
  assert.deepEqual(
    devicesOf([...keys, "disk.reads_delta", "disk.sdb.writes_delta"], "disk", "reads_delta"),
    [
      "total",
      "dm-0",
      "sda",
    ],
  );
});
