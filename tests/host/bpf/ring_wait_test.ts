/** Sleeping on a descriptor: kicks, and nothing left behind. */
import assert from "node:assert/strict";
import { RingWaiter } from "../../../src/bpf/ring_wait.ts";
import { SyscallError } from "../../../src/os/errno.ts";
import { check, closeFd, libc } from "../../../src/os/libc.ts";
import "../../support/libraries.ts";

libc(); // opened here, or the first test would look as if it leaked it

const descriptors = () => [...Deno.readDirSync("/proc/self/fd")].length;

Deno.test("a descriptor that cannot be waited for leaves none of ours behind", () => {
  const before = descriptors();
  assert.throws(
    () => new RingWaiter(-1),
    (error: unknown) => error instanceof SyscallError && /EBADF/.test(error.message),
  );
  assert.equal(descriptors(), before);
});

Deno.test("a wait ends by a kick and by time; closed, all descriptors are given back", async () => {
  const before = descriptors();
  const fd = check(libc().eventfd(0, 0), "eventfd");
  const waiter = new RingWaiter(fd);
  const kicked = waiter.wait(60_000);
  waiter.kick();
  await kicked;
  await waiter.wait(1);
  waiter.close();
  closeFd(fd);
  assert.equal(descriptors(), before);
});
