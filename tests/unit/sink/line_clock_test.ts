/**
 * Times of lines are the exact ones.
 * @module
 */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { LineClock } from "../../../src/sink/line_clock.ts";

const OFFSET = 1_763_600_000_123_456_789n;

/** The time that a clock gives, put together. */
function micros(clock: LineClock, time_ns: bigint): bigint {
  const value = BigInt.asUintN(64, time_ns);
  const [high, low] = [BigInt.asIntN(32, value >> 32n), BigInt.asIntN(32, value)].map(Number);
  const part = clock.micros(high, low);
  if (part < 0) return BigInt(clock.whole(high, low));
  return BigInt(`${new TextDecoder().decode(clock.digits)}${String(part).padStart(6, "0")}`);
}

Deno.test("line clock: times around seconds and around 2^32 ns, there and back", () => {
  const clock = new LineClock(OFFSET);
  for (let base = 0n; base < 30n; base++) {
    const second = base * 1_000_000_000n - OFFSET % 1_000_000_000n;
    for (const edge of [second, base << 32n, (base << 32n) + 500_000_000n]) {
      for (const more of [-1001n, -1000n, -1n, 0n, 1n, 999n, 1000n, -600_000_000n]) {
        const time = edge + more;
        if (time < 0n) continue;
        assert.equal(micros(clock, time), (time + OFFSET) / 1000n, `${time}`);
      }
    }
  }
});

Deno.test("line clock: any times in any order, by any offset", () => {
  const time = fc.oneof(
    fc.bigInt(0n, 20_000_000_000n),
    fc.bigInt(0n, (1n << 64n) - 1n),
    fc.bigInt((1n << 64n) - 2_000_000_000n, (1n << 64n) - 1n),
  );
  const offset = fc.constantFrom(OFFSET, 0n, -5_000n, -(1n << 62n), 9_000_000_000_000_000_000n);
  fc.assert(
    fc.property(offset, fc.array(time, { minLength: 1, maxLength: 20 }), (by, times) => {
      const clock = new LineClock(by);
      for (const one of times) assert.equal(micros(clock, one), (one + by) / 1000n);
    }),
    { numRuns: 2000 },
  );
});

Deno.test("line clock: the turn tells of another second", () => {
  const clock = new LineClock(OFFSET);
  const turns = [5_000_000_000n, 5_000_000_001n, 6_000_000_000n, 5_000_000_000n].map((time) => {
    micros(clock, time);
    return clock.turn;
  });
  assert.equal(turns[0], turns[1]);
  assert.equal(new Set(turns).size, 3);
});
