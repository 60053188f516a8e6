/**
 * The event log in the running agent, with its real worker and programs: what it writes, what a reload
 * changes, what it survives.
 * @module
 */
import assert from "node:assert/strict";
import { FrozenThread } from "../../support/freeze_thread.ts";
import { withMount } from "../../support/evidence_host.ts";
import type { AgentStatus } from "../../../src/service/status.ts";
import { TestAgent } from "../../support/service/agent.ts";
import {
  COMM,
  dropped,
  eachLine,
  logFaults,
  modes,
  tally,
  Workload,
} from "../../support/service/event_log.ts";

const LOGGING = /event_log: logging \d+ event types to/g;

/** The agent's configuration with these keys of `event_log`. */
const config = (keys: string) => `
guardian:
  anomalies:
    slow: { type: latency, tool: smbslower, actions: [mounts] }
event_log: { enabled: true, compress: false, min_free_mb: 1, ${keys} }
`;
const ONLY = `filters: { comm: ${COMM} }`;
/** Room for all events of a stream, however little of the processor the agent gets meanwhile. */
const ROOM = "ring_size_kb: 262144";

/** Waits until the log has been switched on for the n-th time. */
async function logging(agent: TestAgent, times = 1): Promise<void> {
  for (let left = 600;; left--) {
    if ((agent.log.match(LOGGING)?.length ?? 0) >= times) return;
    if (left === 0) throw new Error(agent.log);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}

/** Everything seen is in its place. */
const settled = (agent: TestAgent) =>
  agent.statusThat((s) => s.event_log.state === "on" && logFaults(s).length === 0);

Deno.test("events of others are written, once each and whole; the agent and its children are left out", async () => {
  await using agent = new TestAgent({
    producer: true,
    config: config("types: [process, read, write]"),
  });
  await agent.ready();
  await logging(agent);
  const path = `${agent.outputDir}/events/events.jsonl`;
  assert.deepEqual(modes(path), ["700", "600"]);
  const pid = await new Workload(agent.dir).run(1000);
  // An action of a bundle is a child of the agent.
  const snapshot = await agent.ask("snapshot");
  assert.ok(snapshot.ok);
  await agent.statusThat((s) => s.event_log.ledger.own > 0);
  agent.kill("SIGTERM");
  assert.equal(await agent.ended(), 0);
  const seen = { read: 0, write: 0, exec: 0, exit: 0 };
  await eachLine(path, (line) => {
    assert.notEqual(line.tgid, agent.pid);
    assert.ok(
      line.event_type === "snapshot" || line.parent_pid !== agent.pid,
      JSON.stringify(line),
    );
    if (line.tgid === pid && line.event_type in seen) seen[line.event_type as "read"]++;
  });
  assert.equal(seen.exec, 1);
  assert.equal(seen.exit, 1);
  assert.ok(seen.read >= 1000 && seen.read < 1020, `${seen.read} reads`);
  assert.ok(seen.write >= 1000 && seen.write < 1020, `${seen.write} writes`);
  const [on] = await agent.audited("event_log_on");
  assert.equal(on.output, path);
  assert.equal((await agent.audited("event_log_off")).length, 1);
});

Deno.test("off unless asked for: no worker, no programs, no file", async () => {
  await using agent = new TestAgent({
    producer: true,
    config: config("").replace("enabled: true", "enabled: false"),
  });
  await agent.ready();
  const { event_log, components } = await agent.statusThat((s) => s.uptime_sec >= 1);
  assert.equal(event_log.state, "off");
  assert.deepEqual(event_log.programs, []);
  assert.deepEqual(components.map(({ name }) => name), ["dispatcher", "watcher", "collector"]);
  assert.throws(() => Deno.lstatSync(`${agent.outputDir}/events`), Deno.errors.NotFound);
});

Deno.test("a reload changes filters while events stream: what passes before and after is never missed", async () => {
  const byName = config(`types: [read, write], ${ROOM}, ${ONLY}`);
  const byPid = (pid: number) =>
    config(`types: [read, write], ${ROOM}, filters: { uid: 0, pid: [${pid}] }`);
  await using agent = new TestAgent({ producer: true, config: byName });
  await agent.ready();
  await logging(agent);
  const count = 400_000;
  const child = new Workload(agent.dir).start(count);
  let reloads = 0;
  let over = false;
  void child.status.then(() => over = true);
  while (!over) {
    agent.configure(reloads % 2 === 0 ? byPid(child.pid) : byName);
    assert.ok((await agent.ask("reload")).ok);
    reloads++;
  }
  assert.ok(reloads >= 3, `${reloads} reloads`);
  const status = await settled(agent);
  assert.equal(status.counters.controller_event_log_loads, 1);
  assert.doesNotMatch(agent.log, /loaded anew/);
  assert.equal(dropped(status.event_log.ledger), 0);
  agent.kill("SIGTERM");
  assert.equal(await agent.ended(), 0);
  let [reads, writes] = [0, 0];
  await eachLine(`${agent.outputDir}/events/events.jsonl`, (line) => {
    if (line.tgid !== child.pid) return;
    if (line.event_type === "read") reads++;
    if (line.event_type === "write") writes++;
  });
  assert.ok(reads >= count && reads < count + 20, `${reads} of ${count} reads`);
  assert.ok(writes >= count && writes < count + 20, `${writes} of ${count} writes`);
});

Deno.test("a reload switches it on, off and on; other programs are loaded anew, and that is said", async () => {
  const off = config(`types: [write], ${ONLY}`).replace("enabled: true", "enabled: false");
  await using agent = new TestAgent({ producer: true, config: off });
  await agent.ready();
  const work = new Workload(agent.dir);
  await work.run(500);
  agent.configure(config(`types: [write], ${ONLY}`));
  assert.ok((await agent.ask("reload")).ok);
  await logging(agent);
  await work.run(500);
  await settled(agent);
  // exec needs programs that are not there.
  agent.configure(config(`types: [write, exec], ${ONLY}`));
  assert.ok((await agent.ask("reload")).ok);
  await agent.saw(/event_log: its programs are loaded anew; nothing was logged for \d+\.\d\d ms/);
  await work.run(500);
  const before = await settled(agent);
  assert.equal(before.counters.controller_event_log_loads, 2);
  agent.configure(off);
  assert.ok((await agent.ask("reload")).ok);
  await agent.statusThat((s) => s.event_log.state === "off" && s.components.length === 3);
  await work.run(500);
  agent.configure(config(`types: [write, exec], ${ONLY}, format: text`));
  assert.ok((await agent.ask("reload")).ok);
  await logging(agent, 2);
  await work.run(500);
  const status = await settled(agent);
  assert.equal(dropped(status.event_log.ledger), 0);
  const { byType, events } = await tally(`${agent.outputDir}/events/events.jsonl`);
  assert.ok(byType.write >= 1000 && byType.write < 1040, `${byType.write} writes`);
  assert.equal(byType.exec, 1);
  assert.equal(before.event_log.ledger.written, events, "the ledger goes on over loads");
  const text = Deno.readTextFileSync(`${agent.outputDir}/events/events.log`);
  assert.equal(text.match(/\bexec\b/g)?.length, 1);
});

Deno.test("another output and format by a reload: no event is lost between the two", async () => {
  const dir = Deno.makeTempDirSync({ prefix: "aod-test-" });
  const to = (name: string) => config(`types: [write], ${ROOM}, ${ONLY}, output: ${dir}/${name}`);
  await using agent = new TestAgent({ producer: true, dir, config: to("first.jsonl") });
  await agent.ready();
  await logging(agent);
  const work = new Workload(agent.dir);
  const child = work.start(300_000);
  await agent.statusThat((s) => s.event_log.ledger.written > 10_000);
  agent.configure(to("second.jsonl"));
  assert.ok((await agent.ask("reload")).ok);
  await child.status;
  // In case the stream was over before the reload.
  await work.run(1000);
  const { event_log } = await settled(agent);
  assert.equal(event_log.output, `${agent.dir}/second.jsonl`);
  assert.equal(dropped(event_log.ledger), 0);
  const [first, second] = [
    await tally(`${agent.dir}/first.jsonl`),
    await tally(`${agent.dir}/second.jsonl`),
  ];
  assert.ok(first.events > 0 && second.events > 0);
  assert.equal(first.events + second.events, event_log.ledger.written);
  await eachLine(`${agent.dir}/second.jsonl`, (line) => assert.ok(!("path_lost" in line)));
});

Deno.test("a worker that throws is started again and goes on where the ring is", async () => {
  await using agent = new TestAgent({
    producer: true,
    config: config(`types: [write], ${ONLY}`),
    env: { AOD_TEST_EVENT_LOG_THROW: "1500:2" },
  });
  await agent.ready();
  await logging(agent);
  const work = new Workload(agent.dir);
  const isBack = ({ components }: AgentStatus) =>
    components.some((c) => c.name === "event_log" && c.restarts === 2 && c.state === "running");
  let runs = 0;
  // A stream that the ring holds while there is no reader.
  while (!isBack(await agent.status())) {
    await work.run(1000);
    runs++;
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
  await work.run(1000);
  const status = await settled(agent);
  const { ledger } = status.event_log;
  assert.equal(ledger.dropped.ring_full, 0, JSON.stringify(ledger));
  assert.deepEqual(status.components.slice(0, 3).map((c) => c.restarts), [0, 0, 0]);
  const { events } = await tally(`${agent.outputDir}/events/events.jsonl`);
  assert.ok(events + ledger.dropped.worker >= (runs + 1) * 1000);
  // What a dying worker was writing may be in the file although it is counted as lost with it.
  assert.ok(events >= ledger.written && events <= ledger.written + ledger.dropped.worker);
  assert.match(agent.log, /event_log ended: .*as the test asked/);
  agent.kill("SIGTERM");
  assert.equal(await agent.ended(), 0);
});

Deno.test("a worker that hangs is left and replaced; the second time the log ends, SMB goes on", async () => {
  await using agent = new TestAgent({
    producer: true,
    config: config(`types: [write], ${ONLY}`),
    // Longer than any two heartbeats of the others are apart.
    env: { AOD_TEST_HANG_MS: "7000" },
  });
  await agent.ready();
  await logging(agent);
  const work = new Workload(agent.dir);
  await work.run(1000);
  await settled(agent);
  await using frozen = new FrozenThread(agent.pid, "aod-event_log");
  await frozen.held();
  await work.run(1000);
  await agent.statusThat((s) =>
    s.components.some((c) => c.name === "event_log" && c.hangs === 1 && c.state === "running")
  );
  const status = await settled(agent);
  assert.equal(dropped(status.event_log.ledger), 0, JSON.stringify(status.event_log.ledger));
  assert.deepEqual(status.components.slice(0, 3).map((c) => c.restarts), [0, 0, 0]);
  // The thread that comes back finds itself replaced: it takes nothing from the ring.
  await frozen.thaw();
  await work.run(1000);
  const after = await settled(agent);
  const { events, byType } = await tally(`${agent.outputDir}/events/events.jsonl`);
  assert.equal(events, after.event_log.ledger.written);
  assert.ok(byType.write >= 3000 && byType.write < 3020, `${byType.write}`);
  // The supervisor counts the threads of that name once a second.
  await new Promise((resolve) => setTimeout(resolve, 2500));
  await using again = new FrozenThread(agent.pid, "aod-event_log");
  await again.held();
  const ended = await agent.statusThat((s) => s.event_log.state === "ended");
  assert.equal(ended.event_log.reason, "its worker hung twice");
  assert.equal((await agent.audited("event_log_failed")).length, 1);
  assert.deepEqual(ended.components.slice(0, 3).map((c) => [c.restarts, c.state]), [
    [0, "running"],
    [0, "running"],
    [0, "running"],
  ]);
  await again.thaw(); // a process cannot end before
  agent.kill("SIGTERM");
  assert.equal(await agent.ended(), 0);
});

Deno.test("a full disk stops the log with an alert, not the agent; it goes on when there is room", async () => {
  const dir = Deno.makeTempDirSync({ prefix: "aod-test-" });
  const small = ["-t", "tmpfs", "-o", "size=6m,mode=0700", "none"];
  await withMount(small, `${dir}/small`, async () => {
    const path = `${dir}/small/log/events.jsonl`;
    await using agent = new TestAgent({
      producer: true,
      config: config(`types: [write], ${ONLY}, output: ${path}, rotate_mb: 0`),
    });
    await agent.ready();
    await logging(agent);
    const work = new Workload(agent.dir);
    await work.run(100_000);
    const full = await agent.statusThat((s) =>
      s.event_log.state === "failed" && logFaults(s).length === 0
    );
    assert.match(full.event_log.reason, /^Cannot write .*events\.jsonl: because /);
    assert.ok(full.event_log.ledger.dropped.disk_full > 0);
    // What is in the file is whole lines, and what the ledger says.
    assert.equal((await tally(path)).events, full.event_log.ledger.written);
    const { seen } = full.event_log.ledger;
    await work.run(1000);
    assert.equal((await agent.status()).event_log.ledger.seen, seen, "it does not even look");
    assert.equal((await agent.audited("event_log_failed")).length, 1);
    assert.equal((await agent.ask("snapshot")).ok, true);
    Deno.truncateSync(path, 0);
    await logging(agent, 2);
    await work.run(1000);
    const on = await settled(agent);
    assert.equal(on.event_log.reason, "");
    assert.ok((await tally(path)).byType.write >= 1000);
    assert.deepEqual(on.components.map((c) => c.restarts), [0, 0, 0, 0]);
    agent.kill("SIGTERM");
    assert.equal(await agent.ended(), 0);
  });
  Deno.removeSync(dir, { recursive: true });
});

Deno.test("an output that cannot be opened: one alert, and the agent watches on", async () => {
  const dir = Deno.makeTempDirSync({ prefix: "aod-test-" });
  const path = `${dir}/link.jsonl`;
  Deno.symlinkSync("/etc/passwd", path);
  await using agent = new TestAgent({
    producer: true,
    dir,
    config: config(`types: [write], output: ${path}`),
  });
  await agent.ready();
  const status = await agent.statusThat((s) => s.counters.controller_event_log_failures > 0);
  assert.match(status.event_log.reason, /because it is a symbolic link$/);
  Deno.removeSync(path);
  await logging(agent);
  assert.equal((await agent.audited("event_log_failed")).length, 1);
  assert.equal(agent.log.match(/ERROR event_log/g)?.length, 1);
  agent.kill("SIGTERM");
  assert.equal(await agent.ended(), 0);
});
