/**
 * The control block: one writer's figures are another view's figures, and a replaced worker is fenced.
 * @module
 */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { ControlBlock, quantile, ROLES } from "../../../src/service/control.ts";
import { COUNTERS, SUMMARIES } from "../../../src/service/control_names.ts";

Deno.test("counters written by one view are read by another, without touching each other", () => {
  const writer = ControlBlock.create();
  const reader = ControlBlock.attach(writer.buffer);
  COUNTERS.forEach((name, i) => writer.add(name, i + 1));
  COUNTERS.forEach((name, i) => assert.equal(reader.get(name), i + 1, name));
  writer.addAt(writer.counterIndex("watcher_records"), 2 ** 40);
  assert.equal(
    reader.get("watcher_records"),
    2 ** 40 + COUNTERS.indexOf("watcher_records") + 1,
  );
  writer.set("collector_active", 3);
  assert.equal(reader.counters().collector_active, 3);
});

Deno.test("summaries keep count, sum, maximum and a histogram that adds up", () => {
  fc.assert(fc.property(
    fc.array(fc.double({ min: 0, max: 2 ** 50, noNaN: true }), { minLength: 1, maxLength: 50 }),
    fc.constantFrom(...SUMMARIES),
    (values, name) => {
      const block = ControlBlock.create();
      for (const value of values) block.observe(name, value);
      const summary = ControlBlock.attach(block.buffer).summary(name);
      assert.equal(summary.count, values.length);
      assert.equal(summary.max, Math.max(...values));
      assert.equal(summary.buckets.reduce((a, b) => a + b, 0), values.length);
      assert.ok(quantile(summary, 1) >= quantile(summary, 0.5));
      for (const other of SUMMARIES) {
        if (other !== name) assert.equal(block.summary(other).count, 0);
      }
    },
  ));
});

Deno.test("a quantile is the upper bound of its bucket", () => {
  const block = ControlBlock.create();
  for (let i = 0; i < 99; i++) block.observe("watcher_detect_us", 100);
  block.observe("watcher_detect_us", 5000);
  const summary = block.summary("watcher_detect_us");
  assert.equal(quantile(summary, 0.5), 128);
  assert.equal(quantile(summary, 1), 5000);
  assert.equal(quantile(block.summary("watcher_batch_us"), 0.5), 0);
});

Deno.test("minimal keeps the counters of the ledger and no summaries", () => {
  const block = ControlBlock.create({ metrics: false });
  const view = ControlBlock.attach(block.buffer);
  view.observe("watcher_batch_rows", 7);
  view.add("watcher_records", 7);
  assert.equal(block.summary("watcher_batch_rows").count, 0);
  assert.equal(block.get("watcher_records"), 7);
});

Deno.test("a stop is seen by every view of that role only, and the next generation is not stopped", () => {
  const controller = ControlBlock.create();
  const old = ControlBlock.attach(controller.buffer);
  controller.requestStop("watcher");
  assert.equal(old.stopRequested("watcher"), true);
  assert.equal(old.stopRequested("dispatcher"), false);
  controller.nextGeneration("watcher");
  const replacement = ControlBlock.attach(controller.buffer);
  assert.equal(replacement.stopRequested("watcher"), false);
  assert.equal(old.stopRequested("watcher"), true, "the old worker stays fenced");
});

Deno.test("a fenced worker's heartbeat does not keep its replacement alive", () => {
  const controller = ControlBlock.create();
  for (const role of ROLES) {
    const old = ControlBlock.attach(controller.buffer);
    old.beat(role);
    assert.equal(controller.beats(role), 1);
    controller.nextGeneration(role);
    old.beat(role);
    assert.equal(controller.beats(role), 1);
    ControlBlock.attach(controller.buffer).beat(role);
    assert.equal(controller.beats(role), 2);
  }
});

Deno.test("a buffer that is no control block is refused", () => {
  assert.throws(() => ControlBlock.attach(new SharedArrayBuffer(64)), TypeError);
  const size = ControlBlock.create().buffer.byteLength;
  assert.throws(() => ControlBlock.attach(new SharedArrayBuffer(size)), TypeError);
});
