/** A failed call says why itself, whatever becomes of errno. @module */
import assert from "node:assert/strict";
import { EAGAIN, EBADF, ENOENT } from "../../../src/os/errno.ts";
import { cString, libc } from "../../../src/os/libc.ts";
import { openNativeLibrary } from "../../../src/os/native_library.ts";
import { AT_FDCWD, systemCalls } from "../../../src/os/system_calls.ts";
import "../../support/libraries.ts";

const SYMBOLS = { aod_read: { parameters: ["i32", "buffer", "usize"], result: "i32" } } as const;

function copies(): number {
  const maps = Deno.readTextFileSync("/proc/self/maps").split("\n");
  const inodes = maps.filter((line) => line.includes("/memfd:libaodnative.so"))
    .map((line) => line.split(/\s+/)[4]);
  return new Set(inodes).size;
}

Deno.test("calls that fail give their errno, not the thread's", () => {
  const calls = systemCalls();
  const absent = cString("/proc/self/no such file");
  const full = new Uint8Array(8);
  const eventfd = libc().eventfd(0, 0o2004000);
  try {
    for (let i = 0; i < 1000; i++) {
      const opened = calls.aod_openat(AT_FDCWD, absent, 0, 0);
      // What comes between sets the errno of the thread.
      const waiting = calls.aod_read(eventfd, full, 8n);
      const closed = calls.aod_write(-1, full, 8n);
      assert.deepEqual([opened, waiting, closed], [-ENOENT, -EAGAIN, -EBADF]);
    }
  } finally {
    libc().close(eventfd);
  }
});

Deno.test("calls that succeed give what they did", () => {
  const calls = systemCalls();
  const fd = calls.aod_openat(AT_FDCWD, cString("/proc/self/comm"), 0, 0);
  assert.ok(fd >= 0);
  const bytes = new Uint8Array(64);
  const length = calls.aod_read(fd, bytes, 64n);
  libc().close(fd);
  assert.ok(length > 1);
  assert.equal(new TextDecoder().decode(bytes.subarray(0, length)).at(-1), "\n");
});

Deno.test("the native library is there once, whoever opens it", () => {
  assert.equal(copies(), 1);
  const again = openNativeLibrary(SYMBOLS, "libc.so.6");
  try {
    assert.equal(again.symbols.aod_read(-1, new Uint8Array(1), 1n), -EBADF);
    assert.equal(copies(), 1);
  } finally {
    again.close();
  }
});
