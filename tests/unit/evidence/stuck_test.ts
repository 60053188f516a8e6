/**
 * Children that were left behind: there as long as the process with their start time is.
 * @module
 */
import assert from "node:assert/strict";
import { MOST_STUCK, stuckChild, StuckChildren } from "../../../src/evidence/stuck.ts";

Deno.test("a child is known while it lives, across lives of the part, and not after", async () => {
  const child = new Deno.Command("sleep", { args: ["27182.7"] }).spawn();
  const known = stuckChild("smbinfo", child.pid);
  assert.ok(known !== null);
  const first = new StuckChildren();
  first.add(known);
  const second = new StuckChildren(first.all());
  assert.equal(second.has("smbinfo"), true);
  assert.equal(second.has("lsof"), false);
  // Another process with the same id is not it.
  assert.equal(new StuckChildren([{ ...known, start_ticks: 1 }]).has("smbinfo"), false);
  child.kill("SIGKILL");
  await child.status;
  assert.equal(second.has("smbinfo"), false);
  assert.deepEqual([first.all(), second.all()], [[], []]);
  assert.equal(stuckChild("smbinfo", child.pid), null);
});

Deno.test("a process that is no child of ours does not count", () => {
  assert.equal(stuckChild("smbinfo", 1), null);
  assert.deepEqual(new StuckChildren([{ action: "a", pid: 1, start_ticks: 0 }]).all(), []);
});

Deno.test("what is remembered is bounded", () => {
  const many = Array.from({ length: 1000 }, (_, i) => ({ action: "a", pid: -i, start_ticks: 0 }));
  const stuck = new StuckChildren(many);
  assert.equal(stuck.has("a"), false);
  assert.ok(MOST_STUCK <= 256);
});
