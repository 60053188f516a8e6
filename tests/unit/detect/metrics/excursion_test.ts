/** One anomaly for one excursion, and not too many in all. @module */
import assert from "node:assert/strict";
import { Excursion, RateLimit } from "../../../../src/detect/metrics/excursion.ts";
import { RELEASE_POINTS } from "../../../../src/detect/metrics/options.ts";

function calm(excursion: Excursion, points: number): void {
  for (let i = 0; i < points; i++) excursion.inside(true);
}

Deno.test("an excursion is reported once and ends only after enough calm points", () => {
  const excursion = new Excursion(0, new RateLimit(100));
  assert.equal(excursion.outside(0), "report");
  assert.equal(excursion.outside(1), "excursion");
  calm(excursion, RELEASE_POINTS - 1);
  assert.equal(excursion.outside(2), "excursion", "calm for too short a time");
  calm(excursion, RELEASE_POINTS - 1);
  excursion.inside(false);
  calm(excursion, RELEASE_POINTS - 1);
  assert.ok(excursion.active, "a point between calm and anomaly begins the count anew");
  calm(excursion, 1);
  assert.ok(!excursion.active);
  assert.equal(excursion.outside(3), "report");
});

Deno.test("two excursions of a key are some time apart", () => {
  const excursion = new Excursion(60, new RateLimit(100));
  assert.equal(excursion.outside(1000), "report");
  calm(excursion, RELEASE_POINTS);
  assert.equal(excursion.outside(1059), "cooldown");
  calm(excursion, RELEASE_POINTS);
  assert.equal(excursion.outside(1060), "report");
  calm(excursion, RELEASE_POINTS);
  assert.equal(excursion.outside(500), "report", "a clock set back does not silence");
});

Deno.test("over all keys there are at most so many in a minute", () => {
  const rate = new RateLimit(10);
  const verdicts = Array.from({ length: 30 }, () => new Excursion(0, rate).outside(50));
  assert.equal(verdicts.filter((v) => v === "report").length, 10);
  assert.equal(verdicts.filter((v) => v === "rate").length, 20);
  assert.equal(new Excursion(0, rate).outside(55.9), "rate", "not one has come back");
  assert.equal(new Excursion(0, rate).outside(56), "report", "one in six seconds has");
  assert.equal(new Excursion(0, rate).outside(56), "rate");
  assert.equal(rate.take(10_000), true);
});
