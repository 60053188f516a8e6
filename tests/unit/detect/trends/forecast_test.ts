/** Forecasts: exact lines, coverage of the interval, and what cannot be told. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Random } from "../../../../src/detect/metrics/random.ts";
import { forecast } from "../../../../src/detect/trends/forecast.ts";

const START = 1_702_943_000;

function minutes(count: number): number[] {
  return Array.from({ length: count }, (_, i) => START + 60 * i);
}

function close(actual: number | null | undefined, expected: number, allowed: number): void {
  assert.ok(typeof actual === "number" && Math.abs(actual - expected) <= allowed, `${actual}`);
}

Deno.test("an exact line meets the limit when arithmetic says so", () => {
  const times = minutes(60);
  const values = times.map((t) => 50 + (t - START) / 60);
  const disk = forecast(times, values, { limit: 130 });
  assert.equal(disk?.outcome, "reaching");
  // From 109 at one a minute: 21 minutes.
  close(disk?.seconds, 21 * 60, 1e-6);
  close(disk?.earliest_sec, 21 * 60, 1e-3);
  close(disk?.latest_sec, 21 * 60, 1e-3);
  const memory = forecast(times, values.map((v) => -v), { limit: -130, bad: "below" });
  close(memory?.seconds, 21 * 60, 1e-6);
});

Deno.test("noise widens the interval, and it holds the truth as often as it says", () => {
  for (const [memory, confidence] of [[0, 0.9], [0.5, 0.9], [0, 0.5]]) {
    const runs = 400;
    let held = 0;
    for (let seed = 0; seed < runs; seed++) {
      const random = new Random(seed);
      let state = random.normal();
      const times = minutes(120);
      const values = times.map((t) => {
        state = memory * state + Math.sqrt(1 - memory ** 2) * random.normal();
        return 10 + (t - START) / 60 * 0.1 + state;
      });
      // The line is at 21.9 at the end: 30 comes 81 minutes later.
      const told = forecast(times, values, { limit: 30, confidence });
      assert.equal(told?.outcome, "reaching");
      const { seconds, earliest_sec, latest_sec } = told;
      assert.ok(earliest_sec !== null && seconds !== null && latest_sec !== null);
      assert.ok(earliest_sec <= seconds && seconds <= latest_sec);
      if (earliest_sec <= 81 * 60 && 81 * 60 <= latest_sec) held++;
    }
    const part = held / runs;
    assert.ok(Math.abs(part - confidence) < 0.06, `${part} of ${confidence}, memory ${memory}`);
  }
});

Deno.test("what does not go there is not said to arrive", () => {
  const times = minutes(60);
  const rising = times.map((t) => 50 + (t - START) / 60);
  const outcome = (values: number[], limit: number, bad: "above" | "below" = "above") =>
    forecast(times, values, { limit, bad })?.outcome;
  assert.equal(outcome(rising, 20), "reached");
  assert.equal(outcome(rising, 109), "reached");
  assert.equal(outcome(rising, 20, "below"), "receding");
  assert.equal(outcome(rising, 130, "below"), "reached");
  assert.equal(outcome(rising.toReversed(), 130), "receding");
  assert.equal(outcome(rising.toReversed(), 20, "below"), "reaching");
  assert.equal(outcome(rising, 1e6), "far");
  assert.equal(outcome(rising.map(() => 50), 60), "stable");
  const random = new Random(4);
  assert.equal(outcome(rising.map(() => random.normal()), 60), "stable");
  assert.equal(outcome(rising.slice(0, 2), 200), "unknown");
  assert.equal(outcome(rising.slice(0, 9), 200), "unknown");
  assert.equal(forecast([], [], { limit: 1 }), null);
  assert.throws(() => forecast(times, rising, { limit: 1, confidence: 1 }), RangeError);
});

Deno.test("any series gives finite numbers in order", () => {
  const value = fc.double({ min: -1e9, max: 1e9, noNaN: true });
  fc.assert(
    fc.property(
      fc.array(value, { minLength: 1, maxLength: 60 }),
      fc.double({ min: -10, max: 10, noNaN: true }),
      value,
      fc.double({ min: 0.01, max: 0.999, noNaN: true }),
      (rest, slope, limit, confidence) => {
        const values = rest.map((v, i) => 1e6 * slope * i + v / 1000);
        const told = forecast(minutes(values.length), values, { limit, confidence });
        assert.ok(told !== null && Number.isFinite(told.slope));
        const { outcome, seconds, earliest_sec, latest_sec } = told;
        assert.equal(outcome === "reaching", seconds !== null);
        if (seconds === null) return;
        assert.ok(seconds >= 0 && earliest_sec !== null && earliest_sec >= 0, `${earliest_sec}`);
        assert.ok(earliest_sec <= seconds && (latest_sec === null || seconds <= latest_sec));
      },
    ),
    { numRuns: 500 },
  );
});
