/**
 * What `aod status` shows of an agent whose real workers have had something to do.
 * @module
 */
import assert from "node:assert/strict";
import { statusLines } from "../../../src/cli/status_text.ts";
import { PRODUCE } from "../../support/producer.ts";
import { TestAgent } from "../../support/service/agent.ts";
import { streamLedger } from "../../support/service/stream_ledger.ts";

const CONFIG = `
watch_interval_sec: 60
collector: { requests_before_sec: 0, requests_after_sec: 0 }
cleanup: { min_free_mb: 1 }
guardian:
  anomalies:
    slow: { type: latency, tool: smbslower, actions: [mounts, { name: "no", command: ["false"] }] }
    never: { type: latency, tool: smbslower, actions: [mounts], default_threshold_ms: 900 }
`;

Deno.test("status: components, rates, batch sizes, times, violations, actions and a ledger that adds up", async () => {
  await using agent = new TestAgent({ producer: true, config: CONFIG });
  await agent.ready();
  const flags = PRODUCE.STAMP_END | PRODUCE.WAKE;
  for (let i = 0; i < 5; i++) {
    await agent.produce({ count: 40, flags, command: 8, latency_ms: 50 });
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  const status = await agent.statusThat((s) =>
    s.bundles.sealed === 1 && s.violations.slow === 200 && Object.keys(s.rates).length > 0
  );
  assert.deepEqual(status.components.map((c) => [c.name, c.state, c.restarts, c.hangs]), [
    ["dispatcher", "running", 0, 0],
    ["watcher", "running", 0, 0],
    ["collector", "running", 0, 0],
  ]);
  assert.deepEqual(status.violations, { slow: 200, never: 0 });
  assert.ok(Number.isFinite(status.rates.watcher_records));
  const { dispatcher_batch_rows, watcher_batch_rows, watcher_detect_us } = status.summaries;
  assert.ok(dispatcher_batch_rows.max >= 1 && dispatcher_batch_rows.max <= 200);
  assert.ok(Math.abs(watcher_batch_rows.mean * watcher_batch_rows.count - 200) < 1);
  assert.equal(watcher_detect_us.count, 1);
  assert.ok(status.summaries.collector_sealed_ms.count === 1);
  assert.deepEqual([status.actions.no.runs, status.actions.no.failures], [1, 1]);
  assert.deepEqual([status.actions.mounts.runs, status.actions.mounts.last_status], [1, "ok"]);
  assert.deepEqual(status.ledger.queue, { in: 200, out: 200, dropped_replaced: 0, waiting: 0 });
  assert.deepEqual(streamLedger(status), []);
  const text = statusLines(status).join("\n");
  assert.match(text, /^violations:\n {2}slow {2}200$/m);
  assert.match(text, /^ {2}queue +in=200 out=200 dropped_replaced=0 waiting=0$/m);
  assert.match(text, /^ {2}no +1 +1 +0 /m);
});
