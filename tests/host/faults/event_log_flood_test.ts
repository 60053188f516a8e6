/**
 * A flood of the event log beside SMB: both processors make events as fast as they can, into a ring
 * that is too small on purpose. No SMB record is lost, every emergency is detected, and the event log
 * counts what it lost to the event.
 * @module
 */
import assert from "node:assert/strict";
import { PRODUCE } from "../../support/producer.ts";
import { TestAgent } from "../../support/service/agent.ts";
import { COMM, dropped, logFaults, tally, Workload } from "../../support/service/event_log.ts";
import { streamLedger } from "../../support/service/stream_ledger.ts";

const READ = 8;
const EMERGENCIES = 20;
const FLAGS = PRODUCE.STAMP_END | PRODUCE.WAKE | PRODUCE.COUNT_IDS;
/** Reads, and writes, of one program: some seconds of both processors. */
const COUNT = 2_000_000;

const config = (keys: string) => `
collector: { requests_before_sec: 0, requests_after_sec: 0 }
cleanup: { min_free_mb: 1 }
guardian:
  anomalies:
    slow:
      type: latency
      tool: smbslower
      actions: [mounts]
      default_threshold_ms: 10
      acceptable_count: 1000000
      cooldown_sec: 0
event_log:
  enabled: true
  types: [read, write]
  filters: { comm: ${COMM} }
  ring_size_kb: 64
  compress: false
  min_free_mb: 1
  rotate_mb: 64
  keep: 1000
  ${keys}
`;

/** Floods the log while SMB records come; the status when all of it is settled. */
async function flood(agent: TestAgent) {
  await agent.ready();
  await agent.saw(/event_log: logging 2 event types/);
  const workload = new Workload(agent.dir);
  const children = [workload.start(COUNT), workload.start(COUNT)];
  let running = 2;
  for (const { status } of children) void status.then(() => running--);
  let emitted = 0;
  let emergencies = 0;
  while (running > 0 || emergencies < EMERGENCIES) {
    for (const [count, latency_ms] of [[200, 50], [1, 2000]]) {
      if (latency_ms === 2000 && emergencies++ >= EMERGENCIES) continue;
      const made = await agent.produce({ count, flags: FLAGS, command: READ, latency_ms });
      assert.deepEqual(made, { emitted: count, dropped: 0 });
      emitted += count;
    }
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  const status = await agent.statusThat((s) =>
    s.ledger.watcher.records === emitted && s.ledger.anomalies.waiting === 0 &&
    // Counters are read one after the other, while other programs of the host are filtered.
    logFaults(s).length === 0
  );
  // SMB: nothing lost, nothing restarted, each emergency found and handed on.
  assert.deepEqual(streamLedger(status), []);
  assert.equal(status.ledger.kernel?.seen, emitted);
  assert.equal(status.ledger.kernel?.drop_ring_full, 0);
  assert.equal(status.counters.watcher_emergencies, EMERGENCIES);
  assert.equal(status.ledger.anomalies.acknowledged, EMERGENCIES);
  assert.deepEqual(status.components.map((c) => c.restarts), [0, 0, 0, 0]);
  return status;
}

for (const [what, keys] of [["without a budget", ""], ["with one", "max_events_per_sec: 20000"]]) {
  Deno.test(`a flood of the event log, ${what}: SMB detection is unharmed, the log's losses are exact`, async () => {
    await using agent = new TestAgent({ producer: true, config: config(keys) });
    const status = await flood(agent);
    const { ledger } = status.event_log;
    assert.ok(ledger.dropped.ring_full > 0, "the ring was too small");
    assert.equal(ledger.dropped.budget > 0, keys !== "");
    assert.equal(dropped(ledger), ledger.dropped.ring_full + ledger.dropped.budget);
    const perCpu = ledger.dropped_per_cpu.reduce((sum, { ring_full }) => sum + ring_full, 0);
    assert.equal(perCpu, ledger.dropped.ring_full);
    agent.kill("SIGTERM");
    assert.equal(await agent.ended(), 0);
    // Each of the calls is in the file or in the gaps that the file tells of; loading and ending a
    // program takes a few more.
    const { events, gaps } = await tally(`${agent.outputDir}/events/events.jsonl`);
    assert.equal(events, ledger.written);
    assert.equal(gaps, dropped(ledger));
    const calls = 4 * COUNT;
    assert.ok(events + gaps >= calls && events + gaps < calls + 40, `${events + gaps}`);
  });
}
