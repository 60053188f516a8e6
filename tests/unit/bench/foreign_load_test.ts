/**
 * Unit tests of bench/support/foreign_load.ts.
 * @module
 */
import assert from "node:assert/strict";
import { foreignCores, ticks } from "../../../bench/support/foreign_load.ts";

Deno.test("what others took is what was busy without ours", () => {
  const before = { busy: 1000, ours: 400, at_ms: 0 };
  // Two seconds, 300 ticks (3 s) busy, of them 100 ours: 2 s by others.
  assert.equal(foreignCores(before, { busy: 1300, ours: 500, at_ms: 2000 }), 1);
  assert.equal(foreignCores(before, { busy: 1300, ours: 700, at_ms: 2000 }), 0);
});

Deno.test("the ticks of this host never go back, and this process's are among the busy ones", () => {
  const before = ticks();
  for (let i = 0, sum = 0; i < 2e7; i++) sum += Math.sqrt(i);
  const after = ticks();
  assert.ok(after.busy >= before.busy && after.ours >= before.ours);
  assert.ok(after.ours > 0 && after.busy > after.ours);
});
