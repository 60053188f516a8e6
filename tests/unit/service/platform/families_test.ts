/** Prometheus families of the agent: names, units, no family twice. @module */
import assert from "node:assert/strict";
import { prometheusText } from "../../../../src/api/prometheus.ts";
import { ApiStatistics } from "../../../../src/api/statistics.ts";
import { KeyDescriber } from "../../../../src/collect/describe.ts";
import { COLLECTOR_METRICS } from "../../../../src/collect/registry.ts";
import {
  agentFamilies,
  type AgentFigures,
} from "../../../../src/service/platform/agent_families.ts";
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
import { selfFamilies } from "../../../../src/service/platform/self_families.ts";
import { SmbCounts } from "../../../../src/service/platform/smb_latency.ts";
import { TracerHistograms } from "../../../../src/service/platform/tracer_histograms.ts";
import { HistoryCounters } from "../../../../src/sink/history/history_counts.ts";
import { SeriesStore } from "../../../../src/stream/series.ts";
import { TestData } from "../../../support/api/data.ts";

const METRICS = [...COLLECTOR_METRICS, ...OWN_METRICS];

/** A store with a point of every metric, of two devices where there are devices. */
function everything(): SeriesStore {
  const series = new SeriesStore({ points: 10, keys: 10_000 });
  for (const { key } of METRICS) {
    for (const device of ["sda", "eth0.100"]) series.add(key.replace(/<\w+>/, device), 1, 2);
  }
  return series;
}

const LEDGER = { seen: 3, emitted: 1, filtered: 1, own: 0, dropped: { ring_full: 1 } };

/** What the main thread tells, with something in every part. */
const AGENT: AgentFigures = {
  uptime_sec: 5,
  probe: { state: "attached", mode: "fentry", reason: "", programs: [] },
  ledger: {
    kernel: { seen: 9, drop_ring_full: 1 },
    dispatcher: { records: 8, queued: 8, malformed: 0 },
    queue: { in: 8, out: 7, dropped_replaced: 0, waiting: 1 },
    watcher: { records: 7, counted: 7, anomalies: 1, cooled_down: 0 },
    anomalies: {
      ...{ received: 1, acknowledged: 1, resent: 0, dropped_full: 0, dropped_attempts: 0 },
      waiting: 0,
    },
    collector: {
      ...{ accepted: 1, sealed: 1, failed: 0, refused_space: 0, refused_output_dir: 0 },
      dropped_full: 0,
    },
  },
  actions: {
    dmesg: {
      ...{ runs: 2, failures: 1, timeouts: 1, total_ms: 1500, max_ms: 1000, last_ms: 500 },
      last_status: "timeout",
    },
  },
  violations: { slow: 7 },
  components: [{
    ...{ name: "watcher", state: "running", restarts: 1, hangs: 0, heartbeat_age_ms: 250 },
    last_error: "",
  }],
  event_log: {
    ...{ state: "on", reason: "", retry_in_sec: null, output: "", format: "json", types: 1 },
    ...{ ring_bytes: 1, programs: [] },
    ledger: {
      ...{ seen: 5, written: 3, filtered: 1, own: 0, waiting: 1, dropped_per_cpu: [] },
      ...{ compat: 0, no_storage: 0, paths_lost: 0 },
      dropped: {
        ...{ ring_full: 0, scratch: 0, budget: 0, malformed: 0, disk_full: 0, io: 0 },
        ...{ abandoned: 0, worker: 0, unread: 0 },
      },
    },
  },
};

Deno.test("what the main thread tells becomes counters, what waits there a gauge", () => {
  const text = prometheusText(agentFamilies(AGENT), (reason) => assert.fail(reason));
  for (
    const line of [
      "aod_controller_up 1",
      'aod_smb_kernel_records_total{fate="drop_ring_full"} 1',
      'aod_smb_records_total{hop="queue",fate="out"} 7',
      'aod_smb_records_waiting{hop="queue"} 1',
      'aod_event_log_events_total{fate="written"} 3',
      'aod_action_seconds_total{action="dmesg"} 1.5',
      'aod_action_failures_total{action="dmesg"} 1',
      'aod_violations_total{anomaly="slow"} 7',
      'aod_component_heartbeat_age_seconds{component="watcher"} 0.25',
    ]
  ) assert.ok(text.includes(`\n${line}\n`), line);
  assert.doesNotMatch(text, /fate="waiting"/);
  const without = prometheusText(agentFamilies(null), (reason) => assert.fail(reason));
  assert.match(without, /^aod_controller_up 0$/m);
});

Deno.test("everything together is one text without a name or labels twice", () => {
  const control = ControlBlock.create();
  for (const name of SUMMARIES) control.observe(name, 1500);
  const history = new HistoryCounters().snapshot({ pending: 1, bytes: 2, keys: 3 });
  const families = [
    ...processFamilies({ cpu_seconds: 1, rss_bytes: 2 }),
    ...agentFamilies(AGENT),
    ...selfFamilies({ ...new TestData().stats().self, history }),
    ...new ApiStatistics().families(1),
    ...new TracerHistograms().families({ exec: LEDGER }),
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
