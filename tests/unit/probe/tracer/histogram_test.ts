/**
 * Histograms by powers of two against the values that they are made of.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  addHistogram,
  bucketFloor,
  emptyHistogram,
  histogramMean,
  histogramQuantile,
  type Log2Histogram,
} from "../../../../src/probe/tracer/histogram.ts";

const BUCKETS = 40;

/** As the kernel counts: floor(log2), 0 in the first bucket, the rest in the last one. */
function histogramOf(values: number[]): Log2Histogram {
  const histogram = emptyHistogram(BUCKETS);
  for (const value of values) {
    const bucket = value < 2 ? 0 : Math.min(BUCKETS - 1, Math.floor(Math.log2(value)));
    histogram.buckets[bucket]++;
    histogram.count++;
    histogram.sum += value;
  }
  return histogram;
}

const values = fc.array(fc.integer({ min: 0, max: 2 ** 38 }), { minLength: 1, maxLength: 200 });

Deno.test("a quantile is within the bucket of the value at its rank", () => {
  fc.assert(fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (list, q) => {
    const sorted = [...list].sort((a, b) => a - b);
    const exact = sorted[Math.max(0, Math.ceil(q * list.length) - 1)];
    const bucket = exact < 2 ? 0 : Math.floor(Math.log2(exact));
    const told = histogramQuantile(histogramOf(list), q);
    assert.ok(told >= bucketFloor(bucket) && told <= 2 ** (bucket + 1), `${told} for ${exact}`);
  }));
});

Deno.test("quantiles never go down as q goes up", () => {
  fc.assert(fc.property(values, (list) => {
    const histogram = histogramOf(list);
    let last = 0;
    for (let q = 0; q <= 1; q += 0.05) {
      const told = histogramQuantile(histogram, q);
      assert.ok(told >= last);
      last = told;
    }
  }));
});

Deno.test("two histograms added are the histogram of both", () => {
  fc.assert(fc.property(values, values, (one, two) => {
    const sum = histogramOf(one);
    addHistogram(sum, histogramOf(two));
    assert.deepEqual(sum, histogramOf([...one, ...two]));
  }));
});

Deno.test("without values there is neither mean nor quantile", () => {
  assert.ok(Number.isNaN(histogramMean(emptyHistogram(4))));
  assert.ok(Number.isNaN(histogramQuantile(emptyHistogram(4), 0.5)));
  assert.equal(histogramMean(histogramOf([1, 2, 6])), 3);
});

Deno.test("of the last bucket only the floor is told", () => {
  const last = emptyHistogram(8);
  last.buckets[7] = last.count = 5;
  assert.equal(histogramQuantile(last, 0.99), 128);
});
