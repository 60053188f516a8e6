/** Prometheus families of the agent: names, units, no family twice. @module */
import assert from "node:assert/strict";
import { prometheusText } from "../../../../src/api/prometheus.ts";
import { KeyDescriber } from "../../../../src/collect/describe.ts";
import { COLLECTOR_METRICS } from "../../../../src/collect/registry.ts";
import { ControlBlock } from "../../../../src/service/control.ts";
import { GAUGES, SUMMARIES } from "../../../../src/service/control_names.ts";
import {
  controlFamilies,
  hostFamilies,
  metricName,
  processFamilies,
  smbFamilies,
} from "../../../../src/service/platform/families.ts";
import { OWN_METRICS } from "../../../../src/service/platform/own_metrics.ts";
import { SmbCounts } from "../../../../src/service/platform/smb_latency.ts";
import { SeriesStore } from "../../../../src/stream/series.ts";

const METRICS = [...COLLECTOR_METRICS, ...OWN_METRICS];

/** A store with a point of every metric, of two devices where there are devices. */
function everything(): SeriesStore {
  const series = new SeriesStore({ points: 10, keys: 10_000 });
  for (const { key } of METRICS) {
    for (const device of ["sda", "eth0.100"]) series.add(key.replace(/<\w+>/, device), 1, 2);
  }
  return series;
}

Deno.test("everything together is one text without a name or labels twice", () => {
  const control = ControlBlock.create();
  for (const name of SUMMARIES) control.observe(name, 1500);
  const families = [
    ...processFamilies({ cpu_seconds: 1, rss_bytes: 2 }),
    ...hostFamilies(everything(), new KeyDescriber(METRICS)),
    ...smbFamilies(new SmbCounts().figures()),
    ...controlFamilies(control),
  ];
  const text = prometheusText(families, (reason) => assert.fail(reason));
  for (const { key } of METRICS) {
    const described = new KeyDescriber(METRICS).of(key.replace(/<\w+>/, "sda"));
    assert.ok(described !== null, key);
  }
  for (const name of families.map(({ name }) => name)) {
    // What promtool asks for: base units, and endings that say what a metric is.
    assert.doesNotMatch(name, /_(ms|us|ns|kb|mb|milliseconds)(_|$)/, name);
  }
  for (const { name, type } of families) {
    assert.equal(name.endsWith("_total"), type === "counter", name);
    if (type === "gauge") assert.doesNotMatch(name, /_(count|sum|bucket)$/, name);
  }
  assert.match(text, /^aod_disk_read_bytes_delta\{device="sda"\} 2$/m);
  assert.match(text, /^aod_disk_read_bytes_delta\{device="eth0\.100"\} 2$/m);
});

Deno.test("times become seconds, shares are named so", () => {
  assert.equal(metricName("disk.<device>.await_ms", "seconds"), "aod_disk_await_seconds");
  assert.equal(metricName("cpu.total", "percent"), "aod_cpu_total_percent");
  assert.equal(metricName("process.count", ""), "aod_process_count_now");
  const control = ControlBlock.create();
  control.observe("watcher_detect_us", 1500);
  const family = controlFamilies(control).find(({ name }) => name === "aod_watcher_detect_seconds");
  assert.ok(family?.type === "histogram");
  const [{ bounds, counts, sum }] = family.samples;
  assert.equal(sum, 0.0015);
  const bucket = counts.findIndex((n) => n === 1);
  assert.ok(bounds[bucket - 1] <= 0.0015 && 0.0015 <= bounds[bucket]);
});

Deno.test("a gauge of the agent is one, whatever else is counted is a counter", () => {
  const families = controlFamilies(ControlBlock.create());
  const gauges = families.filter(({ type }) => type === "gauge").map(({ name }) => name);
  assert.deepEqual(gauges.sort(), GAUGES.map((name) => `aod_${name}`).sort());
});
