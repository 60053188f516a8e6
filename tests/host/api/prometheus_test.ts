/** The Prometheus text as promtool and a real Prometheus read it. */
import assert from "node:assert/strict";
import { PROMETHEUS_TYPE } from "../../../src/api/prometheus.ts";
import { readExposition } from "../../support/api/exposition.ts";
import { prometheusPrograms, RunningPrometheus } from "../../support/api/prometheus.ts";
import { TestServer, TOKEN } from "../../support/api/server.ts";

Deno.test("promtool finds nothing to say about the metrics", async () => {
  await using server = await TestServer.start();
  await server.json("/stats");
  const { headers, text } = await server.ask("/metrics");
  assert.equal(headers["content-type"], PROMETHEUS_TYPE);
  assert.ok(readExposition(text).length > 5);
  const { promtool } = await prometheusPrograms();
  const child = new Deno.Command(promtool, {
    args: ["check", "metrics"],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  await writer.write(new TextEncoder().encode(text));
  await writer.close();
  const { code, stdout, stderr } = await child.output();
  const said = new TextDecoder().decode(stdout) + new TextDecoder().decode(stderr);
  assert.deepEqual([code, said], [0, ""]);
});

Deno.test("a real Prometheus scrapes the metrics with the token", async () => {
  const { prometheus } = await prometheusPrograms();
  const dir = Deno.makeTempDirSync({ prefix: "aod-test-" });
  try {
    await using server = await TestServer.start();
    const { port } = server.server;
    await using running = await RunningPrometheus.start(prometheus, dir, { port, token: TOKEN });
    let up: Record<string, number> = {};
    // Until the first scrape is stored; it has no other sign.
    for (let tries = 0; up[""] !== 1; tries++) {
      assert.ok(tries < 1000, "Prometheus does not get an answer that it takes");
      up = await running.query("up");
      if (up[""] === undefined || up[""] === 0) await new Promise((ok) => setTimeout(ok, 50));
    }
    // The next scrape may already have failed on a busy machine.
    const series = "last_over_time(aod_smb_request_duration_seconds_bucket[1m])";
    const buckets = await running.query(series);
    assert.deepEqual(buckets, { "0.001": 4, "0.01": 5, "0.1": 5, "+Inf": 6 });
    assert.ok((await running.query(`histogram_quantile(0.5, ${series})`))[""] <= 0.001);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
});
