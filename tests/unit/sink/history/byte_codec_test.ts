/** Numbers in few bytes: exact for every number, small where it should be, and bytes that cannot be. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { BlockError, ByteReader, ByteWriter } from "../../../../src/sink/history/byte_codec.ts";

const ANY_DOUBLE = fc.oneof(
  fc.double(),
  fc.integer().map(Number),
  fc.constantFrom(0, -0, NaN, Infinity, -Infinity, Number.MIN_VALUE, Number.MAX_VALUE),
);

function bytesOf(write: (writer: ByteWriter) => void): Uint8Array {
  const writer = new ByteWriter();
  write(writer);
  return writer.take();
}

Deno.test("every double comes back bit by bit, runs of equal ones too", () => {
  const runs = fc.array(fc.tuple(ANY_DOUBLE, fc.integer({ min: 1, max: 300 })), { maxLength: 20 });
  fc.assert(fc.property(runs, (list) => {
    const values = list.flatMap(([value, times]) => Array<number>(times).fill(value));
    const reader = new ByteReader(bytesOf((writer) => writer.doubles(values)));
    const back = reader.doubles(values.length);
    reader.end();
    assert.ok(back.every((value, i) => Object.is(value, values[i])));
  }));
});

Deno.test("whole numbers of either sign come back", () => {
  const wholes = fc.array(fc.maxSafeNat());
  const signs = fc.array(fc.integer({ min: -(2 ** 40), max: 2 ** 40 }));
  fc.assert(fc.property(wholes, signs, (positive, either) => {
    const reader = new ByteReader(bytesOf((writer) => {
      for (const value of positive) writer.whole(value);
      for (const value of either) writer.signed(value);
    }));
    for (const value of positive) assert.equal(reader.whole(), value);
    for (const value of either) assert.equal(reader.signed(), value);
    reader.end();
  }));
});

Deno.test("a flat minute is a byte, a step of a counter four at most, anything nine at most", () => {
  const size = (values: number[]) => bytesOf((writer) => writer.doubles(values)).length;
  assert.equal(size(Array<number>(60).fill(0)), 1);
  assert.ok(size(Array<number>(60).fill(8_192_000_000)) <= 6);
  assert.ok(size(Array.from({ length: 60 }, (_, i) => i % 7)) <= 60 * 3);
  assert.ok(size(Array.from({ length: 60 }, (_, i) => Math.sqrt(i + 2))) <= 60 * 9);
});

Deno.test("any bytes are numbers or a BlockError, never anything else, and reading them ends", () => {
  fc.assert(fc.property(fc.uint8Array({ maxLength: 60 }), fc.nat(200), (bytes, count) => {
    const reader = new ByteReader(bytes);
    try {
      reader.whole();
      reader.signed();
      assert.equal(reader.doubles(count).length, count);
      reader.end();
    } catch (error) {
      assert.ok(error instanceof BlockError, String(error));
    }
  }));
});
