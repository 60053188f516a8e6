/**
 * Waiting no longer than a limit.
 * @module
 */
import assert from "node:assert/strict";
import { within } from "../../../src/os/within.ts";

Deno.test("true in time, false when late, and what fails in time fails", async () => {
  assert.equal(await within(Promise.resolve("value"), 60_000), true);
  assert.equal(await within(new Promise(() => {}), 1), false);
  await assert.rejects(within(Promise.reject(new Error("broken")), 60_000), /broken/);
});
