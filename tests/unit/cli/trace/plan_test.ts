import assert from "node:assert/strict";
import { ExitError } from "../../../../src/cli/exit.ts";
import {
  parseComm,
  parsePids,
  parsePrefix,
  parseTypes,
  parseUid,
  ringBytes,
  type TraceOptions,
} from "../../../../src/cli/trace/options.ts";
import { checkOptions, planOf } from "../../../../src/cli/trace/plan.ts";

function options(more: Partial<TraceOptions>): TraceOptions {
  return { e: parseTypes("all"), keep: 8, fsync: "never", ringMb: 32, f: "json", ...more };
}

Deno.test("values that the kernel cannot hold are refused", () => {
  assert.deepEqual(parsePids("7, 1,7"), [7, 1]);
  for (const bad of ["", "0", "x", "1,,2", "4194305", "1.5", "-1", "1e3"]) {
    assert.throws(() => parsePids(bad), /Allowed: /, bad);
  }
  assert.equal(parseUid("4294967294"), 4294967294);
  assert.throws(() => parseUid("4294967295"));
  assert.equal(parseComm("123456789012345"), "123456789012345");
  for (const bad of ["", "1234567890123456", "ääääääää"]) assert.throws(() => parseComm(bad));
  assert.throws(() => parsePrefix("srv"), /absolute path/);
  assert.throws(() => parsePrefix(`/${"x".repeat(255)}`));
  assert.throws(() => parseTypes("file,opne"), /No event type "opne"; did you mean "open"/);
});

Deno.test("a ring is a power of two, at least a page", () => {
  assert.equal(ringBytes(0.005), 8192);
  assert.equal(ringBytes(0.001), 4096);
  assert.equal(ringBytes(32), 32 << 20);
  assert.equal(ringBytes(33), 64 << 20);
});

Deno.test("options that do not go together are refused", () => {
  const bad: [Partial<TraceOptions>, RegExp][] = [
    [{ rotateMb: 1 }, /need -o/],
    [{ o: "f", compress: true }, /--compress needs/],
    [{ followChildren: true }, /needs --pid/],
    [{ read: "f", duration: 1 }, /no meaning with --read/],
    [{ o: "" }, /-o is empty/],
  ];
  for (const [more, message] of bad) {
    const isUsage = (error: unknown) =>
      error instanceof ExitError && error.exitCode === 2 && message.test(error.message);
    assert.throws(() => checkOptions(options(more)), isUsage, String(message));
  }
  checkOptions(options({ o: "f", rotateMb: 1, compress: true }));
  checkOptions(options({ pid: [1], followChildren: true }));
});

Deno.test("a plan has the filters that were given, no others, and wants something", () => {
  const { filters, file, types } = planOf(options({ pid: [1], uid: 0, only: parseTypes("open") }));
  assert.deepEqual(filters, { pids: [1], uid: 0 });
  assert.equal(file, null);
  assert.deepEqual([...types], [104]);
  const none = options({ e: parseTypes("file"), only: parseTypes("connect") });
  assert.throws(() => planOf(none), /no event type is wanted/);
  const rotated = planOf(options({ o: "/x", rotateMb: 0.5, rotateSec: 2 })).file;
  assert.deepEqual([rotated?.rotate_bytes, rotated?.rotate_ms], [524288, 2000]);
});
