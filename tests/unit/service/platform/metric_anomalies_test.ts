/** What the platform makes of the anomalies of metrics, and what it gives a bundle. @module */
import assert from "node:assert/strict";
import { KeyDescriber } from "../../../../src/collect/describe.ts";
import { COLLECTOR_METRICS } from "../../../../src/collect/registry.ts";
import type { MetricAnomaly } from "../../../../src/detect/metrics/metric_anomaly.ts";
import type { TriggerRules } from "../../../../src/detect/metrics/trigger.ts";
import { MOST_POINTS, MOST_SERIES } from "../../../../src/evidence/host_metrics.ts";
import type { FromWorker } from "../../../../src/service/messages.ts";
import { MetricAnomalies } from "../../../../src/service/platform/metric_anomalies.ts";
import { SeriesStore } from "../../../../src/stream/series.ts";
import "../../../support/libraries.ts";

const RULES: TriggerRules = {
  name: "busy",
  type: "metric",
  tool: "collectors",
  mode: "all",
  acceptable_count: 1,
  cooldown_sec: 100,
  group_by: "none",
  metrics: ["cpu.*"],
  min_z_score: 0,
  min_score: 0,
  window_sec: 60,
};

function rig() {
  const sent: FromWorker[] = [];
  const warnings: string[] = [];
  const anomalies = new MetricAnomalies({
    send: (message) => sent.push(message),
    describer: new KeyDescriber(COLLECTOR_METRICS),
    families: COLLECTOR_METRICS.map(({ key }) => key),
    warn: (text) => warnings.push(text),
  });
  return { anomalies, sent, warnings };
}

const found = (metric_key: string, timestamp: number): MetricAnomaly => ({
  metric_key,
  value: 90,
  mean: 10,
  z_score: 9,
  method: "z_score",
  timestamp,
});

Deno.test("a configured one is an anomaly message with its unit; repeats and counts are told at the end", () => {
  const { anomalies, sent } = rig();
  const now = Date.now() / 1000;
  anomalies.found(found("cpu.total", now));
  assert.equal(sent.length, 0, "passive unless configured");
  anomalies.configure([RULES]);
  anomalies.found(found("memory.percent", now));
  anomalies.found(found("cpu.total", now));
  anomalies.found(found("cpu.iowait", now));
  anomalies.close();
  assert.deepEqual(sent.map(({ kind }) => kind), ["anomaly", "followup", "violations"]);
  const [first] = sent;
  assert.ok(first.kind === "anomaly");
  assert.deepEqual(first.anomaly.metrics?.map(({ metric_key, unit }) => [metric_key, unit]), [
    ["cpu.total", "%"],
  ]);
  assert.ok(sent[2].kind === "violations");
  assert.deepEqual(sent[2].counts, { busy: 2 });
});

Deno.test("a pattern that no key can fit is told once", () => {
  const { anomalies, warnings } = rig();
  const metrics = ["cpu.totl", "disk.*", "host", "disk.sda.queue", "*"];
  anomalies.configure([{ ...RULES, metrics }]);
  anomalies.configure([{ ...RULES, metrics, cooldown_sec: 1 }]);
  anomalies.close();
  assert.deepEqual(warnings, ["anomaly busy: no metric has a key like cpu.totl"]);
});

Deno.test("a bundle gets what is asked for first, the most telling next, and never more than it may", () => {
  const { anomalies } = rig();
  const store = new SeriesStore({ points: 1000, keys: 4096 });
  for (let core = 0; core < 100; core++) store.add(`cpu.core${core}`, 1000, 1);
  for (
    const key of ["network.eth0.rx_drops_delta", "cpu.total", "aod.cpu_percent", "memory.percent"]
  ) {
    for (let i = 0; i < 900; i++) store.add(key, 100 + i, i);
  }
  store.add("disk.old.queue", 50, 1);
  anomalies.found(found("cpu.core77", 990));
  anomalies.found(found("cpu.core78", 10));
  const keys = ["network.eth0.rx_drops_delta", "not.there"];
  const { series, left_out, anomalies: named } = anomalies.answer(
    { from_sec: 100, anomalies_from_sec: 900, keys },
    store,
  );
  assert.equal(series.length, MOST_SERIES);
  assert.deepEqual(series.slice(0, 2).map(({ metric_key }) => metric_key), [
    "cpu.core77",
    "network.eth0.rx_drops_delta",
  ]);
  assert.deepEqual(series.slice(2, 4).map(({ metric_key }) => metric_key), [
    "cpu.total",
    "memory.percent",
  ]);
  const total = series[2];
  assert.deepEqual([total.unit, total.metric_type], ["%", "utilization"]);
  assert.equal(total.values.length, MOST_POINTS);
  assert.equal(total.values.at(-1), 899, "the newest stay");
  assert.ok(series.every(({ metric_key }) => !/^aod|old/.test(metric_key)));
  assert.equal(left_out, 103 - MOST_SERIES);
  assert.deepEqual(named.map(({ metric_key }) => metric_key), ["cpu.core77"]);
});

Deno.test("of very many anomalies the newest are named", () => {
  const { anomalies } = rig();
  for (let i = 0; i < 500; i++) anomalies.found(found("cpu.total", i));
  const store = new SeriesStore({ points: 10, keys: 10 });
  const { anomalies: named } = anomalies.answer(
    { from_sec: 0, anomalies_from_sec: 0, keys: [] },
    store,
  );
  assert.deepEqual(
    named.map(({ timestamp }) => timestamp),
    Array.from({ length: 20 }, (_, i) => 480 + i),
  );
});
