/** Configured metric anomalies: what counts, when they fire, what a cooldown and a reload do. @module */
import assert from "node:assert/strict";
import type { Anomaly, Followup } from "../../../../src/detect/anomaly.ts";
import { IdSource } from "../../../../src/detect/ids.ts";
import type { NamedMetricAnomaly } from "../../../../src/detect/metrics/metric_anomaly.ts";
import { MetricTriggers, type TriggerRules } from "../../../../src/detect/metrics/trigger.ts";

const RULES: TriggerRules = {
  name: "busy",
  type: "metric",
  tool: "collectors",
  mode: "all",
  acceptable_count: 1,
  cooldown_sec: 100,
  group_by: "none",
  metrics: ["cpu.*", "host"],
  min_z_score: 0,
  min_score: 0,
  window_sec: 60,
};
/** Wall time is so far ahead of CLOCK_MONOTONIC. */
const OFFSET_SEC = 1_700_000_000;

/** Triggers with a clock that the test sets. */
function bed(...rules: Partial<TriggerRules>[]) {
  const anomalies: Anomaly[] = [];
  const followups: Followup[] = [];
  const clock = { sec: 1000 };
  const ns = (sec: number) => BigInt(Math.round(sec * 1e9));
  const triggers = new MetricTriggers({
    ids: new IdSource(() => ns(OFFSET_SEC + clock.sec)),
    nowNs: () => ns(clock.sec),
    wallOffsetNs: () => ns(OFFSET_SEC),
    onAnomaly: (anomaly) => anomalies.push(anomaly),
    onFollowup: (followup) => followups.push(followup),
  });
  triggers.configure(rules.map((own) => ({ ...RULES, ...own })));
  const found = (over: Partial<NamedMetricAnomaly> = {}) =>
    triggers.observe({
      metric_key: "cpu.total",
      value: 97,
      mean: 12,
      z_score: 14,
      method: "z_score",
      unit: "%",
      timestamp: OFFSET_SEC + clock.sec - 0.5,
      ...over,
    });
  return { triggers, anomalies, followups, clock, found };
}

Deno.test("one that matches fires at once and says which metric left its range", () => {
  const { anomalies, found, triggers } = bed({});
  found({ metric_key: "memory.percent" });
  assert.equal(anomalies.length, 0);
  found();
  assert.equal(anomalies.length, 1);
  const [anomaly] = anomalies;
  assert.deepEqual(
    [anomaly.type, anomaly.name, anomaly.reason, anomaly.count, anomaly.acceptable_count],
    ["metric", "busy", "count", 1, 1],
  );
  assert.equal(anomaly.metrics?.[0].metric_key, "cpu.total");
  assert.equal(anomaly.first_start_ns, 999_500_000_000n, "when it was measured");
  assert.equal(anomaly.window_end_ns, 999_500_000_000n);
  assert.equal(anomaly.detected_ns, 1_000_000_000_000n);
  assert.match(anomaly.id, /^\d{19}$/);
  assert.deepEqual(anomaly.rules, { metrics: "cpu.*, host", min_z_score: 0, min_score: 0 });
  assert.deepEqual(triggers.takeViolations(), { busy: 1 });
  assert.deepEqual(triggers.takeViolations(), {});
});

Deno.test("min_z_score is a distance on either side; min_score holds for the forest only", () => {
  const { anomalies, found } = bed({ min_z_score: 8, min_score: 0.8, cooldown_sec: 0 });
  found({ z_score: 7.9 });
  found({ z_score: -7.9 });
  found({ metric_key: "host", score: 0.79, z_score: 20 });
  assert.equal(anomalies.length, 0);
  found({ z_score: -8 });
  found({ metric_key: "host", score: 0.8, z_score: 20 });
  assert.equal(anomalies.length, 2);
});

Deno.test("several are counted in the window of the anomaly, farthest first, and it begins empty again", () => {
  const { anomalies, found, clock } = bed({ acceptable_count: 3, cooldown_sec: 0 });
  found();
  clock.sec += 61; // the first is gone
  found({ z_score: 6 });
  clock.sec += 30;
  found({ z_score: -9, metric_key: "cpu.iowait" });
  assert.equal(anomalies.length, 0);
  clock.sec += 29;
  found({ z_score: 7 });
  assert.equal(anomalies.length, 1);
  assert.deepEqual(anomalies[0].metrics?.map(({ z_score }) => z_score), [-9, 7, 6]);
  assert.equal(anomalies[0].count, 3);
  found();
  found();
  assert.equal(anomalies.length, 1);
});

Deno.test("a bundle names twenty at most", () => {
  const { anomalies, found } = bed({ acceptable_count: 50 });
  for (let i = 0; i < 50; i++) found({ z_score: i });
  assert.equal(anomalies[0].count, 50);
  assert.equal(anomalies[0].metrics?.length, 20);
  assert.equal(anomalies[0].metrics?.[0].z_score, 49);
});

Deno.test("in the cooldown repeats are follow-ups; one anomaly mutes no other", () => {
  const { anomalies, followups, found, clock, triggers } = bed({}, {
    name: "io",
    metrics: ["disk.*"],
  });
  found();
  clock.sec += 50;
  found();
  found();
  found({ metric_key: "disk.sda.queue" });
  assert.deepEqual(anomalies.map(({ name }) => name), ["busy", "io"]);
  triggers.tick();
  assert.deepEqual(followups.map(({ id, count }) => [id, count]), [[anomalies[0].id, 2]]);
  clock.sec += 51;
  found();
  assert.deepEqual(anomalies.map(({ name }) => name), ["busy", "io", "busy"]);
  triggers.tick(true);
  assert.equal(followups.length, 1, "nothing new to tell");
});

Deno.test("a reload: what is unchanged keeps its window, a changed rule its cooldown, a dropped one ends", () => {
  const { anomalies, followups, found, triggers } = bed({ acceptable_count: 2 }, { name: "b" });
  found(); // fires b, half of busy
  triggers.configure([
    { ...RULES, acceptable_count: 2 },
    { ...RULES, name: "b", min_z_score: 1 },
  ]);
  found();
  assert.deepEqual(anomalies.map(({ name }) => name), ["b", "busy"]);
  triggers.configure([]);
  assert.deepEqual(followups.map(({ id, count }) => [id, count]), [[anomalies[0].id, 1]]);
  found();
  assert.equal(anomalies.length, 2);
});

Deno.test("a wall clock that was set moves nothing out of the window", () => {
  const { anomalies, found } = bed({ cooldown_sec: 0 });
  found({ timestamp: OFFSET_SEC + 9999 });
  found({ timestamp: 0 });
  assert.equal(anomalies[0].first_start_ns, anomalies[0].detected_ns);
  assert.equal(anomalies[1].first_start_ns, 940_000_000_000n);
});
