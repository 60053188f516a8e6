/** File and user events against a program that knows what it does. @module */
import assert from "node:assert/strict";
import { assertKnown, OBJECTS, runKnown, typesOf } from "../../support/event_log/known_calls.ts";

const TYPES = typesOf(
  ...["CREATE", "DELETE", "RENAME", "OPEN", "CHMOD", "STAT", "CHDIR", "MKDIR", "RMDIR"] as const,
  ...["READ", "WRITE", "DUP", "CLOSE", "TRUNCATE", "LINK", "SYMLINK"] as const,
  ...["SETGID", "SETREGID", "SETRESGID", "SETUID", "SETREUID", "SETRESUID"] as const,
);

for (const [which, old_kernel] of OBJECTS) {
  Deno.test(`every spelling of the file and user calls: every field${which}`, async () => {
    const run = await runKnown("file", TYPES, old_kernel);
    // What it has expected is written at the end, by a write of its own.
    assertKnown(run, new Set(["WRITE"]));
    const types = new Set(run.events.map(({ type }) => type));
    assert.equal(types.size, TYPES.size, `missing among ${[...types]}`);
    for (const event of run.events) {
      assert.equal(event.duration_ns > 0n, !event.flags.has("NO_START"));
      assert.equal(event.comm.startsWith("file."), true, event.comm);
    }
  });
}
