/** Learning on a pipeline: what the configuration switches, and what comes out as events. @module */
import assert from "node:assert/strict";
import { KeyDescriber } from "../../../../src/collect/describe.ts";
import { Random } from "../../../../src/detect/metrics/random.ts";
import { Learning } from "../../../../src/service/platform/learning.ts";
import { Pipeline } from "../../../../src/service/platform/pipeline.ts";

const START_SEC = 1_702_943_000;

/** Three of ten values lie 300 above the others: far from the median, within the wide deviation. */
function twoLevels(count: number): number[] {
  const random = new Random(1);
  return Array.from({ length: count }, (_, i) => 20 + random.normal() + (i % 10 < 3 ? 300 : 0));
}

/** The methods of the anomalies that a series leads to. */
function methodsIn(values: number[], enable_robust_detection: boolean): string[] {
  const pipeline = new Pipeline({
    bus: { buffer_size: 10_000, on_full: "drop_oldest" },
    points: 1000,
  });
  const options = { anomaly_threshold: 0.7, enable_robust_detection };
  const learning = new Learning(pipeline, options, new KeyDescriber([]));
  values.forEach((value, i) => {
    pipeline.measured("collector::test", START_SEC + i, [{ key: "a.value", value }]);
  });
  pipeline.close();
  const { events } = pipeline.recent.find({ event_type: "anomaly", limit: 1000 });
  assert.equal(learning.found, events.length);
  learning.close();
  return events.map(({ data }) => String(data.method));
}

Deno.test("ml.enable_robust_detection compares with the median too", () => {
  assert.deepEqual(methodsIn(twoLevels(300), false), []);
  const robust = methodsIn(twoLevels(300), true);
  assert.ok(robust.length > 0);
  assert.deepEqual([...new Set(robust)], ["robust"]);
});

Deno.test("the detectors are named as they are; other options begin anew", () => {
  const pipeline = new Pipeline({ bus: { buffer_size: 16, on_full: "drop_oldest" }, points: 10 });
  const make = (enable_robust_detection: boolean) =>
    new Learning(
      pipeline,
      { anomaly_threshold: 0.7, enable_robust_detection },
      new KeyDescriber([]),
    );
  assert.deepEqual(make(false).detectors, ["z_score", "three_sigma", "isolation_forest"]);
  const learning = make(true);
  assert.deepEqual(learning.detectors, ["z_score", "three_sigma", "robust", "isolation_forest"]);
  const same = { anomaly_threshold: 0.7, enable_robust_detection: true };
  assert.equal(learning.learnsBy(same), true);
  assert.equal(learning.learnsBy({ ...same, anomaly_threshold: 0.8 }), false);
  assert.equal(learning.learnsBy({ ...same, enable_robust_detection: false }), false);
  pipeline.close();
});
