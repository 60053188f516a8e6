/** Which paths a new file of a rotation begins with, and when each is said to have come. @module */
import assert from "node:assert/strict";
import { KeptPaths } from "../../../src/sink/origin_paths.ts";

const ONE = new Uint8Array([1]);

/** As the reader compares sequences, which are modulo 2^32. */
function isBefore(sequence: number, next: number): boolean {
  return ((sequence - next) | 0) < 0;
}

Deno.test("paths kept: the oldest first, also after more records than half of all sequences", () => {
  const paths = new KeptPaths();
  const now = 3 * 2 ** 31 + 100;
  paths.keep(1, 1, ONE, 0);
  paths.keep(2, 2 ** 31 + 7, ONE, 0);
  paths.keep(3, 2 ** 32 + 3, ONE, 0);
  paths.keep(4, now - 1, ONE, 0);
  const all = paths.all(now);
  assert.equal(all.length, 4);
  let last = all[0].sequence;
  for (const { sequence } of all) {
    assert.ok(isBefore(sequence, now), `${sequence} comes after ${now}`);
    assert.ok(sequence === last || isBefore(last, sequence), `${sequence} before ${last}`);
    last = sequence;
  }
  assert.equal(last, (now - 1) >>> 0);
});

Deno.test("paths kept: what took a slot before comes before what has it", () => {
  const paths = new KeptPaths();
  paths.keep(1, 10, new Uint8Array([10]), 0);
  paths.keep(1, 20, new Uint8Array([20]), 100);
  assert.deepEqual(paths.all(21).map(({ sequence, data }) => [sequence, data[0]]), [
    [10, 10],
    [20, 20],
  ]);
  // 16 MiB on, nothing that is still to be written means the first.
  paths.keep(2, 30, ONE, (16 << 20) + 101);
  assert.deepEqual(paths.all(31).map(({ sequence }) => sequence), [20, 30]);
});
