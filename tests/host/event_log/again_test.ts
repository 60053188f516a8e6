/** What the kernel uses again for something else is not taken for what it was. @module */
import { assertKnown, OBJECTS, runKnown, typesOf } from "../../support/event_log/known_calls.ts";

for (const [which, old_kernel] of OBJECTS) {
  Deno.test(`memory of other files, a call denied by seccomp: as they are now${which}`, async () => {
    const run = await runKnown("again", typesOf("READ"), old_kernel);
    // The word to begin is read first, by a call of its own.
    assertKnown({ ...run, events: run.events.slice(1) });
  });
}
