/** The dispatcher's worker against a real ring on the host's kernel. */
import assert from "node:assert/strict";
import type { Config } from "../../../src/config/types.ts";
import { spawnWorker } from "../../../src/os/worker.ts";
import { ControlBlock } from "../../../src/service/control.ts";
import type { FromWorker, StartMessage } from "../../../src/service/messages.ts";
import { SMB_FLAG } from "../../../src/probe/smb/layout.gen.ts";
import { requestFromColumns } from "../../../src/probe/smb/decode.ts";
import type { SmbRequest } from "../../../src/probe/smb/request.ts";
import { EventQueue } from "../../../src/stream/event_queue.ts";
import { ledgerFaults } from "../../../src/stream/ledger.ts";
import { PRODUCE, Producer } from "../../support/producer.ts";

const config = { guardian: { anomalies: [] } } as unknown as Config;

/** A dispatcher and the consumer's end of its queue. */
class Bench {
  readonly queue = EventQueue.create(4096);
  readonly control = ControlBlock.create();
  #worker: Worker | null = null;
  #stopped = Promise.withResolvers<void>();

  constructor(readonly producer: Producer) {}

  async start(probe: Producer | null = this.producer): Promise<void> {
    const worker = spawnWorker("dispatcher");
    const ready = Promise.withResolvers<void>();
    this.#stopped = Promise.withResolvers<void>();
    worker.onerror = (event) => {
      event.preventDefault();
      ready.reject(new Error(event.message));
      this.#stopped.reject(new Error(event.message));
    };
    worker.onmessage = ({ data }: MessageEvent<FromWorker>) => {
      if (data.kind === "ready") ready.resolve();
      if (data.kind === "stopped") this.#stopped.resolve();
    };
    const start: StartMessage = {
      kind: "start",
      config,
      probe: probe?.handles ?? null,
      queue: this.queue.buffer,
      replaced_queues: [],
      control: this.control.buffer,
    };
    worker.postMessage(start);
    this.#worker = worker;
    await ready.promise;
  }

  post(message: unknown): void {
    this.#worker?.postMessage(message);
  }

  /** Ends the thread as the supervisor does with one that does not answer. */
  terminate(): void {
    this.control.nextGeneration("dispatcher");
    this.#worker?.terminate();
  }

  async drain(): Promise<void> {
    this.post({ kind: "drain" });
    await this.#stopped.promise;
  }

  /** Waits for `count` rows and takes them; what comes beyond stays. */
  async take(count: number): Promise<SmbRequest[]> {
    const taken: SmbRequest[] = [];
    for (let waits = 0; taken.length < count && waits < 100; waits++) {
      await this.queue.waitAsync(100);
      const next = () => Math.min(this.queue.readable(), count - taken.length);
      for (let n = next(); n > 0; n = next()) {
        for (let i = 0; i < n; i++) {
          taken.push(requestFromColumns(this.queue.columns, this.queue.readRow + i));
        }
        this.queue.consume(n);
      }
    }
    assert.equal(taken.length, count, `only ${taken.length} of ${count} rows came`);
    return taken;
  }
}

async function withBench(body: (bench: Bench) => Promise<void>): Promise<void> {
  const producer = new Producer();
  const bench = new Bench(producer);
  try {
    await body(bench);
  } finally {
    bench.terminate();
    producer.close();
  }
}

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

Deno.test("an idle dispatcher is woken by one record and by many", async () => {
  await withBench(async (bench) => {
    await bench.start();
    let next = 0n;
    for (const count of [1, 1, 3000, 1, 20]) {
      await pause(60); // it sleeps now
      bench.producer.produce(count, PRODUCE.COUNT_IDS | PRODUCE.WAKE);
      for (const { message_id } of await bench.take(count)) assert.equal(message_id, next++);
    }
    await bench.drain();
    const { taken, consumed } = bench.queue.ledger();
    assert.equal(taken, Number(next));
    assert.equal(consumed, Number(next));
    assert.equal(bench.control.get("dispatcher_records"), Number(next));
    assert.equal(bench.control.get("dispatcher_queued"), Number(next));
  });
});

Deno.test("a dispatcher without a probe takes one up when it comes", async () => {
  await withBench(async (bench) => {
    await bench.start(null);
    bench.producer.produce(5, PRODUCE.COUNT_IDS | PRODUCE.WAKE);
    await pause(50);
    assert.equal(bench.queue.size(), 0);
    bench.post({ kind: "probe", probe: bench.producer.handles });
    assert.equal((await bench.take(5)).length, 5);
    bench.post({ kind: "probe", probe: null });
    await bench.drain();
  });
});

Deno.test("a dispatcher terminated in the middle is replaced without loss or repetition", async () => {
  await withBench(async (bench) => {
    let produced = 0;
    const ids: bigint[] = [];
    for (let life = 0; life < 5; life++) {
      await bench.start();
      for (let i = 0; i < 10; i++) {
        produced += bench.producer.produce(300, PRODUCE.COUNT_IDS | PRODUCE.WAKE).emitted;
        if (i === 7) bench.terminate();
        await pause(1);
        const n = bench.queue.size();
        for (const { message_id } of n > 0 ? await bench.take(n) : []) ids.push(message_id);
      }
    }
    await bench.start();
    for (const { message_id } of await bench.take(produced - ids.length)) ids.push(message_id);
    ids.forEach((id, i) => assert.equal(id, BigInt(i)));
    assert.equal(bench.producer.counter("DROP_RING_FULL"), 0);
    await bench.drain();
    assert.deepEqual(ledgerFaults(bench.queue.ledger(), 0), []);
  });
});

Deno.test("drain empties the ring before it answers", async () => {
  await withBench(async (bench) => {
    await bench.start();
    await pause(30);
    bench.producer.produce(2000, PRODUCE.COUNT_IDS); // without a wake-up
    await bench.drain();
    assert.equal(bench.queue.size(), 2000);
  });
});

Deno.test("a request that hangs is reported once, the scan stops when nothing is in flight", async () => {
  await withBench(async (bench) => {
    await bench.start();
    await pause(30);
    const before = bench.control.get("dispatcher_in_flight_scans");
    bench.producer.hang(77);
    const [report] = await bench.take(1);
    assert.equal(report.request_id, 77n);
    assert.ok(report.flags & SMB_FLAG.IN_FLIGHT);
    await pause(350);
    assert.equal(bench.queue.size(), 0);
    assert.ok(bench.control.get("dispatcher_in_flight_scans") > before + 1);
    bench.producer.endHang(77);
    await pause(150);
    const after = bench.control.get("dispatcher_in_flight_scans");
    await pause(300);
    assert.equal(bench.control.get("dispatcher_in_flight_scans"), after);
    assert.equal(bench.control.get("dispatcher_scan_failures"), 0);
    await bench.drain();
  });
});
