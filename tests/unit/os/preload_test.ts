/**
 * The launcher's LD_PRELOAD is taken away, the caller's stays.
 * @module
 */
import assert from "node:assert/strict";
import { forgetPreload, ownEnvironment, withoutOurs } from "../../../src/os/preload.ts";

Deno.test("only the launcher's library is taken out of LD_PRELOAD", () => {
  assert.equal(withoutOurs("/var/cache/aod/0123/libgcc_s.so.1"), undefined);
  assert.equal(withoutOurs("/proc/self/fd/103"), undefined);
  assert.equal(withoutOurs("/proc/self/fd/103:/usr/lib/libjemalloc.so"), "/usr/lib/libjemalloc.so");
  assert.equal(withoutOurs("/usr/lib/libjemalloc.so"), "/usr/lib/libjemalloc.so");
  assert.equal(withoutOurs(""), "");
});

Deno.test("a successor of this process gets the library again, children do not", () => {
  const before = Deno.env.get("LD_PRELOAD");
  const ours = "/var/cache/aod/0123/libgcc_s.so.1";
  try {
    for (const [preload, left] of [[ours, undefined], [`${ours}:/x.so`, "/x.so"]] as const) {
      Deno.env.set("LD_PRELOAD", preload);
      forgetPreload();
      assert.equal(Deno.env.get("LD_PRELOAD"), left);
      assert.equal(ownEnvironment().LD_PRELOAD, preload);
    }
    Deno.env.delete("LD_PRELOAD");
    forgetPreload();
    assert.equal(ownEnvironment().LD_PRELOAD, undefined);
  } finally {
    if (before === undefined) Deno.env.delete("LD_PRELOAD");
    else Deno.env.set("LD_PRELOAD", before);
  }
});
