/**
 * The launcher's LD_PRELOAD is taken away, the caller's stays.
 * @module
 */
import assert from "node:assert/strict";
import { withoutOurs } from "../../../src/os/preload.ts";

Deno.test("only the launcher's library is taken out of LD_PRELOAD", () => {
  assert.equal(withoutOurs("/var/cache/aod/0123/libgcc_s.so.1"), undefined);
  assert.equal(withoutOurs("/proc/self/fd/103"), undefined);
  assert.equal(withoutOurs("/proc/self/fd/103:/usr/lib/libjemalloc.so"), "/usr/lib/libjemalloc.so");
  assert.equal(withoutOurs("/usr/lib/libjemalloc.so"), "/usr/lib/libjemalloc.so");
  assert.equal(withoutOurs(""), "");
});
