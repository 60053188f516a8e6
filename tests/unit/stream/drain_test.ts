/** Draining rings that no kernel would write: every length, every flag, garbage, positions at 2^32. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { requestFromColumns } from "../../../src/probe/smb/decode.ts";
import type { SmbRequest } from "../../../src/probe/smb/request.ts";
import { portableDecoder } from "../../../src/stream/decode_run.ts";
import { drain, finishCommit } from "../../../src/stream/drain.ts";
import { EventQueue } from "../../../src/stream/event_queue.ts";
import { ledgerFaults } from "../../../src/stream/ledger.ts";
import { BUSY, DISCARD, FakeRing } from "../../support/fake_ring.ts";
import { encodeRequest, requestArbitrary } from "../../support/records.ts";

const RING_BYTES = 1 << 13;

function withRing(body: (ring: FakeRing) => void, position = 0n): void {
  const ring = new FakeRing(RING_BYTES, position);
  try {
    body(ring);
  } finally {
    ring.close();
  }
}

function takeRows(queue: EventQueue): SmbRequest[] {
  const rows: SmbRequest[] = [];
  for (let n = queue.readable(); n > 0; n = queue.readable()) {
    for (let i = 0; i < n; i++) rows.push(requestFromColumns(queue.columns, queue.readRow + i));
    queue.consume(n);
  }
  return rows;
}

function numbered(id: number): Uint8Array {
  const bytes = new Uint8Array(120);
  new DataView(bytes.buffer).setBigUint64(32, BigInt(id), true);
  return bytes;
}

Deno.test("any mix of records, names, discards and strange lengths is walked right", () => {
  const piece = fc.oneof(
    { weight: 6, arbitrary: fc.constant("plain" as const) },
    fc.constant("named" as const),
    fc.constant("discard" as const),
    fc.constant("wake" as const),
    fc.constant("strange" as const),
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 200 }), fc.nat(40), (pieces, every) => {
      withRing((ring) => {
        const queue = EventQueue.create(64);
        const expected: number[] = [];
        const came: number[] = [];
        let [strange, discarded] = [0, 0];
        const empty = () => {
          while (drain(ring.reader, queue, every + 1).bytes > 0) {
            for (const { message_id } of takeRows(queue)) came.push(Number(message_id));
          }
        };
        pieces.forEach((kind, id) => {
          const record = kind === "named" ? new Uint8Array(248) : numbered(id);
          if (kind === "named") record.set(numbered(id));
          if (ring.room() < 264 || id % (every + 1) === 0) empty();
          switch (kind) {
            case "plain":
            case "named":
              assert.ok(ring.push(record));
              expected.push(id);
              break;
            case "discard":
              assert.ok(ring.push(record, DISCARD));
              discarded++;
              break;
            case "wake":
              assert.ok(ring.push(new Uint8Array(8), DISCARD));
              discarded++;
              break;
            case "strange":
              assert.ok(ring.push(new Uint8Array(id % 119)));
              strange++;
          }
        });
        empty();
        assert.deepEqual(came, expected);
        const ledger = queue.ledger();
        assert.equal(ledger.dropped_malformed, strange);
        assert.equal(ledger.discarded, discarded);
        assert.equal(ledger.corrupt, 0);
        assert.equal(ring.consumed, ring.produced);
        assert.deepEqual(ledgerFaults(ledger, 0), []);
      });
    }),
    { numRuns: 60 },
  );
});

Deno.test("garbage never makes the walk go beyond the producer, throw or stand still", () => {
  const garbage = fc.uint8Array({ minLength: 64, maxLength: 512 });
  fc.assert(
    fc.property(garbage, fc.nat(RING_BYTES / 8), fc.nat(RING_BYTES / 8 - 1), (bytes, lanes, at) => {
      withRing((ring) => {
        for (let i = 0; i < RING_BYTES; i += bytes.length) ring.poke(i, bytes);
        ring.setProducer(ring.produced + BigInt(lanes * 8));
        const queue = EventQueue.create(64);
        for (let i = 0; i < 2000; i++) {
          const { bytes: taken, busy } = drain(ring.reader, queue, 100);
          queue.consume(queue.readable());
          assert.ok(ring.consumed <= ring.produced);
          if (taken === 0) {
            assert.ok(busy || ring.consumed === ring.produced);
            break;
          }
        }
        assert.deepEqual(ledgerFaults(queue.ledger(), 0), []);
      }, BigInt(at * 8));
    }),
    { numRuns: 200 },
  );
});

Deno.test("a producer position that cannot be is not followed", () => {
  withRing((ring) => {
    ring.setProducer(BigInt(RING_BYTES) + 8n);
    assert.equal(ring.reader.available(), 0);
    assert.equal(drain(ring.reader, EventQueue.create(64), 10).bytes, 0);
  });
});

Deno.test("a length beyond the producer is counted, and the reader goes on behind it", () => {
  withRing((ring) => {
    const queue = EventQueue.create(64);
    ring.push(numbered(1));
    ring.push(numbered(2), 0, 5000);
    assert.equal(drain(ring.reader, queue, 10).corrupt, 1);
    assert.equal(queue.ledger().corrupt_bytes, 128);
    ring.push(numbered(3));
    drain(ring.reader, queue, 10);
    assert.deepEqual(takeRows(queue).map((r) => r.message_id), [1n, 3n]);
  });
});

Deno.test("a record that is being written holds the ones behind it back", () => {
  withRing((ring) => {
    const queue = EventQueue.create(64);
    for (let i = 0; i < 12; i++) ring.push(numbered(i), i === 9 ? BUSY : 0);
    const first = drain(ring.reader, queue, 100);
    assert.deepEqual([first.queued, first.busy], [9, true]);
    const header = new Uint8Array(8);
    header[0] = 120;
    ring.poke(9 * 128, header);
    assert.equal(drain(ring.reader, queue, 100).queued, 3);
  });
});

Deno.test("positions cross 2^32 without loss", () => {
  const start = 2n ** 32n - 1024n;
  withRing((ring) => {
    const queue = EventQueue.create(64);
    const came: bigint[] = [];
    for (let i = 0; i < 40; i++) {
      ring.push(numbered(i));
      if (i % 3 === 0) drain(ring.reader, queue, 2);
      for (const { message_id } of takeRows(queue)) came.push(message_id);
    }
    while (drain(ring.reader, queue, 2).bytes > 0);
    for (const { message_id } of takeRows(queue)) came.push(message_id);
    assert.deepEqual(came, Array.from({ length: 40 }, (_, i) => BigInt(i)));
    assert.equal(ring.consumed, start + 40n * 128n);
    assert.equal(ring.reader.position(), ring.consumed);
  }, start);
});

Deno.test("a producer that ended between queue and ring is finished by its successor", () => {
  withRing((ring) => {
    const queue = EventQueue.create(64);
    for (let i = 0; i < 5; i++) ring.push(numbered(i));
    // What `drain` does up to the move of the ring's position.
    assert.equal(portableDecoder(ring.reader, queue.columns)(0, queue.writeRow, 5), 5);
    const { low, high } = ring.reader.after(5 * 128);
    queue.count("taken", 5);
    queue.prepare(5, low, high);
    queue.publish(5);

    const successor = EventQueue.attach(queue.buffer);
    assert.equal(finishCommit(ring.reader, successor), 5 * 128);
    assert.equal(drain(ring.reader, successor, 10).bytes, 0);
    assert.equal(finishCommit(ring.reader, successor), 0);
    assert.deepEqual(takeRows(successor).map((r) => r.message_id), [0n, 1n, 2n, 3n, 4n]);
    assert.deepEqual(ledgerFaults(successor.ledger(), 0), []);
  });
});

Deno.test("a producer that ended before publishing has done nothing", () => {
  withRing((ring) => {
    const queue = EventQueue.create(64);
    ring.push(numbered(0));
    queue.prepare(1, 128, 0);
    const successor = EventQueue.attach(queue.buffer);
    assert.equal(finishCommit(ring.reader, successor), 0);
    assert.equal(drain(ring.reader, successor, 10).queued, 1);
  });
});

/** A ring position whose use ends the thread: what comes after it in `prepare` is never done. */
function fatal(): number {
  const position = {
    valueOf(): never {
      throw new Error("terminated");
    },
  };
  return position as unknown as number;
}

Deno.test("a producer that ended while it noted a position has skipped nothing", () => {
  withRing((ring) => {
    const queue = EventQueue.create(64);
    ring.push(numbered(0));
    drain(ring.reader, queue, 10);
    ring.push(numbered(1));
    assert.throws(() => queue.prepare(1, 256, fatal()), /terminated/);
    const successor = EventQueue.attach(queue.buffer);
    assert.equal(finishCommit(ring.reader, successor), 0);
    assert.equal(drain(ring.reader, successor, 10).queued, 1);
    assert.deepEqual(takeRows(successor).map((r) => r.message_id), [0n, 1n]);
  });
});

Deno.test("a producer that ended between ledger and publishing leaves an exact ledger", () => {
  withRing((ring) => {
    const queue = EventQueue.create(64);
    for (let i = 0; i < 3; i++) ring.push(numbered(i));
    drain(ring.reader, queue, 2);
    // What `drain` does of the third, up to the head.
    queue.count("taken", 1);
    queue.prepare(1, 3 * 128, 0);
    queue.count("queued", 1);
    const successor = EventQueue.attach(queue.buffer);
    assert.equal(finishCommit(ring.reader, successor), 0);
    assert.equal(drain(ring.reader, successor, 10).queued, 1);
    assert.equal(takeRows(successor).length, 3);
    assert.deepEqual(ledgerFaults(successor.ledger(), 0), []);
  });
});

Deno.test("runs of every length decode as the reference says", () => {
  fc.assert(
    fc.property(fc.array(requestArbitrary(), { minLength: 1, maxLength: 50 }), (requests) => {
      withRing((ring) => {
        const queue = EventQueue.create(64);
        for (const request of requests) assert.ok(ring.push(encodeRequest(request)));
        drain(ring.reader, queue, 64);
        assert.deepEqual(takeRows(queue), requests);
      });
    }),
    { numRuns: 60 },
  );
});
