/**
 * Independent samples: of series whose autocorrelation is known, and what the test makes of them.
 * @module
 */
import assert from "node:assert/strict";
import {
  autocorrelationTime,
  effectiveSamples,
} from "../../../../src/lab/statistics/autocorrelation.ts";
import { welch } from "../../../../src/lab/statistics/difference.ts";
import { summarize } from "../../../../src/lab/statistics/summary.ts";
import { autoregressive, normal } from "../../../support/lab/random.ts";

Deno.test("autoregressive series: tau is (1 + phi) / (1 - phi)", () => {
  for (const phi of [0, 0.5, 0.8, 0.9]) {
    const tau = autocorrelationTime(autoregressive(20_000, phi, normal(7)));
    const expected = (1 + phi) / (1 - phi);
    assert.ok(Math.abs(tau / expected - 1) < 0.15, `phi ${phi}: ${tau} and not ${expected}`);
  }
});

Deno.test("neighbours that alternate, a trend, no variation, few values", () => {
  const alternating = Float64Array.from({ length: 100 }, (_, i) => i % 2);
  assert.equal(effectiveSamples(alternating), 100);
  const trend = Float64Array.from({ length: 500 }, (_, i) => i);
  assert.ok(effectiveSamples(trend) < 4, `${effectiveSamples(trend)}`);
  assert.equal(effectiveSamples(new Float64Array(50).fill(3)), 50);
  assert.equal(effectiveSamples(Float64Array.of(3)), 1);
  assert.ok(effectiveSamples(Float64Array.of(3, 4)) <= 2);
});

Deno.test("long series are averaged in blocks first: the same answer", () => {
  const values = autoregressive(50_000, 0.9, normal(11));
  const expected = 50_000 * (1 - 0.9) / (1 + 0.9);
  assert.ok(Math.abs(effectiveSamples(values) / expected - 1) < 0.15);
});

Deno.test("runs that do not differ: the test errs in 5 of 100, not in 40 as one that counts every sample", () => {
  const next = normal(3);
  const runs = 400;
  let honest = 0;
  let naive = 0;
  for (let run = 0; run < runs; run++) {
    const [a, b] = [0, 1].map(() => autoregressive(300, 0.7, next));
    const p = (of: (values: Float64Array) => number) => {
      const [ofA, ofB] = [a, b].map((values) => ({
        ...summarize(values),
        independent: of(values),
      }));
      return welch(ofA, ofB).p ?? 1;
    };
    if (p(effectiveSamples) < 0.05) honest++;
    if (p((values) => values.length) < 0.05) naive++;
  }
  assert.ok(honest < 0.08 * runs, `${honest} of ${runs}`);
  assert.ok(naive > 0.3 * runs, `${naive} of ${runs}`);
});
