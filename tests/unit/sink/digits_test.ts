/**
 * Numbers written straight into bytes are those of BigInt, at every edge.
 * @module
 */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import {
  writeHex,
  writeI64,
  writeOctal,
  writePadded,
  writeU32,
  writeU64,
} from "../../../src/sink/digits.ts";

/** What a function wrote; the bytes around it are as they were. */
function written(write: (bytes: Uint8Array, at: number) => number): string {
  const bytes = new Uint8Array(40).fill(0x23);
  const end = write(bytes, 5);
  const text = new TextDecoder().decode(bytes);
  assert.match(text.slice(0, 5) + text.slice(end), /^#+$/);
  return text.slice(5, end);
}

function words(value: bigint): [high: number, low: number] {
  return [Number(BigInt.asIntN(32, value >> 32n)), Number(BigInt.asIntN(32, value))];
}

/** Powers of two and ten with their neighbours, and anything between. */
const EDGES = [
  ...Array.from({ length: 64 }, (_, i) => 1n << BigInt(i)),
  ...Array.from({ length: 20 }, (_, i) => 10n ** BigInt(i)),
  ...Array.from({ length: 18 }, (_, i) => BigInt(i + 1) * 1_000_000_000n),
].flatMap((value) => [value - 1n, value, value + 1n]).filter((value) => value < 1n << 64n);
const u64 = fc.oneof(
  fc.bigInt(0n, (1n << 64n) - 1n),
  fc.bigInt(0n, (1n << 53n) + 1000n),
  fc.constantFrom(...EDGES),
);

function check64(value: bigint): void {
  const [high, low] = words(value);
  assert.equal(written((bytes, at) => writeU64(bytes, at, high, low)), value.toString());
  assert.equal(
    written((bytes, at) => writeI64(bytes, at, high, low)),
    BigInt.asIntN(64, value).toString(),
  );
  assert.equal(written((bytes, at) => writeHex(bytes, at, high, low)), value.toString(16));
}

Deno.test("digits: 64 bits, unsigned, signed and in hexadecimal", () => {
  for (const value of EDGES) {
    check64(value);
    check64(BigInt.asUintN(64, -value));
  }
  fc.assert(fc.property(u64, check64), { numRuns: 5000 });
});

Deno.test("digits: multiples of a billion are not rounded across", () => {
  fc.assert(
    fc.property(fc.nat(9_007_198), fc.integer({ min: -2, max: 2 }), (billions, more) => {
      const value = BigInt(billions) * 1_000_000_000n + BigInt(more);
      if (value >= 0n) check64(value);
    }),
    { numRuns: 5000 },
  );
});

Deno.test("digits: 32 bits, padded and in octal", () => {
  const edges = EDGES.filter((value) => value < 1n << 32n).map(Number);
  const u32 = fc.oneof(fc.integer({ min: 0, max: 0xffffffff }), fc.constantFrom(...edges));
  fc.assert(
    fc.property(u32, fc.integer({ min: 1, max: 12 }), (value, count) => {
      assert.equal(written((bytes, at) => writeU32(bytes, at, value)), `${value}`);
      const octal = value === 0 ? "0" : `0${value.toString(8)}`;
      assert.equal(written((bytes, at) => writeOctal(bytes, at, value)), octal);
      assert.equal(
        written((bytes, at) => writePadded(bytes, at, value, count)),
        `${value}`.padStart(count, "0").slice(-count),
      );
    }),
    { numRuns: 5000 },
  );
});
