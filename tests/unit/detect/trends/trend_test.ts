/** Slopes and directions against a naive regression and against noise. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Random } from "../../../../src/detect/metrics/random.ts";
import { drawLine } from "../../../../src/detect/trends/regression.ts";
import { twoSidedT } from "../../../../src/detect/trends/student_t.ts";
import { trendOf } from "../../../../src/detect/trends/trend.ts";

const START = 1_702_943_000;

function seconds(count: number, step = 1): number[] {
  return Array.from({ length: count }, (_, i) => START + i * step);
}

/** Noise that remembers its predecessor by `memory`, standard deviation 1. */
function noise(count: number, memory: number, seed: number): number[] {
  const random = new Random(seed);
  let state = random.normal();
  return Array.from(
    { length: count },
    () => state = memory * state + Math.sqrt(1 - memory ** 2) * random.normal(),
  );
}

Deno.test("slope, r2 and residual are those of the textbook's formulas", () => {
  const point = fc.tuple(fc.integer({ min: 0, max: 1000 }), fc.integer({ min: -500, max: 500 }));
  fc.assert(
    fc.property(fc.array(point, { minLength: 3, maxLength: 80 }), (points) => {
      const times = points.map(([t]) => t).sort((a, b) => a - b);
      const values = points.map(([, v]) => v);
      const line = drawLine(times.map((t) => START + t), values);
      if (times[0] === times.at(-1)) {
        assert.equal(line, null);
        return;
      }
      assert.ok(line !== null);
      const n = BigInt(points.length);
      const sum = (f: (t: bigint, v: bigint) => bigint) =>
        times.reduce((total, t, i) => total + f(BigInt(t), BigInt(values[i])), 0n);
      // Exact in whole numbers: n Sxy - Sx Sy and so on.
      const tv = n * sum((t, v) => t * v) - sum((t) => t) * sum((_, v) => v);
      const tt = n * sum((t) => t * t) - sum((t) => t) ** 2n;
      const vv = n * sum((_, v) => v * v) - sum((_, v) => v) ** 2n;
      const slope = Number(tv) / Number(tt);
      assert.ok(Math.abs(line.slope - slope) <= 1e-9 * (1 + Math.abs(slope)), `${line.slope}`);
      const r2 = vv === 0n ? 0 : Number(tv) ** 2 / Number(tt) / Number(vv);
      assert.ok(Math.abs(line.r2 - r2) < 1e-9, `r2 ${line.r2} is not ${r2}`);
      const squares = vv === 0n ? 0 : (1 - r2) * Number(vv) / points.length;
      const residual = Math.sqrt(squares / (points.length - 2));
      assert.ok(Math.abs(line.residual - residual) < 1e-4 * (1 + residual));
    }),
    { numRuns: 300 },
  );
});

Deno.test("a line through large values keeps its digits", () => {
  const times = seconds(300);
  const trend = trendOf(times, times.map((t) => 8.5e9 - 2000 * (t - START)));
  assert.ok(trend !== null);
  assert.ok(Math.abs(trend.slope + 2000) < 1e-6);
  assert.equal(trend.trend_direction, "stable", "0.007 % of the value is no change");
  const steep = trendOf(times, times.map((t) => 8.5e9 - 200_000 * (t - START)));
  assert.equal(steep?.trend_direction, "decreasing");
  assert.ok(Math.abs((steep?.r2 ?? 0) - 1) < 1e-9);
  assert.ok(Math.abs((steep?.magnitude ?? 0) - 200_000) < 1e-3);
  assert.equal(steep?.current_value, 8.5e9 - 200_000 * 299);
});

Deno.test("a clear rise and a clear fall in noise are told, with their slopes", () => {
  for (let seed = 0; seed < 20; seed++) {
    const times = seconds(300);
    const rest = noise(300, 0.5, seed);
    const rising = trendOf(times, times.map((t, i) => 40 + 0.03 * (t - START) + rest[i]));
    assert.equal(rising?.trend_direction, "increasing");
    assert.ok(Math.abs(rising.slope - 0.03) < 0.006, `${rising.slope}`);
    const falling = trendOf(times, times.map((t, i) => 40 - 0.03 * (t - START) + rest[i]));
    assert.equal(falling?.trend_direction, "decreasing");
  }
});

Deno.test("noise has no direction, independent or not", () => {
  for (const memory of [0, 0.5, 0.9]) {
    let wrong = 0;
    for (let seed = 0; seed < 500; seed++) {
      const trend = trendOf(seconds(150, 2), noise(150, memory, seed * 3 + 1));
      if (trend?.trend_direction !== "stable") wrong++;
    }
    // At 99 % five would be due; the other two conditions remove some, long memory adds some.
    assert.ok(wrong <= 15, `memory ${memory}: ${wrong} of 500`);
  }
});

Deno.test("a flat series is stable with r2 0, whatever its value", () => {
  for (const level of [0, 0.1, 1e12 / 3]) {
    const trend = trendOf(seconds(300), new Array(300).fill(level));
    assert.deepEqual(trend, {
      slope: 0,
      current_value: level,
      trend_direction: "stable",
      magnitude: 0,
      r2: 0,
      points: 300,
    });
  }
});

Deno.test("few points have no direction, no point no trend", () => {
  assert.equal(trendOf([], []), null);
  assert.equal(trendOf([START], [NaN]), null);
  assert.equal(trendOf([START], [5])?.current_value, 5);
  assert.equal(trendOf([START, START + 1], [5, 9])?.slope, 0);
  const nine = trendOf(seconds(9), [1, 2, 3, 4, 5, 6, 7, 8, 9]);
  assert.equal(nine?.trend_direction, "stable");
  assert.ok(Math.abs((nine?.slope ?? 0) - 1) < 1e-9);
  assert.equal(trendOf([START, START, START], [1, 2, 3])?.trend_direction, "stable");
});

Deno.test("points that are no numbers are left out", () => {
  const times = seconds(20);
  const values = times.map((_, i) => i % 4 === 1 ? NaN : 3 * i);
  values[19] = Infinity;
  const trend = trendOf(times, values);
  assert.ok(Math.abs((trend?.slope ?? 0) - 3) < 1e-9);
  assert.equal(trend?.current_value, 54);
  assert.equal(trend?.trend_direction, "increasing");
});

Deno.test("any series gives finite numbers", () => {
  const value = fc.double({ min: -1e100, max: 1e100, noNaN: true });
  const step = fc.double({ min: 0, max: 100, noNaN: true });
  fc.assert(
    fc.property(fc.array(fc.tuple(step, value), { minLength: 1, maxLength: 100 }), (points) => {
      let time = START;
      const times = points.map(([gap]) => time += gap);
      const trend = trendOf(times, points.map(([, v]) => v));
      assert.ok(trend !== null);
      const { slope, magnitude, r2 } = trend;
      assert.ok([slope, magnitude, r2].every(Number.isFinite), JSON.stringify(trend));
      assert.ok(r2 >= 0 && r2 <= 1 && magnitude >= 0);
    }),
    { numRuns: 300 },
  );
});

Deno.test("Student's t is that of the tables", () => {
  const table: [p: number, degrees: number, t: number][] = [
    ...[[0.05, 1, 12.7062], [0.05, 2, 4.30265], [0.05, 3, 3.18245], [0.05, 5, 2.57058]] as const,
    ...[[0.05, 10, 2.22814], [0.05, 30, 2.04227], [0.05, 1000, 1.96234]] as const,
    ...[[0.01, 3, 5.84091], [0.01, 10, 3.16927], [0.01, 100, 2.62589]] as const,
    ...[[0.1, 4, 2.13185], [0.5, 7, 0.711142], [0.001, 5, 6.86883]] as const,
  ].map(([p, degrees, t]) => [p, degrees, t]);
  for (const [p, degrees, t] of table) {
    assert.ok(Math.abs(twoSidedT(p, degrees) / t - 1) < 1e-4, `t(${p}, ${degrees})`);
  }
  assert.throws(() => twoSidedT(0, 5), RangeError);
  assert.throws(() => twoSidedT(0.5, 0.5), RangeError);
});
