/**
 * Histograms, the heat map and what a window of readings tells.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { SmbAnswer } from "../../../../src/api/data_agent.ts";
import {
  difference,
  HEAT_LEVELS,
  heatLevel,
  heatMap,
  quantile,
  sumOf,
} from "../../../../src/api/dashboard/logic/heat.ts";
import { READINGS, SmbWindow } from "../../../../src/api/dashboard/logic/smb_window.ts";

const BOUNDS = [1, 2, 4, 8];

Deno.test("heat: a quantile lies in the bucket of its rank", () => {
  assert.equal(quantile([0, 10, 0, 0, 0], BOUNDS, 0.5), 1.5);
  assert.equal(quantile([50, 50, 0, 0, 0], BOUNDS, 0.5), 1);
  assert.equal(quantile([98, 0, 0, 2, 0], BOUNDS, 0.99), 6);
  assert.equal(quantile([0, 0, 0, 0, 3], BOUNDS, 0.5), 8, "nothing is known above the last bound");
  assert.equal(quantile([0, 0, 0, 0, 0], BOUNDS, 0.5), null);
});

Deno.test("heat: quantiles ascend and stay within the bounds", () => {
  const counts = fc.array(fc.nat(1000), { minLength: 5, maxLength: 5 });
  fc.assert(fc.property(counts, (counts) => {
    const values = [0, 0.5, 0.95, 0.99, 1].map((q) => quantile(counts, BOUNDS, q));
    if (counts.every((count) => count === 0)) {
      return assert.deepEqual(new Set(values), new Set([null]));
    }
    const numbers = values.map((value) => value ?? NaN);
    assert.deepEqual(numbers, numbers.toSorted((a, b) => a - b));
    assert.ok(numbers.every((value) => value >= 0 && value <= 8));
  }));
});

Deno.test("heat: what was added to a sum is the sum of what was added", () => {
  const counts = fc.array(fc.nat(1000), { minLength: 5, maxLength: 5 });
  fc.assert(fc.property(counts, counts, (before, added) => {
    assert.deepEqual(difference(sumOf([before, added]), before), added);
  }));
  assert.deepEqual(sumOf([[1], [1, 2]]), [2, 2]);
});

Deno.test("heat: the fullest cell is darkest, an empty one has no colour", () => {
  assert.equal(heatLevel(0, 100), 0);
  assert.equal(heatLevel(1, 100), 1);
  assert.equal(heatLevel(100, 100), HEAT_LEVELS);
  assert.equal(heatLevel(1, 1), HEAT_LEVELS);
});

Deno.test("heat: the map spans what is used, the busiest command first", () => {
  const map = heatMap([
    { name: "SMB2_READ", counts: [0, 3, 0, 0, 0] },
    { name: "SMB2_WRITE", counts: [0, 0, 0, 9, 1] },
    { name: "SMB2_ECHO", counts: [0, 0, 0, 0, 0] },
  ], BOUNDS);
  assert.deepEqual(map.columns, [
    { from_ms: 1, to_ms: 2 },
    { from_ms: 2, to_ms: 4 },
    { from_ms: 4, to_ms: 8 },
    { from_ms: 8, to_ms: null },
  ]);
  assert.deepEqual(map.rows.map(({ name, count }) => [name, count]), [
    ["SMB2_WRITE", 10],
    ["SMB2_READ", 3],
  ]);
  assert.deepEqual(map.rows[0].cells.map(({ count }) => count), [0, 0, 9, 1]);
  assert.deepEqual(heatMap([], BOUNDS), { columns: [], rows: [] });
});

function reading(timestamp: number, counts: number[], errors = 0, share = "a"): SmbAnswer {
  const figures = { count: 0, sum_ms: 0, p50_ms: null, p90_ms: null, p99_ms: null, max_ms: null };
  return {
    timestamp,
    probe: { state: "attached", reason: null },
    in_flight: 0,
    hung: 0,
    under_way: [],
    bounds_ms: BOUNDS,
    latency: [{ server: "s", share, command: "SMB2_READ", ...figures, errors, counts }],
    errors: [],
    sessions: [],
  };
}

Deno.test("window: a reading tells what came since the one before", () => {
  const window = new SmbWindow();
  assert.equal(window.add(reading(100, [10, 0, 0, 0, 0], 1)), null);
  assert.deepEqual(window.add(reading(102, [10, 8, 0, 0, 0], 3)), {
    timestamp: 102,
    rate: 4,
    error_rate: 1,
    p50_ms: 1.5,
    p95_ms: 1.95,
    p99_ms: 1.99,
  });
  assert.equal(window.add(reading(102, [10, 9, 0, 0, 0])), null, "not newer");
});

Deno.test("window: commands of the last seconds only, or of all time", () => {
  const window = new SmbWindow();
  window.add(reading(100, [100, 0, 0, 0, 0]));
  window.add(reading(110, [100, 5, 0, 0, 0]));
  window.add(reading(120, [100, 5, 7, 0, 0], 2));
  const counts = (seconds: number | null) => window.commands(seconds).map(({ counts }) => counts);
  assert.deepEqual(counts(10), [[0, 0, 7, 0, 0]]);
  assert.deepEqual(counts(20), [[0, 5, 7, 0, 0]]);
  assert.deepEqual(counts(null), [[100, 5, 7, 0, 0]]);
  assert.equal(window.commands(10)[0].errors, 2);
  assert.deepEqual(new SmbWindow().commands(10), []);
});

Deno.test("window: an agent that was started again counts from nothing", () => {
  const window = new SmbWindow();
  window.add(reading(100, [1000, 0, 0, 0, 0]));
  assert.equal(window.add(reading(110, [20, 0, 0, 0, 0]))?.rate, 2);
  assert.deepEqual(window.commands(60)[0].counts, [20, 0, 0, 0, 0]);
});

Deno.test("window: other bounds cannot be compared", () => {
  const window = new SmbWindow();
  window.add(reading(100, [1, 0, 0, 0, 0]));
  assert.equal(window.add({ ...reading(110, [5, 0, 0]), bounds_ms: [1, 10] }), null);
  assert.deepEqual(window.bounds_ms, [1, 10]);
});

Deno.test("window: it is bounded", () => {
  const window = new SmbWindow();
  for (let i = 0; i <= READINGS; i++) window.add(reading(i, [i, 0, 0, 0, 0]));
  assert.deepEqual(window.commands(1e9)[0].counts, [READINGS - 1, 0, 0, 0, 0]);
});
