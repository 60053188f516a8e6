/**
 * A thousand anomalies within half a minute, none muted by a cooldown, through the whole agent.
 * @module
 */
import assert from "node:assert/strict";
import { PRODUCE } from "../../support/producer.ts";
import { TestAgent } from "../../support/service/agent.ts";
import { streamLedger } from "../../support/service/stream_ledger.ts";

const CONFIG = `
cleanup: { min_free_mb: 1, max_total_log_size_mb: 4, cleanup_interval_sec: 5 }
guardian:
  anomalies:
    slow:
      type: latency
      tool: smbslower
      acceptable_count: 1
      cooldown_sec: 0
      actions: [mounts, { name: hello, command: [echo, hello] }]
`;
const ANOMALIES = 1000;
/** Twice the rate that is asked for, in half the time. */
const SPREAD_MS = 30_000;
/** What a second of anomalies may add to what the agent holds, and more than it ever should. */
const MOST_RSS_MIB = 400;

function rssMib(pid: number): number {
  const status = Deno.readTextFileSync(`/proc/${pid}/status`);
  return Number(status.match(/^VmRSS:\s+(\d+) kB/m)?.[1]) / 1024;
}

Deno.test("1,000 anomalies a minute without cooldown: memory and disk are bounded, each is accounted for", async () => {
  await using agent = new TestAgent({ producer: true, config: CONFIG });
  await agent.ready();
  let most = 0;
  const begun = performance.now();
  for (let i = 0; i < ANOMALIES; i++) {
    const order = { count: 1, flags: PRODUCE.STAMP_END | PRODUCE.WAKE, command: 8, latency_ms: 50 };
    assert.deepEqual(await agent.produce(order), { emitted: 1, dropped: 0 });
    most = Math.max(most, rssMib(agent.pid));
    const due = begun + (i + 1) * SPREAD_MS / ANOMALIES;
    await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
  }
  const status = await agent.statusThat(({ ledger }) => {
    const { sealed, failed, refused_space, refused_output_dir, dropped_full } = ledger.collector;
    const ended = sealed + failed + refused_space + refused_output_dir + dropped_full;
    return ledger.anomalies.received === ANOMALIES && ledger.anomalies.waiting === 0 &&
      ended === ledger.anomalies.acknowledged;
  }, 90_000);
  assert.deepEqual(streamLedger(status), []);
  const { anomalies, collector } = status.ledger;
  assert.equal(anomalies.dropped_attempts, 0);
  assert.equal(collector.failed + collector.refused_space + collector.refused_output_dir, 0);
  assert.ok(collector.sealed > 0);
  // Nothing is lost in silence: what could not be collected in time has its cause.
  const lost = anomalies.dropped_full + collector.dropped_full;
  assert.equal(collector.sealed + lost, ANOMALIES);
  assert.ok(most < MOST_RSS_MIB, `${most} MiB`);
  assert.deepEqual(status.components.map((c) => c.restarts), [0, 0, 0]);
  agent.kill("SIGTERM");
  assert.equal(await agent.ended(), 0);
  const batches = [...Deno.readDirSync(`${agent.outputDir}/batches`)].map((entry) => entry.name);
  assert.deepEqual(batches.filter((name) => name.startsWith(".")), []);
});
