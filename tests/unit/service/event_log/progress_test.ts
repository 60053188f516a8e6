/** The event log's counts in the control block, over pumps and workers. @module */
import assert from "node:assert/strict";
import { ControlBlock } from "../../../../src/service/control.ts";
import { Progress, takeOverCounts } from "../../../../src/service/event_log/progress.ts";
import type { PumpCounts } from "../../../../src/sink/pump.ts";

const counts = (more: Partial<PumpCounts>): PumpCounts => ({
  formatted: 0n,
  written: 0n,
  lost: { disk_full: 0n, closed_pipe: 0n, io: 0n, abandoned: 0n },
  records: 0n,
  malformed: 0n,
  corrupt: 0n,
  sleeps: 0n,
  ...more,
});

Deno.test("a second pump goes on where the first one ended", () => {
  const control = ControlBlock.create();
  for (const written of [10n, 5n]) {
    const progress = new Progress(control);
    progress.tell(counts({ formatted: written - 1n, written: written - 1n }), 1, 0);
    progress.tell(counts({ formatted: written, written }), 0, 0);
  }
  assert.equal(control.get("event_log_written"), 15);
  assert.equal(control.get("event_log_taken"), 15);
  assert.equal(takeOverCounts(control), 0);
});

Deno.test("what the budget kept back is no malformed record", () => {
  const control = ControlBlock.create();
  new Progress(control).tell(counts({ formatted: 4n, written: 4n, malformed: 7n }), 0, 5);
  assert.equal(control.get("event_log_dropped_budget"), 5);
  assert.equal(control.get("event_log_dropped_malformed"), 2);
  assert.equal(takeOverCounts(control), 0);
});

Deno.test("what a worker took and did not account for is lost with it, and counted once", () => {
  const control = ControlBlock.create();
  const lost = { disk_full: 2n, closed_pipe: 0n, io: 1n, abandoned: 0n };
  new Progress(control).tell(counts({ formatted: 20n, written: 10n, lost }), 3, 0);
  assert.equal(takeOverCounts(control), 10);
  assert.equal(control.get("event_log_dropped_worker"), 10);
  assert.equal(takeOverCounts(control), 0);
});
