/**
 * The pump on a real ring: it sleeps while nothing happens, is woken by an event, and ends with an
 * exact ledger.
 * @module
 */
import assert from "node:assert/strict";
import { LOG_TYPE } from "../../../src/probe/event_log/layout.gen.ts";
import { readLogCounters } from "../../../src/probe/event_log/counters.ts";
import { type EventLogProbe, loadEventLog } from "../../../src/probe/event_log/load.ts";
import { JsonFormatter } from "../../../src/sink/json.ts";
import { imbalance, logLedger } from "../../../src/sink/ledger.ts";
import { LogPump } from "../../../src/sink/pump.ts";
import { type Chunk, type Sink, SinkError } from "../../../src/sink/sink.ts";
import { runCommand } from "../../support/program.ts";
import "../../support/libraries.ts";

/** Keeps lines; fails where it is told to. */
class Lines implements Sink {
  lines: string[] = [];
  written_bytes = 0n;
  failAfter = Infinity;
  #came = Promise.withResolvers<void>();

  /** Fulfilled with the next chunk. */
  next(): Promise<void> {
    this.#came = Promise.withResolvers();
    return this.#came.promise;
  }

  write({ bytes }: Chunk): Promise<void> {
    const lines = new TextDecoder().decode(bytes).trimEnd().split("\n");
    const room = this.failAfter - this.lines.length;
    this.lines.push(...lines.slice(0, room));
    this.#came.resolve();
    if (lines.length <= room) return Promise.resolve();
    return Promise.reject(new SinkError("disk_full", "full", room));
  }

  tick = () => Promise.resolve();
  close = () => Promise.resolve();
}

const setIds = () =>
  runCommand("/usr/bin/setpriv", ["--reuid=65534", "--regid=65534", "--clear-groups", "/bin/true"]);

async function withPump(
  test: (probe: EventLogProbe, pump: LogPump, sink: Lines) => Promise<void>,
): Promise<void> {
  const probe = loadEventLog({
    types: new Set([LOG_TYPE.SETRESUID]),
    filters: { comm: "setpriv" },
    ring_bytes: 1 << 20,
    leave_out_self: false,
  });
  const sink = new Lines();
  const options = {
    offset_ns: 0n,
    cpus: probe.handles.possible_cpus,
    syscallName: () => undefined,
  };
  const pump = new LogPump(probe.handles, new JsonFormatter(options), sink);
  try {
    await test(probe, pump, sink);
    assert.equal(pump.backlog(), 0);
    const ledger = logLedger(readLogCounters(probe.handles), pump.counts);
    assert.equal(imbalance(ledger), 0n);
    assert.equal(ledger.dropped.unread, 0n);
    assert.equal(ledger.written, BigInt(sink.lines.length));
  } finally {
    pump.close();
    probe.close();
  }
}

Deno.test("idle it sleeps until an event wakes it; kept waiting it does not spin", async () => {
  await withPump(async (_probe, pump, sink) => {
    const running = pump.run();
    for (let i = 1; i <= 3; i++) {
      const came = sink.next();
      await setIds();
      await came;
      assert.equal(sink.lines.length, i);
    }
    const before = pump.counts.sleeps;
    await new Promise((resolve) => setTimeout(resolve, 1000));
    // A while in which more might have come, then one sleep that lasts longer than a second.
    assert.ok(pump.counts.sleeps - before <= 2n, `${pump.counts.sleeps - before} sleeps`);
    pump.stop();
    await running;
    await pump.finish(1000);
  });
});

Deno.test("events now and then are taken together, not one wake-up each", async () => {
  await withPump(async (_probe, pump, sink) => {
    const running = pump.run();
    const begun = performance.now();
    const [events, every] = [30, 40];
    for (let i = 0; i < events; i++) {
      await setIds();
      const due = begun + (i + 1) * every;
      await new Promise((resolve) => setTimeout(resolve, Math.max(0, due - performance.now())));
    }
    // A sleep for a while, and one until the next event where nothing came in it.
    const periods = (performance.now() - begun) / 200;
    assert.ok(Number(pump.counts.sleeps) <= 2 * periods + 3, `${pump.counts.sleeps} sleeps`);
    pump.stop();
    await running;
    await pump.finish(1000);
    assert.equal(sink.lines.length, events);
  });
});

Deno.test("what an output does not take any more is counted, with what is still in the ring", async () => {
  await withPump(async (_probe, pump, sink) => {
    sink.failAfter = 2;
    for (let i = 0; i < 4; i++) await setIds();
    await pump.run();
    assert.equal(pump.failure?.reason, "disk_full");
    await setIds();
    await pump.finish(1000);
    assert.equal(sink.lines.length, 2);
    assert.deepEqual(pump.counts.lost.disk_full, 3n);
  });
});
