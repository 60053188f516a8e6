/** The path ring -> columns -> consumer, with records written by a real BPF program. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { RingReader } from "../../../src/bpf/ring.ts";
import { decodeRequest, requestFromColumns } from "../../../src/probe/smb/decode.ts";
import { SMB_FLAG, SMB_REQUEST_BYTES } from "../../../src/probe/smb/layout.gen.ts";
import type { SmbRequest } from "../../../src/probe/smb/request.ts";
import { drain } from "../../../src/stream/drain.ts";
import { EventQueue } from "../../../src/stream/event_queue.ts";
import { ledgerFaults } from "../../../src/stream/ledger.ts";
import { encodeRequest, requestArbitrary } from "../../support/records.ts";
import { PRODUCE, Producer } from "../../support/producer.ts";

interface Path {
  producer: Producer;
  ring: RingReader;
  queue: EventQueue;
}

function withPath(body: (path: Path) => void, ring_bytes = 1 << 16, rows = 1024): void {
  const producer = new Producer({ ring_bytes });
  const ring = new RingReader(producer.handles.maps.smb_events, ring_bytes);
  try {
    body({ producer, ring, queue: EventQueue.create(rows) });
  } finally {
    ring.close();
    producer.close();
  }
}

/** Drains and consumes everything; every row as a request. */
function takeAll({ ring, queue }: Path): SmbRequest[] {
  const taken: SmbRequest[] = [];
  for (;;) {
    const { bytes } = drain(ring, queue, 1 << 20);
    for (let n = queue.readable(); n > 0; n = queue.readable()) {
      for (let i = 0; i < n; i++) {
        taken.push(requestFromColumns(queue.columns, queue.readRow + i));
      }
      queue.consume(n);
    }
    if (bytes === 0) return taken;
  }
}

Deno.test("every field of a record comes through ring and columns unchanged", () => {
  withPath((path) => {
    fc.assert(
      fc.property(requestArbitrary(), (request) => {
        const bytes = new Uint8Array(path.producer.record.buffer, path.producer.record.byteOffset);
        bytes.set(encodeRequest(request));
        path.producer.produce(1, 0);
        assert.deepEqual(takeAll(path), [request]);
      }),
      { numRuns: 300 },
    );
    assert.deepEqual(ledgerFaults(path.queue.ledger(), 0), []);
  });
});

Deno.test("records come in order through many turns of the ring and of the queue", () => {
  withPath((path) => {
    const seen: bigint[] = [];
    let emitted = 0;
    // Batch sizes around the block of 16 and the ring's 511 records.
    for (const count of [1, 7, 8, 9, 15, 16, 17, 100, 333, 500, 511]) {
      for (let i = 0; i < 12; i++) {
        emitted += path.producer.produce(count, PRODUCE.COUNT_IDS).emitted;
        for (const { message_id } of takeAll(path)) seen.push(message_id);
      }
    }
    assert.equal(seen.length, emitted);
    seen.forEach((id, i) => assert.equal(id, BigInt(i)));
    assert.equal(path.ring.position(), BigInt(emitted * 128));
  });
});

Deno.test("a full ring drops, and every drop is counted", () => {
  withPath((path) => {
    const { producer } = path;
    let [emitted, dropped, taken] = [0, 0, 0];
    for (let i = 0; i < 20; i++) {
      const made = producer.produce(700, PRODUCE.COUNT_IDS);
      emitted += made.emitted;
      dropped += made.dropped;
      taken += takeAll(path).length;
    }
    assert.ok(dropped > 0);
    assert.equal(emitted + dropped, 20 * 700);
    assert.equal(taken, emitted);
    assert.equal(producer.counter("SEEN"), emitted + dropped);
    assert.equal(producer.counter("EMITTED"), emitted);
    assert.equal(producer.counter("DROP_RING_FULL"), dropped);
  });
});

Deno.test("discarded records are skipped and counted, names are cut off", () => {
  withPath((path) => {
    const { producer, queue } = path;
    const { emitted } = producer.produce(
      300,
      PRODUCE.COUNT_IDS | PRODUCE.DISCARD | PRODUCE.NAMED,
    );
    const taken = takeAll(path);
    assert.equal(taken.length, emitted);
    assert.equal(queue.ledger().discarded, 300 - emitted);
    for (const { message_id, flags } of taken) {
      const named = message_id % 3n === 2n;
      assert.equal((flags & SMB_FLAG.HAS_NAME) !== 0, named);
      assert.ok(named || message_id % 2n === 0n);
    }
    assert.deepEqual(ledgerFaults(queue.ledger(), 0), []);
  });
});

Deno.test("a full queue leaves records in the ring; nothing is lost", () => {
  withPath(
    (path) => {
      const { producer, ring, queue } = path;
      producer.produce(100, PRODUCE.COUNT_IDS);
      const first = drain(ring, queue, 1000);
      assert.equal(first.queued, 64);
      assert.equal(drain(ring, queue, 1000).full, true);
      queue.consume(10);
      assert.equal(drain(ring, queue, 1000).queued, 10);
      assert.equal(ring.available(), 26 * 128);
      assert.deepEqual(ledgerFaults(queue.ledger(), queue.size()), []);
    },
    1 << 16,
    64,
  );
});

Deno.test("a new reader goes on where the last one was, also between queue and ring", () => {
  withPath((path) => {
    const { producer, ring, queue } = path;
    producer.produce(40, PRODUCE.COUNT_IDS);
    drain(ring, queue, 16);
    const second = new RingReader(producer.handles.maps.smb_events, ring.bytes);
    assert.equal(second.position(), ring.position());
    drain(second, queue, 1000);
    assert.equal(queue.size(), 40);
    second.close();
  });
});

Deno.test("records are walked in place with their names", () => {
  withPath((path) => {
    const { producer, ring } = path;
    const name = new TextEncoder().encode("dir/файл.txt");
    new Uint8Array(producer.record.buffer, producer.record.byteOffset + SMB_REQUEST_BYTES)
      .set(name);
    producer.produce(30, PRODUCE.COUNT_IDS | PRODUCE.NAMED);
    const names: (string | undefined)[] = [];
    const result = ring.walk((offset, bytes) => {
      names.push(decodeRequest(ring.data, offset, bytes).name);
    }, 1000);
    assert.deepEqual(result, { records: 30, discarded: 0, corrupt: 0, bytes: 20 * 128 + 10 * 256 });
    names.forEach((name, i) => assert.equal(name, i % 3 === 2 ? "dir/файл.txt" : undefined));
    assert.equal(ring.available(), 0);
  });
});
