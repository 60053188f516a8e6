/**
 * How a live tool ends, and waits until then.
 * @module
 */
import assert from "node:assert/strict";
import { EXIT } from "../../../../src/cli/exit.ts";
import { Ending } from "../../../../src/cli/live/ending.ts";

Deno.test("the first reason counts, and everyone is told", () => {
  const ending = new Ending();
  let told = 0;
  ending.listen(() => told++);
  assert.equal(ending.code, null);
  ending.end(EXIT.interrupted);
  ending.end(EXIT.ok);
  assert.equal(ending.code, EXIT.interrupted);
  assert.equal(told, 2);
});

Deno.test("a pause ends by itself or with the tool, and leaves nothing behind", async () => {
  const ending = new Ending();
  for (let i = 0; i < 20; i++) await ending.pause(0);
  assert.equal(ending.listeners, 0, "a tool that waits for cifs for days does not grow");
  const long = ending.pause(600_000);
  assert.equal(ending.listeners, 1);
  ending.end(EXIT.ok);
  await long;
  assert.equal(ending.listeners, 0);
});
