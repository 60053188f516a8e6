import assert from "node:assert/strict";
import fc from "fast-check";
import { RateLimit } from "../../../src/api/rate_limit.ts";

Deno.test("a burst is allowed, and then the average", () => {
  let now = 0;
  const limit = new RateLimit({ per_sec: 10, burst: 3 }, () => now);
  assert.deepEqual([1, 2, 3].map(() => limit.take("a")), [null, null, null]);
  assert.equal(limit.take("a"), 100);
  assert.equal(limit.take("b"), null);
  now += 100;
  assert.equal(limit.take("a"), null);
  assert.equal(limit.take("a"), 100);
});

Deno.test("in no time more than burst and average together are allowed", () => {
  const waits = fc.array(fc.nat({ max: 500 }), { minLength: 1, maxLength: 200 });
  fc.assert(fc.property(waits, (steps) => {
    let now = 0;
    let allowed = 0;
    const limit = new RateLimit({ per_sec: 5, burst: 4 }, () => now);
    for (const step of steps) {
      now += step;
      if (limit.take("a") === null) allowed++;
    }
    assert.ok(allowed <= 4 + 5 * now / 1000);
  }));
});

Deno.test("waiting as long as told is enough", () => {
  let now = 0;
  const limit = new RateLimit({ per_sec: 3, burst: 1 }, () => now);
  limit.take("a");
  const wait = limit.take("a");
  assert.ok(wait !== null);
  now += Math.ceil(wait);
  assert.equal(limit.take("a"), null);
});

Deno.test("memory is bounded: the address used least lately is forgotten", () => {
  const limit = new RateLimit({ per_sec: 1, burst: 1, keys: 2 }, () => 0);
  for (const key of ["a", "b", "a", "c"]) limit.take(key);
  assert.equal(limit.size, 2);
  assert.notEqual(limit.take("a"), null);
  assert.equal(limit.take("b"), null);
});
