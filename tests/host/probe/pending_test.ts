/** What is in flight, read from the probe's own map. */
import assert from "node:assert/strict";
import { monotonicNs } from "../../../src/os/clock.ts";
import { SMB_FLAG } from "../../../src/probe/smb/layout.gen.ts";
import { readPending } from "../../../src/probe/smb/pending.ts";
import { SmbPrograms } from "../../support/smb_programs.ts";
import "../../support/libraries.ts";

const [CREATE, READ] = [5, 8];

Deno.test("requests in flight: age, issuer and ids; gone when they have ended", () => {
  using programs = new SmbPrograms();
  const handles = { maps: { smb_in_flight: programs.mapFd("smb_in_flight") } };
  assert.deepEqual(readPending(handles, monotonicNs()), []);
  const before = monotonicNs();
  programs.enter(CREATE, 4n);
  programs.enter(READ, 5n, 0x77n, 9);
  const after = monotonicNs();
  const now = after + 1_000_000_000n;
  const [create, read, ...more] = readPending(handles, now);
  assert.deepEqual(more, []);
  assert.deepEqual([create.command, create.message_id, create.request_id], [CREATE, 4n, 1n]);
  assert.deepEqual([read.command, read.message_id, read.session_id], [READ, 5n, 0x77n]);
  assert.deepEqual([read.tree_id, read.pid], [9, Deno.pid]);
  for (const request of [create, read]) {
    assert.equal(request.flags & SMB_FLAG.IN_FLIGHT, SMB_FLAG.IN_FLIGHT);
    assert.equal(request.end_ns, now);
    assert.ok(request.latency_ns >= now - after && request.latency_ns <= now - before);
  }
  programs.done(CREATE, 4n);
  assert.deepEqual(readPending(handles, now).map((r) => r.message_id), [5n]);
  // Its start is later than the time asked for: clocks of two processors.
  assert.deepEqual(readPending(handles, before - 1n), []);
});
