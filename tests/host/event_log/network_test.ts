/** Network events against a program that knows what it does. @module */
import assert from "node:assert/strict";
import { assertKnown, OBJECTS, runKnown, typesOf } from "../../support/event_log/known_calls.ts";

const TYPES = typesOf(
  ...["CONNECT", "SEND", "RECEIVE", "ACCEPT", "BIND", "GETPEERNAME", "SOCKETPAIR"] as const,
);

for (const [which, old_kernel] of OBJECTS) {
  Deno.test(`network calls: every field of every call, good and failed${which}`, async () => {
    const run = await runKnown("network", TYPES, old_kernel);
    assertKnown(run);
    assert.equal(run.events.length, run.expected.length);
    for (const event of run.events) {
      assert.ok(!event.flags.has("NO_START"));
      assert.ok(event.duration_ns > 0n && event.duration_ns < 10_000_000_000n);
      assert.equal(event.tgid, run.pid);
      assert.equal(event.parent_tgid, Deno.pid);
      assert.equal(event.comm, "network." + event.comm.slice(8));
    }
  });
}
