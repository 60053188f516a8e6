/**
 * Floods, reloads and hangs while records stream through the agent's real workers: whatever happens,
 * every record is judged or counted as lost, by cause.
 * @module
 */
import assert from "node:assert/strict";
import { readBundle } from "../../../src/evidence/bundle_read.ts";
import type { Manifest } from "../../../src/evidence/manifest.ts";
import { ZstdReader } from "../../../src/evidence/zstd_read.ts";
import type { Ledger } from "../../../src/service/ledger.ts";
import { LEDGER_SETTLE_MS, streamLedger } from "../../support/service/stream_ledger.ts";
import { FrozenThread } from "../../support/freeze_thread.ts";
import { PRODUCE } from "../../support/producer.ts";
import { TestAgent } from "../../support/service/agent.ts";

new ZstdReader()[Symbol.dispose](); // opens the library outside of the tests

const READ = 8;
const FLAGS = PRODUCE.STAMP_END | PRODUCE.WAKE | PRODUCE.COUNT_IDS;
/** Longer than any two heartbeats are apart. */
const HANG = { AOD_TEST_HANG_MS: "7000" };

/** One latency anomaly; bundles with next to nothing in them, sealed at once. */
const config = (keys: string, more = "") => `
watch_interval_sec: 60
collector: { requests_before_sec: 0, requests_after_sec: 0 }
cleanup: { min_free_mb: 1 }
${more}
guardian:
  anomalies:
    slow: { type: latency, tool: smbslower, actions: [mounts], default_threshold_ms: 10, ${keys} }
`;

const slow = (count: number, latency_ms = 50) => ({
  count,
  flags: FLAGS,
  command: READ,
  latency_ms,
});

/** An agent that has judged 50 records; a thread of it that hangs is soon found out. */
async function agentAtWork(): Promise<TestAgent> {
  const agent = new TestAgent({
    producer: true,
    config: config("cooldown_sec: 3600"),
    env: HANG,
  });
  try {
    await agent.ready();
    await agent.produce(slow(50));
    await agent.statusThat((s) => s.ledger.watcher.records === 50);
  } catch (error) {
    await agent[Symbol.asyncDispose]();
    throw error;
  }
  return agent;
}

Deno.test("a flood into a small ring: what did not fit is counted, the rest is judged, the agent lives", async () => {
  await using agent = new TestAgent({
    producer: true,
    config: config("cooldown_sec: 3600", "probe: { ring_size_kb: 64 }"),
  });
  await agent.ready();
  let [emitted, dropped] = [0, 0];
  for (let i = 0; i < 40; i++) {
    const made = await agent.produce(slow(20_000));
    emitted += made.emitted;
    dropped += made.dropped;
  }
  assert.ok(dropped > 0 && emitted > 0);
  const status = await agent.statusThat((s) => s.ledger.watcher.records === emitted);
  const { kernel } = status.ledger;
  assert.equal(kernel?.seen, 800_000);
  assert.equal(kernel?.drop_ring_full, dropped);
  assert.deepEqual(streamLedger(status), []);
  assert.deepEqual(status.components.map((c) => c.restarts), [0, 0, 0]);
  await agent.statusThat((s) => s.violations.slow === emitted);
  // It still hears a single request.
  await agent.produce(slow(1));
  await agent.statusThat((s) => s.violations.slow === emitted + 1);
  agent.kill("SIGTERM");
  assert.equal(await agent.ended(), 0);
});

Deno.test("20 reloads during a stream: no record is lost, and every emergency is seen", async () => {
  const rules = (i: number) => config(`acceptable_count: ${1000 + i}, cooldown_sec: 3600`);
  await using agent = new TestAgent({ producer: true, config: rules(0) });
  await agent.ready();
  let emitted = 0;
  const stream = async (reloads: Promise<void>) => {
    let over = false;
    void reloads.finally(() => over = true);
    while (!over) {
      const made = await agent.produce(slow(100));
      assert.equal(made.dropped, 0);
      emitted += made.emitted;
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  };
  let emergencies = 0;
  const reloads = (async () => {
    for (let i = 1; i <= 20; i++) {
      agent.configure(rules(i));
      agent.kill("SIGHUP");
      const made = await agent.produce(slow(1, 2000));
      emitted += made.emitted;
      emergencies++;
      await agent.statusThat((s) => s.counters.controller_reloads === i);
    }
  })();
  await stream(reloads);
  await reloads;
  const status = await agent.statusThat((s) => s.ledger.watcher.records === emitted);
  assert.deepEqual(streamLedger(status), []);
  assert.equal(status.ledger.kernel?.drop_ring_full, 0);
  await agent.statusThat((s) => s.violations.slow === emitted);
  assert.equal(status.counters.controller_reloads_refused, 0);
  assert.deepEqual(status.components.map((c) => c.restarts), [0, 0, 0]);
  // The first opened a bundle; every other one is counted into its follow-ups, none is missing.
  const { watcher_emergencies, watcher_cooled_down, watcher_anomalies } = status.counters;
  assert.ok(watcher_emergencies >= 1);
  assert.ok(watcher_cooled_down >= emergencies - watcher_emergencies);
  assert.equal(watcher_anomalies, status.ledger.anomalies.received);
});

Deno.test("a reload between two emergencies without cooldown: each opens its bundle", async () => {
  const rules = (i: number) => config(`acceptable_count: ${100 + i}, cooldown_sec: 0`);
  await using agent = new TestAgent({ producer: true, config: rules(0) });
  await agent.ready();
  for (let i = 1; i <= 10; i++) {
    agent.configure(rules(i));
    agent.kill("SIGHUP");
    await agent.produce(slow(1, 2000));
  }
  const status = await agent.statusThat((s) =>
    s.counters.watcher_emergencies === 10 && s.bundles.sealed === 10
  );
  assert.deepEqual(streamLedger(status), []);
});

Deno.test("a hung watcher: what it left unread is counted as lost, what comes after is judged", async () => {
  await using agent = await agentAtWork();
  await using frozen = new FrozenThread(agent.pid, "aod-watcher");
  await frozen.held();
  await agent.produce(slow(700));
  const hung = await agent.statusThat((s) =>
    s.components.some((c) => c.hangs === 1) && s.components.every((c) => c.state === "running")
  );
  assert.equal(hung.ledger.queue.dropped_replaced, 700);
  assert.deepEqual(streamLedger(hung), []);
  await agent.produce(slow(30));
  const after = await agent.statusThat((s) => s.ledger.watcher.records === 80);
  assert.deepEqual(streamLedger(after), []);
  // The thread that comes back finds itself replaced: it touches nothing.
  await frozen.thaw();
  await new Promise((resolve) => setTimeout(resolve, LEDGER_SETTLE_MS));
  const thawed = await agent.status();
  assert.equal(thawed.ledger.queue.dropped_replaced, 700);
  assert.deepEqual(streamLedger(thawed), []);
  // A bundle taken now says so too.
  const snapshot = await agent.ask("snapshot");
  assert.ok(snapshot.ok, JSON.stringify(snapshot));
  const { path } = snapshot.result as { path: string };
  const { texts } = await readBundle(path, { texts: ["manifest.json"] });
  const { ledger } = JSON.parse(texts.get("manifest.json") ?? "") as Manifest;
  assert.equal((ledger as Ledger).queue.dropped_replaced, 700);
  agent.kill("SIGTERM");
  assert.equal(await agent.ended(), 0);
});

async function hungDispatcher(): Promise<void> {
  await using agent = await agentAtWork();
  await using frozen = new FrozenThread(agent.pid, "aod-dispatcher");
  await frozen.held();
  assert.deepEqual(await agent.produce(slow(700)), { emitted: 700, dropped: 0 });
  const status = await agent.statusThat((s) => s.ledger.watcher.records === 750);
  assert.equal(status.components.find((c) => c.name === "dispatcher")?.hangs, 1);
  assert.equal(status.ledger.queue.dropped_replaced, 0);
  assert.deepEqual(streamLedger(status), []);
  await frozen.thaw();
  await agent.produce(slow(5));
  const after = await agent.statusThat((s) => s.ledger.watcher.records === 755);
  assert.deepEqual(streamLedger(after), []);
}

async function hungCollector(): Promise<void> {
  await using agent = new TestAgent({
    producer: true,
    config: config("cooldown_sec: 0, acceptable_count: 1"),
    env: HANG,
  });
  await agent.ready();
  await agent.produce(slow(1));
  await agent.statusThat((s) => s.bundles.sealed === 1);
  await using frozen = new FrozenThread(agent.pid, "aod-collector");
  await frozen.held();
  await agent.produce(slow(3));
  const status = await agent.statusThat((s) => s.bundles.sealed === 4);
  assert.deepEqual(status.components.map((c) => [c.name, c.restarts]), [
    ["dispatcher", 0],
    ["watcher", 0],
    ["collector", 1],
  ]);
  const { received, acknowledged, waiting } = status.ledger.anomalies;
  assert.deepEqual([received, acknowledged, waiting], [4, 4, 0]);
  const names = [...Deno.readDirSync(`${agent.outputDir}/batches`)].map((entry) => entry.name);
  assert.equal(names.filter((name) => name.endsWith(".tar.zst")).length, 4);
}

Deno.test("a hung dispatcher or collector: records wait in the ring, anomalies in the controller, none is lost", async () => {
  await Promise.all([hungDispatcher(), hungCollector()]);
});
