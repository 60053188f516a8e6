/**
 * Names and texts of errno.
 * @module
 */
import assert from "node:assert/strict";
import { getSystemErrorMap } from "node:util";
import { describeErrno, EEXIST, SyscallError } from "../../../src/os/errno.ts";

Deno.test("every errno has the name and text that the runtime gives it", () => {
  for (const [code, [name, text]] of getSystemErrorMap()) {
    if (code < -133) continue; // beyond the kernel's: made up by libuv
    assert.equal(describeErrno(-code), `${name} (${text})`);
  }
  assert.equal(describeErrno(524), "ENOTSUPP (not supported)");
  assert.equal(describeErrno(600), "errno 600");
  assert.equal(new SyscallError("mmap", EEXIST).message, "mmap: EEXIST (file already exists)");
});
