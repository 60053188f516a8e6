/**
 * The exec monitor on this kernel: forks, execs and exits of a child, whose number is known.
 * @module
 */
import assert from "node:assert/strict";
import { loadExecMonitor } from "../../../src/probe/exec_monitor/load.ts";
import { ExecMonitorReader } from "../../../src/probe/exec_monitor/reader.ts";
import type { TracerOptions } from "../../../src/probe/tracer/load.ts";
import type { TracerEvent } from "../../../src/probe/tracer/event.ts";
import { eventIds } from "../../../src/stream/bus_event.ts";
import { imbalanceOf, untilSo, work, workProgram } from "../../support/tracer/work.ts";

class Monitored implements Disposable {
  readonly probe;
  readonly reader: ExecMonitorReader;

  constructor(options: Partial<TracerOptions> = {}) {
    this.probe = loadExecMonitor({ ring_bytes: 1 << 20, leave_out_self: false, ...options });
    this.reader = new ExecMonitorReader(this.probe.handles, eventIds());
  }

  [Symbol.dispose](): void {
    this.reader.close();
    this.probe.close();
  }
}

/** Events of a process and of its children, in their order. */
function ofFamily(events: TracerEvent[], pid: number): TracerEvent[] {
  return events.filter((event) => event.pid === pid || event.data.parent_pid === pid);
}

Deno.test("every fork, exec and exit of a process is told, with status and lifetime", async () => {
  using monitored = new Monitored();
  const before = Date.now() / 1000;
  const { pid } = await work("forks", 300);
  const events = monitored.reader.poll(100_000);
  const all = ofFamily(events, pid);
  const children = all.filter((event) => event.pid === pid && event.event_type === "fork")
    .map(({ data }) => Number(data.child_pid));
  assert.equal(new Set(children).size, 300);
  const index = new Map(children.map((child, i) => [child, i]));
  const execs = all.filter((event) => event.event_type === "exec" && event.pid !== pid);
  assert.deepEqual(
    execs.map((event) => [event.pid, event.data.argv]),
    children.map((child, i) => [child, ["work", "leaf", `${i % 256}`]]),
  );
  const exits = all.filter((event) => event.event_type === "exit" && event.pid !== pid);
  assert.equal(exits.length, 300);
  for (const event of exits) {
    const { exit_code, signal, core_dumped, lifetime_ns, parent_pid } = event.data;
    const i = index.get(event.pid ?? 0) ?? -1;
    assert.deepEqual([exit_code, signal, core_dumped, parent_pid], [i % 256, null, false, pid]);
    assert.ok(Number(lifetime_ns) > 0 && Number(lifetime_ns) < 60e9);
    assert.ok(event.timestamp > before - 60 && event.timestamp < before + 60);
    assert.equal(event.source, "eBPF::exec_monitor");
  }
  const own = all.filter((event) => event.pid === pid && event.event_type !== "fork");
  assert.deepEqual(own.map(({ event_type }) => event_type), ["exec", "exit"]);
  assert.equal(own[0].data.filename, workProgram());
  assert.equal(own[1].data.exit_code, 0);
  const parent = events.find(({ data }) => data.child_pid === pid);
  assert.equal(parent?.pid, Deno.pid);
  assert.equal(imbalanceOf(monitored.reader.ledger()), 0);
});

Deno.test("argv is bounded and marked", async () => {
  using monitored = new Monitored();
  const { pid } = await work("long", 5000);
  const execs = monitored.reader.poll(100_000)
    .filter((event) => event.pid === pid && event.event_type === "exec");
  const [short, long] = execs.map(({ data }) => data);
  assert.equal(short.argv_cut, false);
  assert.deepEqual(short.argv, [workProgram(), "long", "5000"]);
  assert.equal(long.argv_cut, true);
  assert.ok(Array.isArray(long.argv));
  assert.deepEqual(long.argv.slice(0, 3), ["work", "leaf", "0"]);
  assert.equal(long.argv.join("\0").length, 1024);
});

Deno.test("a signal and the status of a process whose first thread ended before are told", async () => {
  using monitored = new Monitored();
  const signalled = await work("signal");
  const threaded = await work("thread");
  const exits = monitored.reader.poll(100_000).filter(({ event_type }) => event_type === "exit");
  const of = (pid: number) => {
    const mine = exits.filter((event) => event.pid === pid);
    assert.equal(mine.length, 1);
    return [mine[0].data.exit_code, mine[0].data.signal];
  };
  assert.deepEqual(of(signalled.pid), [null, 15]);
  assert.equal(threaded.code, 9);
  assert.deepEqual(of(threaded.pid), [9, null]);
});

Deno.test("with a ring too small the ledger counts every event that was lost", async () => {
  using monitored = new Monitored({ ring_bytes: 4096 });
  await work("forks", 200);
  monitored.probe.stop();
  const { reader } = monitored;
  await untilSo("the ledger adds up", () => imbalanceOf(reader.ledger()) === 0);
  const events = reader.poll(100_000);
  const { seen, emitted, dropped } = reader.ledger();
  const told = events.filter(({ event_type }) => event_type !== "loss");
  assert.equal(told.length, emitted);
  assert.ok(seen >= 600 && dropped.ring_full >= 600 - told.length && told.length > 0);
  const losses = events.filter(({ event_type }) => event_type === "loss");
  assert.deepEqual(losses.map(({ data }) => data.lost), [dropped.ring_full + dropped.scratch]);
});

Deno.test("the agent and what it starts are left out, and counted", async () => {
  using monitored = new Monitored({ leave_out_self: true });
  const { pid } = await work("forks", 20);
  const events = monitored.reader.poll(100_000);
  assert.deepEqual(ofFamily(events, pid), []);
  const { own } = monitored.reader.ledger();
  // The child's fork, exec and exit, and those of its 20 children.
  assert.equal(own, 63);
});
