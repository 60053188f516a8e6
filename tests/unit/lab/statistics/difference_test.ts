/**
 * Welch's and the paired test against scipy and textbooks; summaries against NIST.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { type Difference, paired, welch } from "../../../../src/lab/statistics/difference.ts";
import { effectWord, hedgesG } from "../../../../src/lab/statistics/effect_size.ts";
import { percentageChange, summarize } from "../../../../src/lab/statistics/summary.ts";

function near(actual: number | null, expected: number): void {
  const off = Math.abs((actual ?? NaN) - expected);
  assert.ok(off <= 1e-9 * Math.max(1, Math.abs(expected)), `${actual} and not ${expected}`);
}

function check(found: Difference, expected: Omit<Difference, "test" | "standard_error">): void {
  near(found.difference, expected.difference);
  near(found.t, expected.t ?? NaN);
  near(found.degrees_of_freedom, expected.degrees_of_freedom);
  near(found.p, expected.p ?? NaN);
  near(found.interval[0], expected.interval[0]);
  near(found.interval[1], expected.interval[1]);
}

function estimate(values: readonly number[]) {
  const { average, standard_deviation, samples } = summarize(Float64Array.from(values));
  return { average, standard_deviation, independent: samples };
}

// deno-fmt-ignore
const UNEQUAL_SIZES = [
  [17.2, 20.9, 22.6, 18.1, 21.7, 21.4, 23.5, 24.2, 14.7, 21.8],
  [
    21.5, 22.8, 21, 23, 21.6, 23.6, 22.5, 20.7, 23.4, 21.8,
    20.7, 21.7, 21.5, 22.5, 23.6, 21.5, 22.5, 23.5, 21.5, 21.8,
  ],
];
// deno-fmt-ignore
const UNEQUAL_VARIANCES = [
  [19.8, 20.4, 19.6, 17.8, 18.5, 18.9, 18.3, 18.9, 19.5, 22],
  [
    28.2, 26.6, 20.1, 23.3, 25.2, 22.1, 17.7, 27.6, 20.6, 13.7,
    23.2, 17.5, 20.6, 18, 23.9, 21.6, 24.3, 20.4, 24, 13.2,
  ],
];

Deno.test("Welch: two examples with unequal sizes and variances", () => {
  check(welch(estimate(UNEQUAL_SIZES[0]), estimate(UNEQUAL_SIZES[1])), {
    difference: 1.525,
    t: 1.5654335235985037,
    degrees_of_freedom: 9.904741248650831,
    p: 0.14884169660532817,
    interval: [-0.6484213253751658, 3.698421325375163],
  });
  check(welch(estimate(UNEQUAL_VARIANCES[0]), estimate(UNEQUAL_VARIANCES[1])), {
    difference: 2.22,
    t: 2.2192409158236233,
    degrees_of_freedom: 24.496223124201244,
    p: 0.03597227102979692,
    interval: [0.15760646449535276, 4.282393535504645],
  });
});

Deno.test("paired: Student's sleep data of 1908", () => {
  const first = [0.7, -1.6, -0.2, -1.2, -0.1, 3.4, 3.7, 0.8, 0, 2];
  const second = [1.9, 0.8, 1.1, 0.1, -0.1, 4.4, 5.5, 1.6, 4.6, 3.4];
  check(paired(estimate(second.map((value, i) => value - first[i]))), {
    difference: 1.58,
    t: 4.062127683382037,
    degrees_of_freedom: 9,
    p: 0.002832890197384273,
    interval: [0.7001142367230176, 2.4598857632769824],
  });
});

Deno.test("values that do not vary have no t and no p, but a difference", () => {
  const found = welch(
    { average: 2, standard_deviation: 0, independent: 5 },
    { average: 3, standard_deviation: 0, independent: 5 },
  );
  assert.deepEqual([found.difference, found.t, found.p, found.interval], [1, null, null, [1, 1]]);
});

Deno.test("fewer independent samples make the interval wider and p larger", () => {
  const spread = { average: 10, standard_deviation: 2 };
  const independent = fc.double({ min: 2, max: 1000, noNaN: true });
  fc.assert(fc.property(independent, fc.double({ min: 0.1, max: 0.9, noNaN: true }), (n, part) => {
    const more = welch({ ...spread, independent: n }, { ...spread, average: 11, independent: n });
    const less = welch(
      { ...spread, independent: n * part },
      { ...spread, average: 11, independent: n * part },
    );
    assert.ok(less.interval[0] < more.interval[0] && less.interval[1] > more.interval[1]);
    assert.ok((less.p ?? 0) > (more.p ?? 0));
  }));
});

Deno.test("Hedges' g, and Cohen's words", () => {
  const of = ([a, b]: number[][]) =>
    hedgesG(summarize(Float64Array.from(a)), summarize(Float64Array.from(b)));
  near(of(UNEQUAL_SIZES), 0.7913634103142434);
  near(of(UNEQUAL_VARIANCES), 0.6214710833445919);
  assert.equal(of([[1, 1], [2, 2]]), null);
  assert.equal(of([[1], [2]]), null);
  assert.deepEqual([-0.1, 0.2, -0.5, 0.8].map(effectWord), [
    ...["negligible", "small", "medium", "large"],
  ]);
});

Deno.test("summary: NIST's NumAcc4, where a sum of squares has no digits left", () => {
  const values = Float64Array.from(
    { length: 1001 },
    (_, i) => i === 0 ? 10000000.2 : i % 2 === 1 ? 10000000.1 : 10000000.3,
  );
  const { average, standard_deviation, max, min, samples } = summarize(values);
  assert.ok(Math.abs(average - 10000000.2) < 1e-8);
  assert.ok(Math.abs(standard_deviation - 0.1) < 1e-8);
  assert.deepEqual([max, min, samples], [10000000.3, 10000000.1, 1001]);
  assert.throws(() => summarize(new Float64Array()), RangeError);
  assert.equal(summarize(Float64Array.of(4)).standard_deviation, 0);
});

Deno.test("percentage change: of a negative figure too, none of 0", () => {
  assert.deepEqual([percentageChange(20, 25), percentageChange(-20, -25)], [25, -25]);
  assert.equal(percentageChange(0, 3), null);
});
