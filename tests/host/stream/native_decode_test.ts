/** The native decoder of the built library does what the portable one does. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { decodeRequest, requestFromColumns } from "../../../src/probe/smb/decode.ts";
import type { SmbRequest } from "../../../src/probe/smb/request.ts";
import { portableDecoder, type RunDecoder } from "../../../src/stream/decode_run.ts";
import { drain } from "../../../src/stream/drain.ts";
import { EventQueue } from "../../../src/stream/event_queue.ts";
import { nativeDecoder } from "../../../src/stream/native_decode.ts";
import { BUSY, DISCARD, FakeRing } from "../../support/fake_ring.ts";
import { encodeRequest, requestArbitrary } from "../../support/records.ts";
import "../../support/libraries.ts";

const RING_BYTES = 1 << 13;

function withRing(body: (ring: FakeRing) => void): void {
  const ring = new FakeRing(RING_BYTES);
  try {
    body(ring);
  } finally {
    ring.close();
  }
}

function native(ring: FakeRing, queue: EventQueue): RunDecoder {
  const decoder = nativeDecoder(ring.reader, queue.columns);
  assert.ok(decoder !== null, "libaodnative.so has no decoder: build it first");
  return decoder;
}

Deno.test("both decoders make the same rows of the same ring, whatever stands in it", () => {
  const piece = fc.tuple(requestArbitrary(), fc.constantFrom(0, 0, 0, 0, 0, 0, 0, 0, DISCARD, 1));
  fc.assert(
    fc.property(fc.array(piece, { minLength: 1, maxLength: 60 }), fc.nat(70), (pieces, limit) => {
      withRing((ring) => {
        for (const [request, what] of pieces) {
          const record = encodeRequest(request);
          ring.push(what === 1 ? record.subarray(0, 48) : record, what === DISCARD ? DISCARD : 0);
        }
        const [a, b] = [EventQueue.create(64), EventQueue.create(64)];
        const decode = native(ring, b);
        const portable = portableDecoder(ring.reader, a.columns);
        let most = Math.min(limit, 64);
        most = Math.min(most, Math.floor(ring.reader.available() / 128));
        const [rows, same] = [portable(0, 0, most), decode(0, 0, most)];
        assert.equal(same, rows);
        for (let lane = 0; lane < 15; lane++) {
          assert.deepEqual(
            b.columns.u64[lane].subarray(0, rows),
            a.columns.u64[lane].subarray(0, rows),
          );
          // Nothing else was touched.
          assert.ok(b.columns.u64[lane].subarray(rows).every((value) => value === 0n));
        }
      });
    }),
    { numRuns: 300 },
  );
});

Deno.test("drained natively, every record comes through as it was written", () => {
  fc.assert(
    fc.property(fc.array(requestArbitrary(), { minLength: 1, maxLength: 60 }), (requests) => {
      withRing((ring) => {
        const queue = EventQueue.create(64);
        const decode = native(ring, queue);
        for (const request of requests) assert.ok(ring.push(encodeRequest(request)));
        drain(ring.reader, queue, 64, decode);
        const rows: SmbRequest[] = [];
        for (let i = 0; i < queue.readable(); i++) rows.push(requestFromColumns(queue.columns, i));
        assert.deepEqual(rows, requests);
        assert.deepEqual(
          rows[0],
          decodeRequest(ring.reader.data, 8, 120),
        );
      });
    }),
    { numRuns: 60 },
  );
});

Deno.test("a busy record ends the native run, rows out of bounds are refused", () => {
  withRing((ring) => {
    const queue = EventQueue.create(64);
    const decode = native(ring, queue);
    for (let i = 0; i < 9; i++) ring.push(new Uint8Array(120), i === 6 ? BUSY : 0);
    assert.equal(decode(0, 0, 9), 6);
    assert.throws(() => decode(0, 60, 5), RangeError);
    assert.throws(() => decode(2 * RING_BYTES - 128, 0, 2), RangeError);
  });
});
