/**
 * Where the program thinks it lives, from the address of a module.
 * @module
 */
import assert from "node:assert/strict";
import { locationOf } from "../../../src/os/location.ts";

Deno.test("a TypeScript module means a checkout", () => {
  assert.deepEqual(locationOf("file:///home/a%20b/aod/src/os/location.ts"), {
    kind: "source",
    checkout: "/home/a b/aod/",
  });
});

Deno.test("a bundle beside its assets means a directory", () => {
  assert.deepEqual(locationOf("file:///var/cache/aod/0123/aod.js"), {
    kind: "directory",
    directory: "/var/cache/aod/0123/",
  });
});

Deno.test("a descriptor means memory, and only a descriptor does", () => {
  assert.deepEqual(locationOf("file:///proc/self/fd/100"), { kind: "memory" });
  assert.equal(locationOf("file:///proc/self/fd/100/aod.js").kind, "directory");
});
