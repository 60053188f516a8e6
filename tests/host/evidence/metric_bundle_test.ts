/**
 * The collector and the host's metrics: what is in a bundle, what is said where there is nothing, and
 * that bundles of metrics keep none of SMB waiting.
 * @module
 */
import assert from "node:assert/strict";
import type { Config, MetricTrigger } from "../../../src/config/types.ts";
import type { Anomaly } from "../../../src/detect/anomaly.ts";
import type { NamedMetricAnomaly } from "../../../src/detect/metrics/metric_anomaly.ts";
import { BundleContents } from "../../../src/evidence/bundle_contents.ts";
import type { MetricsRequest } from "../../../src/evidence/host_metrics.ts";
import { anomalyNow, builtin, command, configOf, plainContents } from "../../support/evidence.ts";
import { collectorFor, openBundle } from "../../support/collector.ts";
import { withDir } from "../../support/evidence_host.ts";

const CPU: NamedMetricAnomaly = {
  metric_key: "cpu.total",
  value: 97,
  mean: 12,
  z_score: 14,
  method: "z_score",
  unit: "%",
  timestamp: Date.now() / 1000,
};

const HANGS = command("hangs", ["sleep", "31416.9"], { timeout_sec: 3600 });

/** One action at a time; an anomaly of each type, that of the metric with an action that never ends. */
function configBoth(output: string): Config {
  const config = configOf(output, [builtin("mounts")]);
  const busy: MetricTrigger = {
    name: "busy",
    type: "metric",
    tool: "collectors",
    mode: "all",
    acceptable_count: 1,
    cooldown_sec: 0,
    group_by: "none",
    metrics: ["cpu.*"],
    min_z_score: 0,
    min_score: 0,
    window_sec: 60,
    actions: [HANGS],
  };
  return {
    ...config,
    guardian: { anomalies: [...config.guardian.anomalies, busy] },
    collectors: { ...config.collectors, enabled: true },
    collector: { ...config.collector, max_concurrent_actions: 1 },
  };
}

function metricNow(): Anomaly {
  return anomalyNow({ name: "busy", type: "metric", count: 1, metrics: [CPU] });
}

Deno.test("an SMB bundle holds the host's series and names the metrics that left their range", async () => {
  await withDir(async (dir) => {
    const asked: MetricsRequest[] = [];
    const collector = collectorFor(dir, [builtin("mounts")], {
      config: configBoth(dir),
      contents: () => new BundleContents(),
      metrics: (request) => {
        asked.push(request);
        const series = [{
          metric_key: "cpu.total",
          unit: "%",
          metric_type: "utilization",
          timestamps: new Float64Array([CPU.timestamp - 1, CPU.timestamp]),
          values: new Float64Array([12, 97]),
        }];
        return Promise.resolve({ series, left_out: 3, anomalies: [CPU] });
      },
    });
    const { path } = await collector.collect(anomalyNow());
    const files = ["anomaly.json", "README.txt", "metrics.jsonl"];
    const { manifest, texts } = await openBundle(path, ...files);
    assert.deepEqual(manifest.problems, []);
    assert.deepEqual(manifest.metrics, {
      series: 1,
      points: 2,
      left_out: 3,
      coinciding: ["cpu.total"],
    });
    const { anomaly, metric_anomalies } = JSON.parse(texts.get("anomaly.json") ?? "");
    assert.equal(anomaly, "latency");
    assert.deepEqual(metric_anomalies, [CPU]);
    assert.match(texts.get("README.txt") ?? "", /cpu\.total left its range: 97 % where 12 %/);
    const lines = (texts.get("metrics.jsonl") ?? "").trimEnd().split("\n").map((l) =>
      JSON.parse(l)
    );
    assert.deepEqual(lines.map(({ schema, metric_key }) => schema ?? metric_key), [
      ...["aod-metrics-1", "cpu.total"],
    ]);
    assert.equal(asked.length, 1);
    await collector.drain();
  });
});

Deno.test("metrics that cannot be had are a line in the manifest; without collectors nobody asks", async () => {
  await withDir(async (dir) => {
    let asked = 0;
    const metrics = () => {
      asked++;
      return Promise.reject(new Error("the platform gave none: no answer in 2000 ms"));
    };
    const contents = () => new BundleContents();
    const failing = collectorFor(dir, [], { config: configBoth(dir), contents, metrics });
    const { manifest, texts, names } = await openBundle(
      (await failing.collect(anomalyNow())).path,
      "anomaly.json",
    );
    assert.deepEqual(manifest.problems, [
      "Cannot write metrics.jsonl: because the platform gave none: no answer in 2000 ms",
    ]);
    assert.deepEqual([manifest.status, manifest.metrics], ["complete", null]);
    assert.ok(!names.includes("metrics.jsonl"));
    assert.deepEqual(JSON.parse(texts.get("anomaly.json") ?? "").metric_anomalies, []);
    await failing.drain();
    const off = collectorFor(dir, [builtin("mounts")], { contents, metrics });
    const bundle = await openBundle((await off.collect(anomalyNow())).path);
    assert.deepEqual([bundle.manifest.problems, bundle.manifest.metrics, asked], [[], null, 1]);
    await off.drain();
  });
});

Deno.test("bundles of metrics that never end keep none of SMB waiting, and are bounded", async () => {
  await withDir(async (dir) => {
    const running = Promise.withResolvers<void>();
    const collector = collectorFor(dir, [], {
      config: configBoth(dir),
      contents: plainContents,
      onStage: (_id, stage) => stage === "anomaly" ? running.resolve() : undefined,
    });
    const metrics = Array.from({ length: 12 }, () => collector.collect(metricNow()));
    const outcomes = Promise.allSettled(metrics);
    await running.promise; // one is at its action, eight wait, three are too many
    const smb = await Promise.all([1, 2, 3].map(() => collector.collect(anomalyNow())));
    assert.ok(smb.every(({ status }) => status === "complete"));
    assert.equal(collector.totals.sealed, 3);
    assert.equal(collector.totals.lost.queue_full, 3);
    await collector.drain();
    const ended = (await outcomes).filter(({ status }) => status === "fulfilled");
    assert.equal(ended.length, 1, "the one that was under way is cut short, not lost");
    assert.equal(collector.totals.lost.draining, 8);
  });
});
