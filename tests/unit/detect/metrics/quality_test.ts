/**
 * Precision and recall on series with planted faults, seeds fixed: what docs/learning.md promises.
 * The bench anomaly-quality measures the same on more series and beside scikit-learn.
 * @module
 */
import assert from "node:assert/strict";
import {
  flagsNearOthers,
  judgeHost,
  judgeKey,
  judgeTrend,
} from "../../../support/learning/judges.ts";
import {
  type Fault,
  FAULTS,
  plantedHost,
  plantedSeries,
  type Shape,
} from "../../../support/learning/planted.ts";
import {
  addQuality,
  falseAlarmsPerHour,
  noQuality,
  precision,
  type Quality,
  recall,
  reportsOf,
} from "../../../support/learning/quality.ts";

function ofSeries(shape: Shape, fault: Fault | null, judge = judgeKey, seeds = 8): Quality {
  const sum = noQuality();
  for (let seed = 0; seed < seeds; seed++) {
    const { values, faults } = plantedSeries(shape, fault, 7 * seed + 1);
    addQuality(sum, faults, judge(values), values.length);
  }
  return sum;
}

function ofHost(shape: Shape, fault: Fault | null, reach: number): Quality {
  const sum = noQuality();
  for (let seed = 0; seed < 2; seed++) {
    const planted = plantedHost(shape, fault, reach, 7 * seed + 1);
    addQuality(sum, planted.faults, judgeHost(planted), planted.rows.length / planted.width);
  }
  return sum;
}

function assertQuality(quality: Quality, least: { precision: number; recall: number }): void {
  const text = JSON.stringify(quality);
  assert.ok(precision(quality) >= least.precision, `precision ${precision(quality)}: ${text}`);
  assert.ok(recall(quality) >= least.recall, `recall ${recall(quality)}: ${text}`);
}

Deno.test("plain series: spikes, shifts and changed variance are found without a false alarm", () => {
  assertQuality(ofSeries("plain", "spike"), { precision: 1, recall: 1 });
  assertQuality(ofSeries("plain", "level shift"), { precision: 1, recall: 1 });
  assertQuality(ofSeries("plain", "change of variance"), { precision: 1, recall: 1 });
});

Deno.test("plain series without a fault: no false alarm in 13 hours", () => {
  const quality = ofSeries("plain", null);
  assert.equal(quality.points, 48_000);
  assert.equal(falseAlarmsPerHour(quality), 0);
});

Deno.test("a slow drift is not seen by a window that drifts along, but by the trend", () => {
  assert.ok(recall(ofSeries("plain", "slow drift")) < 0.3);
  assertQuality(ofSeries("plain", "slow drift", judgeTrend), { precision: 0.5, recall: 0.95 });
});

Deno.test("seasonal series: what is lost to the season", () => {
  assertQuality(ofSeries("seasonal", "spike"), { precision: 0.85, recall: 0.7 });
  assertQuality(ofSeries("seasonal", "level shift"), { precision: 0.85, recall: 0.5 });
  assertQuality(ofSeries("seasonal", "change of variance"), { precision: 0.85, recall: 0.6 });
  assert.ok(falseAlarmsPerHour(ofSeries("seasonal", null)) < 0.5);
});

Deno.test("the median finds a changed variance that the season hides from the mean", () => {
  const robust = (values: Float64Array) => judgeKey(values, { robust: true });
  assertQuality(ofSeries("seasonal", "change of variance", robust), {
    precision: 0.9,
    recall: 0.9,
  });
});

Deno.test("host: faults of all eight metrics are found, without a false alarm on plain data", () => {
  for (const fault of FAULTS) {
    assertQuality(ofHost("plain", fault, 8), { precision: 1, recall: 0.75 });
  }
  assert.equal(falseAlarmsPerHour(ofHost("plain", null, 8)), 0);
});

Deno.test("host: a fault of one metric alone is not seen at 0.7", () => {
  assert.equal(recall(ofHost("plain", "spike", 1)), 0);
});

Deno.test("the planted faults are where they are said to be", () => {
  for (const fault of FAULTS) {
    const { values, faults } = plantedSeries("plain", fault, 3);
    const { values: well } = plantedSeries("plain", null, 3);
    assert.equal(faults.length, 4);
    // The places take a random number each before the noise begins: the noise differs, its size not.
    const rms = (from: number, to: number, of: Float64Array) =>
      Math.sqrt(of.subarray(from, to).reduce((sum, v) => sum + (v - 50) ** 2, 0) / (to - from));
    for (const { from, to } of faults) {
      assert.ok(from > 1000 && to < values.length);
      assert.ok(rms(from, to, values) > 3, `${fault} at ${from}`);
      assert.ok(rms(from - 100, from, values) < 1.5);
    }
    assert.ok(rms(0, well.length, well) < 1.1);
  }
});

Deno.test("reports and qualities are counted by fault", () => {
  const at = (...points: number[]) => Array.from({ length: 200 }, (_, i) => points.includes(i));
  assert.deepEqual(reportsOf(at(10, 11, 14, 30, 100, 180), 5, 60), [10, 100, 180]);
  assert.deepEqual(flagsNearOthers(at(5, 20, 25, 31)).flatMap((flag, i) => flag ? [i] : []), [25]);
  const sum = noQuality();
  addQuality(sum, [{ from: 10, to: 20 }, { from: 100, to: 110 }], [12, 15, 28, 50], 200);
  assert.deepEqual(sum, { faults: 2, found: 1, reports: 4, right: 3, points: 200 });
  assert.deepEqual([precision(sum), recall(sum), falseAlarmsPerHour(sum)], [0.75, 0.5, 18]);
});
