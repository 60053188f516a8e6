/**
 * Unit tests of bench/support/paired.ts: an interval that is too narrow would let a cost look proven.
 * @module
 */
import assert from "node:assert/strict";
import { interval, tQuantile } from "../../../bench/support/paired.ts";

Deno.test("97.5 % quantiles of Student's t are those of the tables", () => {
  const table: Record<number, number> = { 3: 3.182, 5: 2.571, 9: 2.262, 11: 2.201, 30: 2.042 };
  for (const [degrees, value] of Object.entries(table)) {
    assert.ok(Math.abs(tQuantile(Number(degrees)) / value - 1) < 0.01, degrees);
  }
});

Deno.test("the interval of known values", () => {
  // Mean 3, standard deviation sqrt(2.5), standard error 0.7071, t(4) = 2.776.
  const { mean, low, high, n } = interval([1, 2, 3, 4, 5]);
  assert.equal(n, 5);
  assert.equal(mean, 3);
  assert.ok(Math.abs(high - 4.963) < 0.02, String(high));
  assert.ok(Math.abs(mean - low - (high - mean)) < 1e-12);
});

Deno.test("one value has no interval", () => {
  assert.throws(() => interval([1]), /less than two/);
});
