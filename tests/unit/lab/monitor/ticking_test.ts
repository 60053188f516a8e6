/**
 * Unit tests of src/lab/monitor/ticking.ts: an even distance whatever a measurement takes.
 * @module
 */
import assert from "node:assert/strict";
import { onSchedule } from "../../../../src/lab/monitor/ticking.ts";

const schedule = (interval_ms: number, count: number, at_once = false) => ({
  ...{ interval_ms, count, at_once },
  abort: new AbortController().signal,
});

Deno.test("as many measurements as asked for, each not before its time", async () => {
  const times: number[] = [];
  const ticked = await onSchedule(schedule(20, 4), (elapsed_ms) => void times.push(elapsed_ms));
  assert.equal(ticked.taken + ticked.missed, 4);
  // A timer may fire a little early; that is no measurement of its own.
  times.forEach((time, i) => assert.ok(time > (i + 1) * 20 - 5, String(times)));
});

Deno.test("with one at the beginning", async () => {
  // The second would be in an hour.
  const controller = new AbortController();
  const ticked = await onSchedule(
    { ...schedule(3_600_000, 2, true), abort: controller.signal },
    () => controller.abort(),
  );
  assert.deepEqual(ticked, { taken: 1, missed: 0 });
});

Deno.test("times that a long measurement took are left out and counted", async () => {
  let calls = 0;
  const ticked = await onSchedule(schedule(20, 6), async () => {
    if (calls++ === 0) await new Promise((resolve) => setTimeout(resolve, 70));
  });
  assert.equal(ticked.taken + ticked.missed, 6);
  assert.equal(ticked.taken, calls);
  assert.ok(ticked.missed >= 3, JSON.stringify(ticked));
});

Deno.test("an abort ends it, between two measurements", async () => {
  const controller = new AbortController();
  const ticked = await onSchedule(
    { interval_ms: 1, count: 1_000_000, at_once: true, abort: controller.signal },
    (elapsed_ms) => {
      if (elapsed_ms >= 5) controller.abort();
    },
  );
  assert.ok(ticked.taken > 0 && ticked.taken < 1_000_000);
});
