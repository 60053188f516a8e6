/** The watcher in a thread of its own, fed through the real queue. */
import "../../support/libraries.ts";
import assert from "node:assert/strict";
import { spawnWorker } from "../../../src/os/worker.ts";
import { monotonicNs } from "../../../src/os/clock.ts";
import { ControlBlock } from "../../../src/service/control.ts";
import type { FromWorker, ToWorker } from "../../../src/service/messages.ts";
import { EventQueue } from "../../../src/stream/event_queue.ts";
import { FLAG } from "../../../src/detect/fields.ts";
import { type Row, setRow } from "../../support/columns.ts";
import { configOf, latencyAnomaly, MS, SEC, slowRead } from "../../support/detect.ts";

/** A watcher with its queue; the test is the dispatcher and the controller. */
class Rig {
  readonly control = ControlBlock.create();
  readonly queue = EventQueue.create(64);
  readonly #worker = spawnWorker("watcher");
  readonly #messages: FromWorker[] = [];
  #arrived: () => void = () => {};

  constructor() {
    this.#worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      this.#messages.push(data);
      this.#arrived();
    };
  }

  send(message: ToWorker): void {
    this.#worker.postMessage(message);
  }

  start(): Promise<FromWorker> {
    const { queue, control } = this;
    this.send({
      kind: "start",
      config: configOf([latencyAnomaly({ acceptable_count: 3, cooldown_sec: 5 })], 60),
      probe: null,
      queue: queue.buffer,
      replaced_queues: [],
      control: control.buffer,
    });
    return this.next("ready");
  }

  put(rows: readonly Row[]): void {
    for (const row of rows) {
      while (this.queue.writable() === 0);
      setRow(this.queue.columns, this.queue.writeRow, row);
      this.queue.publish(1);
    }
  }

  async next<K extends FromWorker["kind"]>(kind: K): Promise<Extract<FromWorker, { kind: K }>> {
    for (;;) {
      const at = this.#messages.findIndex((m) => m.kind === kind);
      if (at >= 0) {
        return this.#messages.splice(at, 1)[0] as Extract<FromWorker, { kind: K }>;
      }
      await new Promise<void>((resolve) => (this.#arrived = resolve));
    }
  }

  /** Violations by anomaly, of all messages so far: how many there are is up to the clock. */
  violations(): Record<string, number> {
    const sums: Record<string, number> = {};
    for (const message of this.#messages) {
      if (message.kind !== "violations") continue;
      for (const [name, count] of Object.entries(message.counts)) {
        sums[name] = (sums[name] ?? 0) + count;
      }
    }
    return sums;
  }

  async drain(): Promise<void> {
    this.send({ kind: "drain" });
    await this.next("stopped");
    this.#worker.terminate();
  }
}

Deno.test("records become an anomaly, its repeats a follow-up at the end, every record a figure", async () => {
  const rig = new Rig();
  await rig.start();
  const now = monotonicNs();
  rig.put([0n, 1n, 2n, 3n, 4n].map((i) => slowRead(now + i * MS, { message_id: i })));
  const { anomaly } = await rig.next("anomaly");
  assert.equal(anomaly.count, 3);
  assert.deepEqual(anomaly.worst.map((r) => r.message_id), [0n, 1n, 2n]);
  assert.equal(anomaly.patterns[0].command, "SMB2_READ");
  rig.put(Array.from({ length: 500 }, () => slowRead(now + 5n * MS, { command: 14 })));
  await rig.drain();
  const { followup } = await rig.next("followup");
  assert.deepEqual([followup.id, followup.count], [anomaly.id, 2]);
  const { control } = rig;
  assert.equal(control.get("watcher_records"), 505);
  assert.equal(control.get("watcher_counted"), 5);
  assert.equal(control.get("watcher_ignored"), 500);
  assert.deepEqual(rig.violations(), { latency: 5 });
  assert.equal(control.get("watcher_anomalies"), 1);
  assert.equal(rig.queue.size(), 0);
});

Deno.test("a change of the configuration takes effect and loses no record", async () => {
  const rig = new Rig();
  await rig.start();
  const now = monotonicNs();
  rig.put([slowRead(now), slowRead(now + 1n)]);
  const same = latencyAnomaly({ acceptable_count: 3, cooldown_sec: 5 });
  const added = latencyAnomaly({ name: "writes", thresholds_ms: { 9: 5 }, acceptable_count: 1 });
  rig.send({ kind: "config", config: configOf([same, added], 60) });
  // The change is in force once a WRITE fires: it is put again until it does.
  const write = { command: 9, end_ns: now, latency_ns: 6n * MS };
  const again = setInterval(() => rig.put([write]), 20);
  assert.equal((await rig.next("anomaly")).anomaly.name, "writes");
  clearInterval(again);
  rig.put([slowRead(now + 2n)]);
  const { anomaly } = await rig.next("anomaly");
  assert.deepEqual([anomaly.name, anomaly.count], ["latency", 3]);
  await rig.drain();
});

Deno.test("a hung request's report and its end pass through", async () => {
  const rig = new Rig();
  await rig.start();
  const now = monotonicNs();
  const report = { command: 8, request_id: 5n, flags: FLAG.IN_FLIGHT };
  rig.put([{ ...report, end_ns: now, latency_ns: SEC }]);
  const { anomaly } = await rig.next("anomaly");
  assert.equal(anomaly.reason, "hung");
  rig.put([{ ...report, flags: FLAG.WAS_REPORTED, end_ns: now + SEC, latency_ns: 2n * SEC }]);
  const { followup } = await rig.next("followup");
  assert.equal(followup.ended?.latency_ns, 2n * SEC);
  await rig.drain();
  assert.equal(rig.control.get("watcher_updates"), 1);
});
