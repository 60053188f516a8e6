/** The event queue against a model: order, bounds, ledger, positions at 2^32, sleeping and waking. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { EventQueue } from "../../../src/stream/event_queue.ts";
import { ledgerFaults } from "../../../src/stream/ledger.ts";

const ROWS = 32;

/** Writes consecutive numbers into lane 3. */
function write(queue: EventQueue, from: number, rows: number): void {
  for (let i = 0; i < rows; i++) queue.columns.u64[3][queue.writeRow + i] = BigInt(from + i);
  queue.publish(rows);
}

function read(queue: EventQueue, rows: number): number[] {
  const values = Array.from(
    { length: rows },
    (_, i) => Number(queue.columns.u64[3][queue.readRow + i]),
  );
  queue.consume(rows);
  return values;
}

Deno.test("rows come out as they went in, whatever the order of puts and takes", () => {
  const steps = fc.array(fc.record({ put: fc.boolean(), n: fc.nat(ROWS) }), { maxLength: 200 });
  fc.assert(
    fc.property(steps, fc.constantFrom(0, 0xffff_fff0), (list, start) => {
      const made = EventQueue.create(ROWS);
      // Words 3 and 4 are head and tail; the pending head is word 7.
      const words = new Uint32Array(made.buffer, 0, 16);
      words[3] = words[4] = words[7] = start;
      const producer = EventQueue.attach(made.buffer);
      const consumer = EventQueue.attach(made.buffer);
      const model: number[] = [];
      let next = 0;
      for (const { put, n } of list) {
        if (put) {
          const rows = Math.min(n, producer.writable());
          write(producer, next, rows);
          for (let i = 0; i < rows; i++) model.push(next++);
        } else {
          const rows = Math.min(n, consumer.readable());
          assert.deepEqual(read(consumer, rows), model.splice(0, rows));
        }
        assert.equal(consumer.size(), model.length);
        assert.ok(model.length <= ROWS);
        assert.ok(producer.writable() > 0 || model.length === ROWS);
        assert.ok(consumer.readable() > 0 || model.length === 0);
      }
      producer.count("taken", next);
      assert.deepEqual(ledgerFaults(consumer.ledger(), consumer.size()), []);
    }),
  );
});

Deno.test("a ledger that does not add up says which side is wrong", () => {
  const queue = EventQueue.create(ROWS);
  write(queue, 0, 3);
  assert.deepEqual(ledgerFaults(queue.ledger(), 2), [
    "taken 0 is not queued 3 + malformed 0",
    "queued 3 is not consumed 0 + waiting 2",
  ]);
});

Deno.test("lanes do not overlap and are seen alike by both views", () => {
  const { columns, lanes } = EventQueue.create(ROWS);
  assert.equal(lanes, 15);
  for (let lane = 0; lane < 15; lane++) columns.u64[lane].fill(BigInt(lane + 1) << 32n | 7n);
  for (let lane = 0; lane < 15; lane++) {
    for (let row = 0; row < ROWS; row++) {
      assert.equal(columns.u32[lane][2 * row], 7);
      assert.equal(columns.u32[lane][2 * row + 1], lane + 1);
      assert.equal(columns.all[lane * columns.stride + row], BigInt(lane + 1) << 32n | 7n);
    }
  }
});

Deno.test("a sleeping consumer is woken by a row, by a wake, and by time", async () => {
  const queue = EventQueue.create(ROWS);
  const consumer = EventQueue.attach(queue.buffer);
  const sleep = consumer.waitAsync(60_000);
  write(queue, 0, 1);
  await sleep;
  await consumer.waitAsync(60_000); // something is there: no sleep
  read(consumer, 1);
  const again = consumer.waitAsync(60_000);
  queue.wake();
  await again;
  await consumer.waitAsync(1);
  assert.equal(consumer.size(), 0);
});

Deno.test("what is no queue is refused", () => {
  assert.throws(() => EventQueue.create(100), RangeError);
  assert.throws(() => EventQueue.create(8), RangeError);
  assert.throws(() => EventQueue.attach(new SharedArrayBuffer(0)), TypeError);
  assert.throws(() => EventQueue.attach(new SharedArrayBuffer(4096)), TypeError);
  const { buffer } = EventQueue.create(ROWS);
  new Int32Array(buffer)[1] = 64;
  assert.throws(() => EventQueue.attach(buffer), TypeError);
});
