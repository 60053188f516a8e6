import assert from "node:assert/strict";
import fc from "fast-check";
import { nextName, type Rotated, surplus } from "../../../src/sink/rotation.ts";
import { wholeBytes, wholeLines } from "../../../src/sink/sink.ts";

function rotated(stamp: string, compressed = false): Rotated {
  return { path: `e.${stamp}${compressed ? ".zst" : ""}`, stamp, compressed };
}

Deno.test("a rotated file's name says when, and is later than those before", () => {
  const now = new Date("2026-01-31T08:15:00.123Z");
  assert.equal(nextName("/x/e", [], now), "/x/e.20260131T081500.123Z");
  assert.equal(
    nextName("/x/e", [rotated("20260131T081500.122Z")], now),
    "/x/e.20260131T081500.123Z",
  );
  // The same moment, and a clock that was set back.
  assert.equal(
    nextName("/x/e", [rotated("20260131T081500.123Z")], now),
    "/x/e.20260131T081500.124Z",
  );
  assert.equal(
    nextName("/x/e", [rotated("20261231T235959.999Z", true)], now),
    "/x/e.20270101T000000.000Z",
  );
});

Deno.test("the oldest go; plain and compressed of one time count once and go together", () => {
  const a = rotated("20260101T000000.000Z", true);
  const b = rotated("20260102T000000.000Z");
  const b2 = rotated("20260102T000000.000Z", true);
  const c = rotated("20260103T000000.000Z");
  assert.deepEqual(surplus([a, b, b2, c], 3), []);
  assert.deepEqual(surplus([a, b, b2, c], 2), [a]);
  assert.deepEqual(surplus([a, b, b2, c], 1), [a, b, b2]);
  assert.deepEqual(surplus([a, b, b2, c], 0), [a, b, b2, c]);
});

Deno.test("whole lines are those that end within what was taken", () => {
  fc.assert(fc.property(
    fc.array(fc.integer({ min: 1, max: 50 }), { maxLength: 40 }),
    fc.integer({ min: 0, max: 2500 }),
    (lengths, taken) => {
      let at = 0;
      const ends = new Uint32Array(lengths.map((length) => at += length));
      const expected = [...ends].filter((end) => end <= taken);
      assert.equal(wholeLines(ends, taken), expected.length);
      assert.equal(wholeBytes(ends, taken), expected.at(-1) ?? 0);
    },
  ));
});
