/**
 * The syscall tracer on this kernel: a child makes calls whose number is known, and the histograms have
 * exactly these; slow and sampled ones are told; what does not fit is counted.
 * @module
 */
import assert from "node:assert/strict";
import {
  loadSyscallTracer,
  type SyscallTracerOptions,
} from "../../../src/probe/syscall_tracer/load.ts";
import { WAITING_CALLS } from "../../../src/probe/syscall_tracer/names.ts";
import { SyscallTracerReader } from "../../../src/probe/syscall_tracer/reader.ts";
import { OTHER_COMM, type SyscallRow } from "../../../src/probe/syscall_tracer/rows.ts";
import type { TracerEvent } from "../../../src/probe/tracer/event.ts";
import { eventIds } from "../../../src/stream/bus_event.ts";
import { freshName, imbalanceOf, untilSo, work } from "../../support/tracer/work.ts";

/** The tracer with its reader, and all that was taken out of it. */
class Traced implements Disposable {
  readonly probe;
  readonly reader: SyscallTracerReader;
  readonly events: TracerEvent[] = [];
  readonly rows: SyscallRow[] = [];

  constructor(options: Partial<SyscallTracerOptions> = {}) {
    this.probe = loadSyscallTracer({
      ring_bytes: 1 << 20,
      leave_out_self: false,
      by: "comm",
      rows: 4096,
      slow_ms: Infinity,
      sample_every: 0,
      ...options,
    });
    this.reader = new SyscallTracerReader(this.probe.handles, eventIds());
  }

  take(): void {
    this.events.push(...this.reader.poll(100_000));
    this.rows.push(...this.reader.snapshot());
  }

  /** Calls by name, of the rows that `which` takes. */
  counts(which: (row: SyscallRow) => boolean): Record<string, number> {
    const counts: Record<string, number> = {};
    for (const row of this.rows.filter(which)) {
      counts[row.syscall_name] = (counts[row.syscall_name] ?? 0) + row.calls;
    }
    return counts;
  }

  [Symbol.dispose](): void {
    this.reader.close();
    this.probe.close();
  }
}

const isWaiting = ({ syscall_name }: SyscallRow) => WAITING_CALLS.includes(syscall_name);

Deno.test("every call of a process is in its histograms; slow ones are told, waits are not", async () => {
  using traced = new Traced({ slow_ms: 10 });
  const comm = freshName();
  const { pid } = await work("calls", comm, 5000);
  traced.take();
  const counts = traced.counts((row) => row.comm === comm);
  assert.deepEqual(counts, {
    prctl: 1,
    getpid: 5000,
    write: 2500,
    recvfrom: 3,
    nanosleep: 2,
    personality: 7,
  });
  // Of the process that has ended: another one may be between its count and its bucket just now.
  for (const { calls, latency_ns } of traced.rows.filter((row) => row.comm === comm)) {
    assert.ok(calls >= latency_ns.count && latency_ns.count > 0);
    assert.equal(latency_ns.buckets.reduce((sum, n) => sum + n, 0), latency_ns.count);
  }
  const [sleeps] = traced.rows.filter((row) =>
    row.comm === comm && row.syscall_name === "nanosleep"
  );
  assert.ok(sleeps.latency_ns.sum >= 40_000_000);

  const told = traced.events.filter((event) => event.pid === pid);
  const received = told.filter(({ data }) => data.syscall_name === "recvfrom");
  assert.equal(received.length, 3);
  for (const { event_type, source, comm: name, data } of received) {
    assert.deepEqual([event_type, source, name], ["syscall", "eBPF::syscall_tracer", comm]);
    assert.ok(Number(data.latency_ns) >= 10_000_000);
    assert.equal(data.latency_us, Number(data.latency_ns) / 1000);
    assert.deepEqual([data.result, data.slow, data.sampled, data.tid], [-11, true, false, pid]);
  }
  assert.ok(told.every(({ data }) => data.syscall_name !== "nanosleep"));
  assert.equal(imbalanceOf(traced.reader.ledger()), 0);
});

Deno.test("histograms that are read all the time lose no call and count none twice", async () => {
  using traced = new Traced();
  const comm = freshName();
  const running = Promise.all([1, 2, 3].map(() => work("calls", comm, 150_000)));
  let ended = false;
  running.finally(() => ended = true).catch(() => {});
  let snapshots = 0;
  while (!ended) {
    traced.take();
    snapshots++;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await running;
  traced.take();
  assert.ok(snapshots > 3);
  const counts = traced.counts((row) => row.comm === comm);
  assert.deepEqual([counts.getpid, counts.write, counts.recvfrom], [450_000, 225_000, 9]);
});

Deno.test("by process, one in sample_every of its calls is told", async () => {
  using traced = new Traced({ by: "tgid", sample_every: 100 });
  const comm = freshName();
  const [one, two] = await Promise.all([work("calls", comm, 3000), work("calls", comm, 4000)]);
  traced.take();
  for (const [{ pid }, getpids] of [[one, 3000], [two, 4000]] as const) {
    const isMine = (row: SyscallRow) => row.tgid === pid;
    assert.equal(traced.counts(isMine).getpid, getpids);
    const working = traced.counts((row) => isMine(row) && !isWaiting(row));
    const calls = Object.values(working).reduce((sum, n) => sum + n, 0);
    const told = traced.events.filter((event) => event.pid === pid).length;
    assert.ok(told >= Math.floor(calls / 100) && told <= Math.ceil(calls / 100), `${told}`);
  }
  assert.ok(traced.events.every(({ data }) => data.sampled === true && data.slow === false));
});

Deno.test("with a ring too small every call that is not told is counted as lost", async () => {
  using traced = new Traced({ ring_bytes: 4096, sample_every: 1 });
  await work("calls", freshName(), 2000);
  traced.probe.stop();
  const countedAll = () => {
    traced.rows.push(...traced.reader.snapshot(true));
    const calls = Object.values(traced.counts((row) => !isWaiting(row)));
    const { emitted, dropped } = traced.reader.ledger();
    return calls.reduce((sum, n) => sum + n, 0) === emitted + dropped.ring_full;
  };
  await untilSo("calls are told or lost", countedAll);
  traced.take();
  const ledger = traced.reader.ledger();
  const losses = traced.events.filter(({ event_type }) => event_type === "loss");
  const told = traced.events.filter(({ event_type }) => event_type === "syscall");
  assert.equal(told.length, ledger.emitted);
  assert.ok(told.length > 0 && told.length <= 4096 / 64);
  assert.ok(ledger.dropped.ring_full >= 3000 - told.length);
  assert.deepEqual(losses.map(({ data }) => data), [{
    lost: ledger.dropped.ring_full,
    cause: "ring_full",
  }]);
  assert.equal(imbalanceOf(ledger), 0);
});

Deno.test("calls that find no row are counted together, by syscall", async () => {
  using traced = new Traced({ rows: 1 });
  const comm = freshName();
  await work("calls", comm, 1000);
  traced.take();
  // Nobody else asks for its personality.
  const counts = traced.counts((row) => row.comm === OTHER_COMM || row.comm === comm);
  assert.equal(counts.personality, 7);
  assert.ok(counts.getpid >= 1000 && counts.write >= 500);
  assert.equal(traced.reader.usage.used, 1);
  const { no_row } = traced.reader.ledger();
  assert.ok(no_row >= 5);
});

Deno.test("the agent and what it starts are left out, and counted", async () => {
  using traced = new Traced({ leave_out_self: true, sample_every: 1 });
  const comm = freshName();
  const { pid } = await work("calls", comm, 1000);
  traced.take();
  assert.deepEqual(traced.counts((row) => row.comm === comm), {});
  assert.equal(
    traced.events.filter((event) => event.pid === pid || event.pid === Deno.pid).length,
    0,
  );
  const ledger = traced.reader.ledger();
  assert.ok(ledger.own >= 1512, `${ledger.own}`);
  assert.equal(imbalanceOf(ledger), 0);
});
