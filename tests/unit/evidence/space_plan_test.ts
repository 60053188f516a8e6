/**
 * Which bundles have to go.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { planSpace, type StoredBundle } from "../../../src/evidence/space_plan.ts";

function bundle(n: number, over: Partial<StoredBundle> = {}): StoredBundle {
  const id = String(1_700_000_000_000_000_000n + BigInt(n));
  return { id, dir: "/o", bytes: 10, time_ms: n, kind: "a", emergency: false, ...over };
}

const NO_AGE = { max_age_ms: Infinity };

function plan(bundles: StoredBundle[], max_bytes: number, max_age_ms = Infinity, now = 0) {
  const total = bundles.reduce((sum, b) => sum + b.bytes, 0);
  return planSpace(bundles, total, { max_age_ms, max_bytes }, now);
}

function ids(bundles: StoredBundle[], max_bytes: number): number[] {
  return plan(bundles, max_bytes).deletions.map((d) => Number(BigInt(d.bundle.id) % 1000n));
}

Deno.test("the oldest go first, the first of a kind and emergencies last, the newest never", () => {
  const bundles = [
    bundle(1), // first of kind a
    bundle(2),
    bundle(3, { emergency: true }),
    bundle(4, { kind: "b" }), // first of kind b
    bundle(5),
    bundle(6),
  ];
  assert.deepEqual(ids(bundles, 60), []);
  assert.deepEqual(ids(bundles, 59), [2]);
  assert.deepEqual(ids(bundles, 40), [2, 5]);
  assert.deepEqual(ids(bundles, 39), [2, 5, 1]);
  assert.deepEqual(ids(bundles, 0), [2, 5, 1, 3, 4]);
});

Deno.test("the newest stays though it alone is over the limit, and that is said", () => {
  assert.deepEqual(plan([bundle(1, { bytes: 100 })], 30), { deletions: [], over_bytes: 70 });
  const two = plan([bundle(1), bundle(2, { bytes: 100 })], 30);
  assert.equal(two.deletions.length, 1);
  assert.equal(two.over_bytes, 70);
});

Deno.test("what is too old goes whatever it is", () => {
  const bundles = [bundle(1, { emergency: true, time_ms: 10 }), bundle(2, { time_ms: 500 })];
  const { deletions } = plan(bundles, 1000, 100, 600);
  assert.deepEqual(deletions.map((d) => [d.bundle.time_ms, d.reason]), [[10, "age"]]);
});

Deno.test("a clock that was set back makes nothing old", () => {
  assert.deepEqual(plan([bundle(1, { time_ms: 1e15 })], 1000, 100, 600).deletions, []);
});

Deno.test("a plan is enough and no more, and spares the precious as long as it can", () => {
  const some = fc.array(
    fc.record({ bytes: fc.integer({ min: 0, max: 50 }), emergency: fc.boolean() }),
    { maxLength: 20 },
  );
  fc.assert(fc.property(some, fc.integer({ min: 0, max: 600 }), (list, max_bytes) => {
    const bundles = list.map((b, i) => bundle(i, { ...b, kind: String(i % 3) }));
    const total = bundles.reduce((sum, b) => sum + b.bytes, 0);
    const { deletions, over_bytes } = planSpace(bundles, total, { ...NO_AGE, max_bytes }, 0);
    const freed = deletions.reduce((sum, d) => sum + d.bundle.bytes, 0);
    assert.equal(over_bytes, Math.max(0, total - freed - max_bytes));
    if (over_bytes > 0) assert.equal(deletions.length, Math.max(0, bundles.length - 1));
    const last = deletions.at(-1);
    if (last !== undefined) assert.ok(total - freed + last.bundle.bytes > max_bytes);
    const gone = new Set(deletions.map((d) => d.bundle));
    assert.ok(!gone.has(bundles[bundles.length - 1]));
    const ordinaryLeft = bundles.slice(0, -1).some((b, i) =>
      i >= 3 && !b.emergency && !gone.has(b)
    );
    if (ordinaryLeft) assert.ok(deletions.every((d) => !d.bundle.emergency));
  }));
});
