/** The sliding window against a naive count of everything that came. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { SlidingWindow } from "../../../src/detect/window.ts";

/** Counts what is in (newest - width, newest] of all times since the last firing. */
function oracle(times: number[], width: number, limit: number): number[] {
  const firings: number[] = [];
  let kept: number[] = [];
  let newest = -Infinity;
  times.forEach((time, i) => {
    const late = time <= newest - width;
    newest = Math.max(newest, time);
    if (late) return;
    kept.push(time);
    if (kept.filter((t) => t > newest - width).length >= limit) {
      firings.push(i);
      kept = [];
    }
  });
  return firings;
}

function firings(times: number[], width: number, limit: number): number[] {
  const window = new SlidingWindow(width, limit);
  const fired: number[] = [];
  times.forEach((time, i) => {
    if (window.add(time) >= limit) {
      fired.push(i);
      window.clear();
    }
  });
  return fired;
}

Deno.test("a window fires exactly where a naive count does, in any order of times", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 500 }), { maxLength: 400, size: "max" }),
      fc.integer({ min: 1, max: 200 }),
      fc.integer({ min: 1, max: 40 }),
      (times, width, limit) => {
        assert.deepEqual(firings(times, width, limit), oracle(times, width, limit));
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("a window of slightly disordered times fires where a naive count does", () => {
  fc.assert(
    fc.property(
      fc.array(fc.record({ step: fc.nat(30), back: fc.nat(25) }), { maxLength: 600, size: "max" }),
      fc.integer({ min: 30, max: 400 }),
      fc.integer({ min: 1, max: 30 }),
      (steps, width, limit) => {
        let now = 0;
        const times = steps.map(({ step, back }) => (now += step) - back);
        assert.deepEqual(firings(times, width, limit), oracle(times, width, limit));
      },
    ),
    { numRuns: 500 },
  );
});

Deno.test("a window's edge: a time exactly one width old no longer counts", () => {
  const window = new SlidingWindow(100, 10);
  assert.equal(window.add(0), 1);
  assert.equal(window.add(99), 2);
  assert.equal(window.add(100), 2);
  assert.equal(window.add(0), 0, "a late one is refused");
});

Deno.test("a window that is never cleared holds no more than its limit", () => {
  const window = new SlidingWindow(1e9, 50);
  for (let i = 0; i < 10_000; i++) assert.ok(window.add(i) <= 50);
  assert.equal(window.size, 50);
});

Deno.test("a narrower window drops what is outside", () => {
  const window = new SlidingWindow(1000, 10);
  for (const t of [0, 500, 900]) window.add(t);
  window.resize(200);
  assert.equal(window.size, 1);
});
