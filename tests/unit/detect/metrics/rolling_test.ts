/** Rolling windows against sums over the last points. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Random } from "../../../../src/detect/metrics/random.ts";
import {
  MAD_TO_DEVIATION,
  modifiedZ,
  SortedWindow,
} from "../../../../src/detect/metrics/robust.ts";
import { RollingWindow } from "../../../../src/detect/metrics/rolling.ts";

function meanOf(values: number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

function varianceOf(values: number[]): number {
  const mean = meanOf(values);
  return values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / (values.length - 1);
}

function medianOf(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const half = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[half] : sorted[half - 1] / 2 + sorted[half] / 2;
}

function assertClose(actual: number, expected: number, allowed: number, what: string): void {
  assert.ok(Math.abs(actual - expected) <= allowed, `${what}: ${actual} is not ${expected}`);
}

const value = fc.oneof(
  // In steps of a millionth, and no -0: neither occurs in a metric.
  fc.integer({ min: -1e9, max: 1e9 }).map((millionths) => millionths / 1e6),
  fc.integer({ min: -3, max: 3 }).map(Number),
  fc.constantFrom(0, 8.5e9, 8.5e9 + 1),
);
const series = fc.array(value, { minLength: 1, maxLength: 300, size: "max" });
const capacity = fc.integer({ min: 2, max: 90 });

Deno.test("mean, variance and steps are those of the last points", () => {
  fc.assert(
    fc.property(series, capacity, (values, capacity) => {
      const window = new RollingWindow(capacity);
      values.forEach((value, i) => {
        window.add(value);
        const last = values.slice(Math.max(0, i + 1 - capacity), i + 1);
        const scale = Math.max(...last.map(Math.abs), 1e-300);
        assert.equal(window.size, last.length);
        assertClose(window.mean, meanOf(last), scale * 1e-9, "mean");
        const variance = last.length < 2 ? 0 : varianceOf(last);
        // Values of 1e10 beside values of 1 may have left rounding behind, never more than that.
        assertClose(window.variance, variance, variance * 1e-6 + scale ** 2 * 1e-13, "variance");
        assert.equal(window.steps, last.filter((v, k) => k > 0 && v !== last[k - 1]).length);
        assert.equal(window.at(0), value);
        assert.equal(window.at(last.length - 1), last[0]);
      });
    }),
    { numRuns: 200 },
  );
});

Deno.test("small noise upon a large value keeps its variance over a million points", () => {
  const random = new Random(1);
  const window = new RollingWindow(300);
  for (let i = 0; i < 1_000_000; i++) window.add(1e9 + random.normal());
  const last = Array.from({ length: 300 }, (_, age) => window.at(age) - 1e9);
  assertClose(window.variance, varianceOf(last), 1e-6, "variance");
});

Deno.test("a huge value that has left leaves no trace", () => {
  const window = new RollingWindow(100);
  for (let i = 0; i < 150; i++) window.add(i % 2);
  window.add(1e15);
  for (let i = 0; i < 100; i++) window.add(i % 2);
  assertClose(window.mean, 0.5, 1e-12, "mean");
  assertClose(window.variance, 25 / 99, 1e-12, "variance");
});

Deno.test("a flat line has no variance, also after noise and whatever its value", () => {
  const random = new Random(2);
  for (const level of [0, 0.1, 1 / 3, 8.5e9 + 0.1]) {
    const window = new RollingWindow(50);
    for (let i = 0; i < 120; i++) window.add(level * random.unit());
    for (let i = 0; i < 50; i++) window.add(level);
    assert.equal(window.variance, 0);
    assert.equal(window.steps, 0);
    assert.equal(window.mean, level);
  }
});

Deno.test("median and MAD are those of the last points", () => {
  fc.assert(
    fc.property(series, capacity, (values, capacity) => {
      const ring = new RollingWindow(capacity);
      const sorted = new SortedWindow(capacity);
      values.forEach((value, i) => {
        sorted.replace(ring.oldest, value);
        ring.add(value);
        const last = values.slice(Math.max(0, i + 1 - capacity), i + 1);
        const median = medianOf(last);
        assert.equal(sorted.size, last.length);
        assert.equal(sorted.min, Math.min(...last));
        assert.equal(sorted.max, Math.max(...last));
        assert.equal(sorted.median(), median);
        assert.equal(sorted.mad(), medianOf(last.map((v) => Math.abs(v - median))));
      });
    }),
    { numRuns: 200 },
  );
});

Deno.test("an empty window has no median", () => {
  const window = new SortedWindow(4);
  assert.ok(Number.isNaN(window.median()));
  assert.ok(Number.isNaN(window.mad()));
});

Deno.test("the modified z-score of normal noise has a deviation of one", () => {
  const random = new Random(3);
  const values = Array.from({ length: 20_000 }, () => 7 + 3 * random.normal());
  const median = medianOf(values);
  const mad = medianOf(values.map((v) => Math.abs(v - median)));
  assertClose(mad / MAD_TO_DEVIATION, 3, 0.1, "MAD as deviation");
  assertClose(modifiedZ(7 + 3 * 4, median, mad), 4, 0.2, "four deviations");
});

Deno.test("random numbers: the same for a seed, others for another, uniform and normal", () => {
  const draw = (seed: number) =>
    Array.from({ length: 8 }, ((r) => () => r.bits())(new Random(seed)));
  assert.deepEqual(draw(5), draw(5));
  assert.notDeepEqual(draw(5), draw(6));
  const random = new Random(0);
  const uniform = Array.from({ length: 50_000 }, () => random.unit());
  assert.ok(uniform.every((u) => u >= 0 && u < 1));
  assertClose(meanOf(uniform), 0.5, 0.01, "mean");
  assertClose(varianceOf(uniform), 1 / 12, 0.002, "variance");
  const tenths = new Array(10).fill(0);
  for (let i = 0; i < 50_000; i++) tenths[random.below(10)]++;
  for (const count of tenths) assertClose(count, 5000, 300, "a tenth");
  const normal = Array.from({ length: 50_000 }, () => random.normal());
  assertClose(meanOf(normal), 0, 0.02, "normal mean");
  assertClose(varianceOf(normal), 1, 0.03, "normal variance");
});
