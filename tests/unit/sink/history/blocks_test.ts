/** Blocks of points and of roll-ups: exact, in order of time, and hostile bytes. */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  decodePoints,
  decodeRollUps,
  encodePoints,
  encodeRollUps,
  mergePoints,
  type PointBlock,
  putRollUp,
  type RollUp,
  rollUp,
} from "../../../../src/sink/history/blocks.ts";
import { BlockError } from "../../../../src/sink/history/byte_codec.ts";

const VALUE = fc.double({ noNaN: true, noDefaultInfinity: true });
const POINTS = fc.array(fc.tuple(fc.nat(59_999), VALUE), { maxLength: 100 });
const EMPTY: PointBlock = { offsets_ms: [], values: [] };

function blockOf(points: [number, number][]): PointBlock {
  return mergePoints(EMPTY, points.map(([offset]) => offset), points.map(([, value]) => value));
}

Deno.test("points come back in the order of time, those of one time in the order they came", () => {
  fc.assert(fc.property(POINTS, POINTS, (first, second) => {
    const offsets = second.map(([offset]) => offset);
    const block = mergePoints(blockOf(first), offsets, second.map(([, value]) => value));
    const sorted = [...first, ...second].map((point, i) => ({ point, i }))
      .sort((a, b) => a.point[0] - b.point[0] || a.i - b.i).map(({ point }) => point);
    // Sorting twice keeps the order of equal times only where the first ones stay first.
    assert.deepEqual(block.offsets_ms, sorted.map(([offset]) => offset));
    assert.deepEqual(block.values, sorted.map(([, value]) => value));
    assert.deepEqual(decodePoints(encodePoints(block)), block);
  }));
});

Deno.test("a minute at one point a second takes two bytes a point and what the values need", () => {
  const offsets_ms = Array.from({ length: 60 }, (_, i) => 1000 * i + (i % 3));
  const bytes = encodePoints({ offsets_ms, values: Array<number>(60).fill(5) });
  assert.ok(bytes.length <= 60 + 10, `${bytes.length}`);
});

Deno.test("a roll-up is what its points come to", () => {
  fc.assert(
    fc.property(fc.array(VALUE, { minLength: 1, maxLength: 100 }), (values) => {
      const { count, mean, min, max, last } = rollUp(3, blockOf(values.map((v, i) => [i, v])));
      assert.deepEqual([count, last], [values.length, values.at(-1)]);
      assert.deepEqual([min, max], [Math.min(...values), Math.max(...values)]);
      assert.ok(min <= mean && mean <= max);
      const exact = values.reduce((sum, value) => sum + value / values.length, 0);
      const scale = Math.max(Math.abs(min), Math.abs(max));
      // Each quotient of the sum above is off by half a subnormal step where it is that small.
      const least = values.length * Number.MIN_VALUE;
      if (scale < 1e300) assert.ok(Math.abs(mean - exact) <= 1e-9 * scale + least);
    }),
    { examples: [[[-5e-324, 1e-323]]] },
  );
});

Deno.test("of each minute there is one roll-up, the latest, and they come back in order", () => {
  const entries = fc.array(fc.tuple(fc.nat(59), fc.array(VALUE, { minLength: 1, maxLength: 5 })));
  fc.assert(fc.property(entries, (list) => {
    let block: RollUp[] = [];
    const model = new Map<number, RollUp>();
    for (const [minute, values] of list) {
      const entry = rollUp(minute, blockOf(values.map((v, i) => [i, v])));
      block = putRollUp(block, entry);
      model.set(minute, entry);
    }
    assert.deepEqual(block, [...model.values()].sort((a, b) => a.minute - b.minute));
    assert.deepEqual(decodeRollUps(encodeRollUps(block)), block);
  }));
});

Deno.test("any bytes are a block or a BlockError; what is decoded is within its minute", () => {
  fc.assert(
    fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
      for (const decode of [decodePoints, decodeRollUps]) {
        try {
          const block = decode(bytes);
          const offsets = "offsets_ms" in block ? block.offsets_ms : [];
          assert.ok(offsets.every((offset) => offset >= 0 && offset < 60_000));
        } catch (error) {
          assert.ok(error instanceof BlockError, String(error));
        }
      }
    }),
    { numRuns: 500 },
  );
});

Deno.test("a block cut short, or with something behind it, is none", () => {
  const bytes = encodePoints(blockOf([[0, 1], [1000, 2.5]]));
  for (let length = 0; length < bytes.length; length++) {
    assert.throws(() => decodePoints(bytes.subarray(0, length)), BlockError);
  }
  assert.throws(() => decodePoints(new Uint8Array([...bytes, 0])), BlockError);
});
