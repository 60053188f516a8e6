/**
 * A metric that leaves its range in the running agent: the bundle it opens where the configuration says
 * so, and the bundle of SMB that names it.
 * @module
 */
import assert from "node:assert/strict";
import type { NamedMetricAnomaly } from "../../../src/detect/metrics/metric_anomaly.ts";
import { readBundle } from "../../../src/evidence/bundle_read.ts";
import { PRODUCE } from "../../support/producer.ts";
import { TestAgent } from "../../support/service/agent.ts";
import { DatagramSocket, withSystemLog } from "../../support/service/datagram.ts";
import { nextBundle } from "../../support/service/bundles.ts";
import { platformConfig, QUICK, TestApi } from "../../support/service/platform.ts";

const RX = "network.planted.rx_packets_delta";
const TX = "network.planted.tx_packets_delta";

/** On a machine that is busy with other things, other metrics may leave their range too. */
const isPlanted = (key: string) => key === RX || key === TX;

const CONFIG = platformConfig(QUICK).replace(
  "  anomalies:\n",
  `  anomalies:
    flood: { type: Metric, metrics: ["network.planted.rx_*"], actions: [mounts] }
`,
);

/** The producer has no flight recorder, which is a problem of every bundle. */
const ofMetrics = (problem: string) => /metrics/.test(problem);

async function textsOf(path: string): Promise<ReadonlyMap<string, string>> {
  const texts = ["anomaly.json", "README.txt", "metrics.jsonl"];
  return (await readBundle(path, { texts })).texts;
}

Deno.test("a metric that leaves its range opens a bundle, and the next one of SMB names it", async () => {
  const dir = Deno.makeTempDirSync({ prefix: "aod-test-" });
  const planted = `${dir}/planted`;
  const env = { AOD_TEST_PLANT: planted };
  using system_log = new DatagramSocket(`${dir}/log`);
  const wrapper = withSystemLog(dir);
  await using agent = new TestAgent({ dir, wrapper, producer: true, config: CONFIG, env });
  await agent.ready();
  const api = await TestApi.of(agent);
  await api.jsonThat("/metrics/realtime", ({ metrics }) => "cpu.total" in Object(metrics));
  const move = (values: Record<string, number>) =>
    Deno.writeTextFileSync(planted, `${JSON.stringify(values)}\n`, { append: true });

  move({ [RX]: 100_000 });
  const own = await nextBundle(agent, /anomaly flood \(metric, count\) with 1 events/);
  assert.deepEqual(own.manifest.problems.filter(ofMetrics), []);
  assert.equal(own.manifest.anomaly.type, "metric");
  assert.equal(own.manifest.verdict.kind, "host_metric");
  assert.match(
    own.manifest.verdict.line,
    /^host metric: network\.planted\.rx_packets_delta left its range: 100000 packets where 10\d packets is usual \(\d+ deviations above, z_score\)$/,
  );
  assert.deepEqual(own.manifest.actions.map(({ name, implied }) => [name, implied]), [
    ["mounts", false],
  ]);
  assert.deepEqual(own.manifest.metrics?.coinciding.filter(isPlanted), [RX]);
  const texts = await textsOf(own.path);
  const anomaly = JSON.parse(texts.get("anomaly.json") ?? "");
  assert.deepEqual([anomaly.anomaly, anomaly.why], [
    "metric",
    "a metric left the range within 60 s, 1 is enough",
  ]);
  const series = (texts.get("metrics.jsonl") ?? "").trimEnd().split("\n").slice(1)
    .map((line) => JSON.parse(line));
  const moved = series.find(({ metric_key }) => metric_key === RX);
  assert.equal(moved.unit, "packets");
  assert.deepEqual(moved.points.at(-1)[1], 100_000);
  assert.ok(moved.points.length > 100);
  assert.ok(series.some(({ metric_key }) => metric_key === "cpu.total"));

  // Another one that no anomaly of the configuration is about: passive, until SMB is in trouble.
  move({ [TX]: 90_000 });
  await api.jsonThat(
    "/anomalies?limit=100",
    ({ anomalies }) =>
      (anomalies as { source: string; data: { metric_key?: string } }[])
        .some(({ source, data }) => source === "ml::anomaly_detector" && data.metric_key === TX),
  );
  const flags = PRODUCE.STAMP_END | PRODUCE.WAKE;
  await agent.produce({ count: 20, flags, command: 8, latency_ms: 50 });
  const smb = await nextBundle(agent, /anomaly slow \(latency/);
  assert.deepEqual(smb.manifest.problems.filter(ofMetrics), []);
  assert.deepEqual(smb.manifest.metrics?.coinciding.filter(isPlanted), [RX, TX]);
  const found = await textsOf(smb.path);
  const { metric_anomalies } = JSON.parse(found.get("anomaly.json") ?? "");
  assert.deepEqual(
    (metric_anomalies as NamedMetricAnomaly[]).filter((m) => isPlanted(m.metric_key))
      .map(({ metric_key, value, method }) => [metric_key, value, method]),
    [[RX, 100_000, "z_score"], [TX, 90_000, "z_score"]],
  );
  assert.match(
    found.get("README.txt") ?? "",
    /Metrics of the host that left their range[^]*rx_packets_delta left its range: 100000 packets[^]*tx_packets_delta left/,
  );

  const status = await agent.statusThat(({ violations }) => violations.flood === 1);
  assert.deepEqual(status.bundles.sealed, 2);
  const { anomalies } = await api.json("/anomalies?limit=100");
  const guardians = (anomalies as { source: string; data: { name?: string } }[])
    .filter(({ source }) => source.endsWith("::guardian"))
    .map(({ source, data }) => `${source} ${data.name}`).sort();
  assert.deepEqual(guardians, ["metric::guardian flood", "smb::guardian slow"]);
  const told = system_log.all().flatMap((message) => /AOD detected.*\w/.exec(message) ?? []);
  assert.deepEqual(told.map((line) => line.replace(/\d+ events/, "N events")), [
    "AOD detected anomaly: metric with N events",
    "AOD detected anomaly: latency with N events",
  ]);
});
