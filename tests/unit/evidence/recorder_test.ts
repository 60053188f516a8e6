/** The flight recorder's slots, whole, empty, torn, and overwritten while they are read. */
import assert from "node:assert/strict";
import { mergeRecordings, readSlots, type Recording } from "../../../src/evidence/recorder.ts";
import {
  SMB_REQUEST_OFFSET,
  SMB_SLOT_BYTES,
  SMB_SLOT_OFFSET,
} from "../../../src/probe/smb/layout.gen.ts";

const AT = SMB_SLOT_OFFSET.record;

/** Slots as the kernel writes them: ticket to end time. */
function slots(count: number, tickets: [ticket: bigint, end: bigint][]): ArrayBuffer {
  const buffer = new ArrayBuffer(count * SMB_SLOT_BYTES);
  const view = new DataView(buffer);
  for (const [ticket, end] of tickets) {
    const at = Number(ticket % BigInt(count)) * SMB_SLOT_BYTES;
    view.setBigUint64(at, 2n * ticket + 2n, true);
    view.setUint16(at + AT + SMB_REQUEST_OFFSET.type, 1, true);
    view.setBigUint64(at + AT + SMB_REQUEST_OFFSET.end_ns, end, true);
    view.setBigUint64(at + AT + SMB_REQUEST_OFFSET.request_id, ticket + 1n, true);
  }
  return buffer;
}

Deno.test("a recorder that is not full covers all of the span; requests come by their end", () => {
  const buffer = slots(8, [[0n, 300n], [1n, 200n], [2n, 900n]]);
  const got = readSlots(buffer, 8, 3n, 100n, 500n);
  assert.deepEqual(got.requests.map((r) => r.end_ns), [200n, 300n]);
  assert.deepEqual([got.covered_from_ns, got.covered_to_ns], [100n, 500n]);
  assert.equal(got.overwritten, 0n);
});

Deno.test("a recorder that went round covers from its oldest request on, and says how many are gone", () => {
  const tickets = Array.from({ length: 12 }, (_, i): [bigint, bigint] => [
    BigInt(i),
    1000n + BigInt(i) * 10n,
  ]);
  const got = readSlots(slots(8, tickets), 8, 12n, 0n, 5000n);
  assert.equal(got.requests.length, 8);
  assert.equal(got.overwritten, 4n);
  assert.equal(got.covered_from_ns, 1040n);
});

Deno.test("a slot that is being written is left out and counted", () => {
  const buffer = slots(4, [[0n, 10n], [1n, 20n]]);
  new DataView(buffer).setBigUint64(SMB_SLOT_BYTES, 2n * 5n + 1n, true);
  const got = readSlots(buffer, 4, 6n, 0n, 100n);
  assert.deepEqual(got.requests.map((r) => r.end_ns), [10n]);
  assert.equal(got.torn, 1);
});

Deno.test("no copy is half of one request and half of another while a thread overwrites", async () => {
  const shared = new SharedArrayBuffer(64 * SMB_SLOT_BYTES);
  const source = `self.onmessage = ({ data }) => {
    const words = new BigUint64Array(data);
    const per = ${SMB_SLOT_BYTES >> 3};
    self.postMessage("going");
    for (let ticket = 0n; ticket < 400000n; ticket++) {
      const at = Number(ticket % 64n) * per;
      Atomics.store(words, at, 2n * ticket + 1n);
      words.fill(ticket + 1n, at + 1, at + per);
      Atomics.store(words, at, 2n * ticket + 2n);
    }
    self.postMessage("done");
  };`;
  const url = URL.createObjectURL(new Blob([source], { type: "text/javascript" }));
  const writer = new Worker(url, { type: "module" });
  const messages: string[] = [];
  const told = () =>
    new Promise<void>((resolve) => {
      writer.onmessage = ({ data }) => {
        messages.push(data);
        resolve();
      };
    });
  const going = told();
  writer.postMessage(shared);
  await going;
  const done = told();
  let read = 0;
  while (!messages.includes("done")) {
    for (const r of readSlots(shared, 64, 0n, 0n, 1n << 62n).requests) {
      // The writer fills every word of a record with one number.
      assert.equal(r.end_ns, r.request_id);
      assert.equal(r.end_ns, r.session_id);
      read++;
    }
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await done;
  writer.terminate();
  URL.revokeObjectURL(url);
  assert.ok(read > 0);
});

Deno.test("two readings are joined; what both hold is taken once, a hole shortens the span", () => {
  const reading = (from: bigint, to: bigint, tickets: [bigint, bigint][]): Recording =>
    readSlots(slots(16, tickets), 16, 3n, from, to);
  const first = reading(0n, 100n, [[0n, 50n], [1n, 90n]]);
  const second = reading(60n, 200n, [[1n, 90n], [2n, 150n]]);
  const joined = mergeRecordings(first, second);
  assert.deepEqual(joined.requests.map((r) => r.end_ns), [50n, 90n, 150n]);
  assert.deepEqual([joined.covered_from_ns, joined.covered_to_ns], [0n, 200n]);
  const apart = mergeRecordings(first, reading(140n, 200n, [[2n, 150n]]));
  assert.equal(apart.covered_from_ns, 140n);
});
