/**
 * Unit tests of src/lab/run/order.ts: drift must not be taken for the agent.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { planRounds } from "../../../../src/lab/run/order.ts";

Deno.test("each pair is one round of each kind, next to each other, in the order of the pairs", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), (pairs, seed) => {
      const plan = planRounds(pairs, seed);
      assert.equal(plan.length, 2 * pairs);
      for (let i = 0; i < pairs; i++) {
        const [a, b] = plan.slice(2 * i, 2 * i + 2);
        assert.deepEqual([a.pair, b.pair], [i + 1, i + 1]);
        assert.deepEqual(new Set([a.side, b.side]), new Set(["baseline", "with_aod"]));
      }
    }),
  );
});

Deno.test("as many pairs begin with the one as with the other", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 60 }), fc.nat(), (pairs, seed) => {
      const first = planRounds(pairs, seed).filter((_, i) => i % 2 === 0);
      const baselines = first.filter(({ side }) => side === "baseline").length;
      assert.ok(Math.abs(2 * baselines - pairs) <= 1, `${baselines} of ${pairs}`);
    }),
  );
});

Deno.test("the seed says the order, and another one another", () => {
  assert.deepEqual(planRounds(10, 7), planRounds(10, 7));
  const orders = new Set(
    Array.from({ length: 50 }, (_, seed) => JSON.stringify(planRounds(10, seed))),
  );
  assert.ok(orders.size > 30, `${orders.size} orders of 50 seeds`);
  const odd = Array.from({ length: 50 }, (_, seed) => planRounds(1, seed)[0].side);
  assert.deepEqual(new Set(odd), new Set(["baseline", "with_aod"]));
});
