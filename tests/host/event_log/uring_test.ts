/** Operations submitted to io_uring against a program that knows what it submits. @module */
import assert from "node:assert/strict";
import { LOG_TYPE } from "../../../src/probe/event_log/layout.gen.ts";
import { assertKnown, OBJECTS, runKnown } from "../../support/event_log/known_calls.ts";

for (const [which, old_kernel] of OBJECTS) {
  Deno.test(`io_uring: every operation of a logged kind, once, with its arguments${which}`, async () => {
    const types = Object.values(LOG_TYPE).filter((type) => type > 100 && type < 400);
    const run = await runKnown("uring", new Set(types), old_kernel);
    if (run.code === 77) {
      console.log("io_uring cannot be used here: nothing was compared");
      return;
    }
    run.events = run.events.filter((event) => event.flags.has("IO_URING"));
    run.expected = run.expected.filter((event) => event.IO_URING);
    assertKnown(run);
    assert.equal(run.events.length, run.expected.length);
  });
}
