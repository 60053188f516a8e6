/**
 * The block tracer on this kernel: a child reads and writes a device that nobody else has, O_DIRECT.
 * @module
 */
import assert from "node:assert/strict";
import { basename } from "node:path";
import { type BlockIoOptions, loadBlockIo } from "../../../src/probe/block_io/load.ts";
import { BlockIoReader } from "../../../src/probe/block_io/reader.ts";
import type { BlockRow } from "../../../src/probe/block_io/rows.ts";
import type { TracerEvent } from "../../../src/probe/tracer/event.ts";
import { eventIds } from "../../../src/stream/bus_event.ts";
import { LoopDevice } from "../../support/tracer/loop_device.ts";
import { imbalanceOf, untilSo, work, workProgram } from "../../support/tracer/work.ts";

const DEVICE_BYTES = 4 << 20;

class Traced implements Disposable {
  readonly probe;
  readonly reader: BlockIoReader;
  readonly events: TracerEvent[] = [];
  readonly rows: BlockRow[] = [];

  constructor(options: Partial<BlockIoOptions> = {}) {
    this.probe = loadBlockIo({
      ring_bytes: 1 << 20,
      leave_out_self: false,
      slow_ms: Infinity,
      sample_every: 0,
      ...options,
    });
    this.reader = new BlockIoReader(this.probe.handles, eventIds());
  }

  take(): void {
    this.events.push(...this.reader.poll(100_000));
    this.rows.push(...this.reader.snapshot());
  }

  /** Requests of 4 KiB that were counted for a device. */
  requests(device: string, operation: string): number {
    return this.rows.filter((row) => row.device === device && row.operation === operation)
      .reduce((sum, { size_bytes }) => sum + size_bytes.buckets[12], 0);
  }

  [Symbol.dispose](): void {
    this.reader.close();
    this.probe.close();
  }
}

Deno.test("every direct read and write is in the histograms of its device and operation", async () => {
  await using device = await LoopDevice.create(DEVICE_BYTES);
  using traced = new Traced();
  await work("reads", device.path, 3000);
  await work("writes", device.path, 1000);
  traced.take();
  assert.equal(traced.requests(device.name, "read"), 3000);
  assert.equal(traced.requests(device.name, "write"), 1000);
  for (const { device: name, latency_ns, size_bytes, failed } of traced.rows) {
    if (name !== device.name) continue;
    assert.equal(latency_ns.buckets.reduce((sum, n) => sum + n, 0), latency_ns.count);
    assert.equal(size_bytes.count, latency_ns.count);
    assert.ok(latency_ns.sum > 0);
    assert.equal(failed, 0);
  }
  assert.deepEqual(traced.events, []);
  const ledger = traced.reader.ledger();
  assert.equal(imbalanceOf(ledger), 0);
  assert.deepEqual([ledger.dropped.no_slot, ledger.dropped.malformed], [0, 0]);
});

Deno.test("slow requests are told with device, size, place and issuer", async () => {
  await using device = await LoopDevice.create(DEVICE_BYTES);
  using traced = new Traced({ slow_ms: 0 });
  const { pid } = await work("reads", device.path, 200);
  traced.take();
  const told = traced.events.filter(({ data }) =>
    data.device === device.name && data.operation === "read" && data.bytes === 4096
  );
  assert.equal(told.length, 200);
  assert.deepEqual(
    told.map(({ data }) => data.sector),
    Array.from({ length: 200 }, (_, i) => i * 8),
  );
  const name = basename(workProgram()).slice(0, 15);
  for (const { event_type, source, pid: issuer, comm, data } of told) {
    assert.deepEqual([event_type, source], ["block_io", "eBPF::block_io"]);
    assert.deepEqual([issuer, comm], [pid, name]);
    assert.ok(Number(data.latency_ns) > 0);
    assert.deepEqual([data.slow, data.sampled, data.failed, data.status], [true, false, false, 0]);
  }
});

Deno.test("with a ring too small every request that is not told is counted as lost", async () => {
  await using device = await LoopDevice.create(DEVICE_BYTES);
  using traced = new Traced({ ring_bytes: 4096, sample_every: 1 });
  await work("reads", device.path, 500);
  traced.probe.stop();
  const countedAll = () => {
    traced.rows.push(...traced.reader.snapshot(true));
    const { emitted, dropped } = traced.reader.ledger();
    const counted = traced.rows.reduce((sum, { latency_ns }) => sum + latency_ns.count, 0);
    return counted === emitted + dropped.ring_full;
  };
  await untilSo("requests are told or lost", countedAll);
  traced.take();
  const ledger = traced.reader.ledger();
  const told = traced.events.filter(({ event_type }) => event_type === "block_io");
  const losses = traced.events.filter(({ event_type }) => event_type === "loss");
  assert.equal(told.length, ledger.emitted);
  assert.ok(told.length > 0 && ledger.dropped.ring_full >= 500 - told.length);
  assert.deepEqual(losses.map(({ data }) => data.lost), [ledger.dropped.ring_full]);
  assert.equal(imbalanceOf(ledger), 0);
});

Deno.test("the agent and what it starts are left out, and counted", async () => {
  await using device = await LoopDevice.create(DEVICE_BYTES);
  using traced = new Traced({ leave_out_self: true, sample_every: 1 });
  await work("reads", device.path, 300);
  traced.take();
  assert.equal(traced.requests(device.name, "read"), 0);
  const ledger = traced.reader.ledger();
  assert.ok(ledger.own >= 300, `${ledger.own}`);
  assert.equal(imbalanceOf(ledger), 0);
});
