/**
 * Queues that are replaced after a hang: every row is read, waiting, or counted as lost.
 * @module
 */
import assert from "node:assert/strict";
import { EventQueues, queueLedger } from "../../../src/service/event_queues.ts";
import { EventQueue } from "../../../src/stream/event_queue.ts";

function put(queue: EventQueue, rows: number): void {
  queue.count("taken", rows);
  queue.publish(rows);
}

Deno.test("rows that nobody read of a replaced queue are lost, and counted", () => {
  const queues = new EventQueues(() => EventQueue.create(16).buffer);
  const producer = EventQueue.attach(queues.buffers.queue);
  const consumer = EventQueue.attach(queues.buffers.queue);
  put(producer, 7);
  consumer.consume(3);
  assert.deepEqual(queues.ledger(), { in: 7, out: 3, dropped_replaced: 0, waiting: 4 });
  queues.replace();
  assert.notEqual(queues.buffers.queue, producer.buffer);
  assert.deepEqual(queues.ledger(), { in: 7, out: 3, dropped_replaced: 4, waiting: 0 });
  put(EventQueue.attach(queues.buffers.queue), 5);
  assert.deepEqual(queues.ledger(), { in: 12, out: 3, dropped_replaced: 4, waiting: 5 });
});

Deno.test("a thread that was left and still writes or reads is counted too", () => {
  const queues = new EventQueues(() => EventQueue.create(16).buffer);
  const late_producer = EventQueue.attach(queues.buffers.queue);
  const late_consumer = EventQueue.attach(queues.buffers.queue);
  put(late_producer, 2);
  queues.replace();
  put(late_producer, 3);
  late_consumer.consume(1);
  const hop = queueLedger(queues.buffers);
  assert.deepEqual(hop, { in: 5, out: 1, dropped_replaced: 4, waiting: 0 });
  assert.equal(hop.in, hop.out + hop.dropped_replaced + hop.waiting);
});
