/** The host's metrics in a bundle: what is asked, metrics.jsonl, anomaly.json, README, verdict. @module */
import assert from "node:assert/strict";
import type { Anomaly } from "../../../src/detect/anomaly.ts";
import { HOST_VECTOR } from "../../../src/detect/metrics/host_vector.ts";
import type { NamedMetricAnomaly } from "../../../src/detect/metrics/metric_anomaly.ts";
import { anomalyJson, whyOf, withMetrics } from "../../../src/evidence/anomaly_json.ts";
import {
  coinciding,
  type MetricsAnswer,
  metricsLines,
  metricsRequest,
} from "../../../src/evidence/host_metrics.ts";
import { readmeText } from "../../../src/evidence/readme_txt.ts";
import { NO_NAMES } from "../../../src/evidence/requests_jsonl.ts";
import { judge } from "../../../src/evidence/verdict.ts";
import { impliedFor } from "../../../src/evidence/verdict_actions.ts";
import { anomalyNow, builtin } from "../../support/evidence.ts";

const OFFSET = 1_700_000_000_000_000_000n;

const CPU: NamedMetricAnomaly = {
  metric_key: "cpu.total",
  value: 97.25,
  mean: 12.125,
  z_score: 14.26,
  method: "z_score",
  unit: "%",
  timestamp: 1_700_000_099.5,
};
const DISK: NamedMetricAnomaly = {
  ...CPU,
  metric_key: "disk.sda.await_ms",
  value: 0,
  mean: 10,
  z_score: -6,
  method: "three_sigma",
  unit: "ms",
  timestamp: 1_700_000_098,
};
const HOST: NamedMetricAnomaly = {
  metric_key: "host",
  value: 0.8123,
  mean: 0.41,
  z_score: 9,
  method: "isolation_forest",
  score: 0.8123,
  shares: [{ metric_key: "cpu.iowait", value: 60, mean: 1, z_score: 30 }],
  unit: "",
  timestamp: 1_700_000_099,
};

function fired(over: Partial<Anomaly> = {}): Anomaly {
  return anomalyNow({
    type: "metric",
    name: "busy",
    count: 2,
    acceptable_count: 1,
    watch_interval_sec: 60,
    window_start_ns: 40_000_000_000n,
    window_end_ns: 99_500_000_000n,
    first_start_ns: 98_000_000_000n,
    detected_ns: 100_000_000_000n,
    metrics: [CPU, DISK],
    ...over,
  });
}

const answer = (over: Partial<MetricsAnswer> = {}): MetricsAnswer => ({
  series: [],
  left_out: 0,
  anomalies: [],
  ...over,
});

Deno.test("asked is for five minutes before the first offence, and for anomalies of one", () => {
  const { from_sec, anomalies_from_sec, keys } = metricsRequest(fired(), OFFSET);
  assert.deepEqual([from_sec, anomalies_from_sec], [1_700_000_098 - 300, 1_700_000_098 - 60]);
  assert.deepEqual(keys.slice(0, 2), ["cpu.total", "disk.sda.await_ms"]);
  assert.equal(new Set(keys).size, keys.length);
  for (const key of HOST_VECTOR) assert.ok(keys.includes(key), key);
  const smb = metricsRequest(fired({ type: "latency", metrics: undefined }), OFFSET);
  assert.deepEqual(smb.keys, [...HOST_VECTOR]);
  const host = metricsRequest(fired({ metrics: [HOST] }), OFFSET);
  assert.deepEqual(host.keys.slice(0, 2), ["host", "cpu.iowait"]);
});

Deno.test("what coincides comes once, oldest first", () => {
  const both = coinciding(fired({ metrics: [CPU] }), answer({ anomalies: [HOST, { ...CPU }] }));
  assert.deepEqual(both.map(({ metric_key }) => metric_key), ["host", "cpu.total"]);
  assert.deepEqual(coinciding(fired({ type: "latency", metrics: undefined }), null), []);
});

Deno.test("metrics.jsonl: a line that says what follows, then a series a line; counts stay whole", () => {
  const given = answer({
    left_out: 7,
    series: [
      {
        metric_key: "cpu.total",
        unit: "%",
        metric_type: "utilization",
        timestamps: new Float64Array([1_700_000_000.123456, 1_700_000_001.2]),
        values: new Float64Array([12.3456789012, 97]),
      },
      {
        metric_key: "network.total.rx_bytes_delta",
        unit: "bytes",
        metric_type: "delta",
        timestamps: new Float64Array([1_700_000_001]),
        values: new Float64Array([123_456_789_012]),
      },
    ],
  });
  const request = metricsRequest(fired(), OFFSET);
  const lines = [...metricsLines(given, request)];
  assert.ok(lines.every((line) => line.endsWith("\n") && line.indexOf("\n") === line.length - 1));
  assert.deepEqual(lines.map((line) => JSON.parse(line)), [
    { schema: "aod-metrics-1", from: 1_699_999_798, series: 2, points: 3, left_out: 7 },
    {
      metric_key: "cpu.total",
      unit: "%",
      metric_type: "utilization",
      points: [[1_700_000_000.123, 12.34568], [1_700_000_001.2, 97]],
    },
    {
      metric_key: "network.total.rx_bytes_delta",
      unit: "bytes",
      metric_type: "delta",
      points: [[1_700_000_001, 123_456_789_012]],
    },
  ]);
});

Deno.test("anomaly.json: metric_anomalies are there from the start and can be put in later", () => {
  const own = JSON.parse(anomalyJson(fired(), NO_NAMES, OFFSET));
  assert.deepEqual(own.metric_anomalies, [CPU, DISK]);
  assert.equal(own.anomaly, "metric");
  const text = anomalyJson(fired({ type: "latency", metrics: undefined }), NO_NAMES, OFFSET);
  assert.deepEqual(JSON.parse(text).metric_anomalies, []);
  const later = withMetrics(text, [CPU]);
  assert.deepEqual(JSON.parse(later), { ...JSON.parse(text), metric_anomalies: [CPU] });
  assert.match(later, /^\{\n {2}"anomaly": "latency",\n {2}"timestamp": \d{19},\n/);
  assert.equal(withMetrics("{}\n", [CPU]), "{}\n", "a text of another form stays");
});

Deno.test("the verdict of a metric bundle: which metric left its range, and by how much", () => {
  const verdict = judge({ anomaly: fired(), requests: [], logs: new Map() });
  assert.deepEqual([verdict.kind, verdict.rule], ["host_metric", "metric-range"]);
  assert.equal(
    verdict.line,
    "host metric: cpu.total left its range: 97.3 % where 12.1 % is usual (14.3 deviations above, z_score)",
  );
  assert.deepEqual(verdict.evidence, [
    "disk.sda.await_ms left its range: 0 ms where 10 ms is usual (6 deviations below, three_sigma)",
  ]);
  const host = judge({ anomaly: fired({ metrics: [HOST] }), requests: [], logs: new Map() });
  assert.equal(
    host.line,
    "host metric: the host as a whole left its range: score 0.812 where 0.41 is usual" +
      " (isolation_forest); farthest: cpu.iowait 60 where 1 is usual",
  );
  assert.equal(whyOf(fired({ count: 1 })), "a metric left the range within 60 s, 1 is enough");
});

Deno.test("README: an SMB bundle names the metrics that coincide, a metric bundle the others", () => {
  const smb = fired({ type: "latency", metrics: undefined });
  const verdict = { kind: "unclear", line: "unclear", evidence: [] };
  const logs = new Map<string, string>();
  const rest = { logs, actions: [], series: 3 };
  const text = readmeText({ anomaly: smb, metrics: [DISK, CPU], ...rest }, verdict, null, OFFSET);
  assert.match(
    text,
    /Metrics of the host that left their range, from 60 s before on:\n {2}2023-11-14T22:14:58\.000Z disk\.sda.*\n {2}2023-11-14T22:14:59\.500Z cpu\.total left/,
  );
  assert.match(text, /metrics\.jsonl {3}3 metrics of the host/);
  const own = readmeText(
    { anomaly: fired(), metrics: [DISK, HOST, CPU], ...rest },
    verdict,
    null,
    OFFSET,
  );
  assert.match(own, /from 60 s before on:\n {2}\S+ the host as a whole.*\n\n/);
  assert.match(own, /first value outside 2023-11-14T22:14:58/);
  const none = readmeText(
    { anomaly: smb, metrics: [], ...rest, series: null },
    verdict,
    null,
    OFFSET,
  );
  assert.doesNotMatch(none, /metrics/i);
});

Deno.test("a metric bundle runs its own actions only; the verdict of SMB needs no less than before", () => {
  assert.deepEqual(impliedFor(fired(), [builtin("host")]), []);
  const implied = impliedFor(anomalyNow(), [builtin("ss")]).map(({ name }) => name);
  assert.deepEqual(implied, ["debugdata", "stats"]);
});
