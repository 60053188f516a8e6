/**
 * Gamma and beta function and Student's t against values of scipy.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { incompleteBeta, logGamma } from "../../../../src/lab/statistics/beta.ts";
import { twoSidedP, twoSidedQuantile } from "../../../../src/lab/statistics/student_t.ts";

function near(actual: number, expected: number, relative: number, what: string): void {
  const off = Math.abs(actual - expected);
  assert.ok(off <= relative * Math.max(Math.abs(expected), 1e-300), `${what}: ${actual}`);
}

Deno.test("logarithm of the gamma function", () => {
  for (
    const [x, expected] of [
      [0.5, 0.5723649429247],
      [1.5, -0.12078223763524526],
      [10, 12.801827480081469],
      [100.25, 360.28455963776423],
      [50000, 490984.42327157187],
    ]
  ) near(logGamma(x), expected, 1e-13, `x = ${x}`);
  assert.ok(Math.abs(logGamma(1)) < 1e-14 && Math.abs(logGamma(2)) < 1e-14);
});

Deno.test("regularized incomplete beta function", () => {
  for (
    const [x, a, b, expected] of [
      [0.5, 0.5, 0.5, 0.5],
      [0.1, 2, 3, 0.0523],
      [0.9, 2, 3, 0.9963],
      [0.01, 0.5, 500, 0.998472642120947],
      [0.999, 1000, 0.5, 0.15724727426672383],
      [0.3, 50, 120, 0.575556705163632],
      [0, 2, 3, 0],
      [1, 2, 3, 1],
    ]
  ) near(incompleteBeta(x, a, b), expected, 1e-11, `I_${x}(${a}, ${b})`);
});

Deno.test("Student's t: probability of at least |t|", () => {
  for (
    const [t, df, expected] of [
      [0, 5, 1],
      [0.5, 1, 0.7048327646991335],
      [1, 1, 0.5],
      [2, 2.5, 0.1573914957579659],
      [2.262157, 9, 0.05000001330443163],
      [1.96, 1e6, 0.04999606758526985],
      [-3.3, 7.25, 0.012478606679691561],
      [12, 3, 0.0012450158007893362],
      [40, 100, 2.462107602140071e-63],
      [0.001, 30, 0.9992087357664851],
      [5, 1, 0.1256659163780024],
      [1.5, 250000.5, 0.13361566533074354],
    ]
  ) near(twoSidedP(t, df), expected, 1e-8, `t = ${t}, df = ${df}`);
  assert.equal(twoSidedP(Infinity, 5), 0);
});

Deno.test("Student's t: quantiles", () => {
  for (
    const [p, df, expected] of [
      [0.05, 1, 12.706204736174705],
      [0.05, 2.5, 3.5746548420036834],
      [0.05, 9, 2.2621571627982053],
      [0.05, 30, 2.042272456301238],
      [0.05, 1e6, 1.9599663568141072],
      [0.01, 4, 4.604094871349993],
      [0.5, 7.3, 0.709573020456991],
      [0.001, 100, 3.3904913111642294],
    ]
  ) near(twoSidedQuantile(p, df), expected, 1e-9, `p = ${p}, df = ${df}`);
});

Deno.test("the quantile is the inverse of the probability, which falls with |t|", () => {
  const df = fc.double({ min: 1, max: 1e5, noNaN: true });
  fc.assert(fc.property(fc.double({ min: 1e-6, max: 0.999, noNaN: true }), df, (p, df) => {
    const t = twoSidedQuantile(p, df);
    assert.ok(Math.abs(twoSidedP(t, df) - p) < 1e-9);
    assert.ok(twoSidedP(1.1 * t, df) < p);
  }));
});
