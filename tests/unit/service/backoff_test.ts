/**
 * Backoff and circuit breaker, on given times.
 * @module
 */
import assert from "node:assert/strict";
import { Backoff } from "../../../src/service/backoff.ts";

const OPTIONS = {
  first_ms: 100,
  max_ms: 1000,
  breaker_failures: 6,
  window_ms: 60_000,
  open_ms: 30_000,
};

Deno.test("waits double up to the longest, then the circuit opens", () => {
  const backoff = new Backoff(OPTIONS);
  assert.deepEqual([1, 2, 3, 4, 5].map((at) => backoff.failed(at)), [100, 200, 400, 800, 1000]);
  assert.equal(backoff.open, false);
  assert.equal(backoff.failed(6), 30_000);
  assert.equal(backoff.open, true);
});

Deno.test("a trial that fails keeps the circuit open, one that runs well closes it", () => {
  const backoff = new Backoff(OPTIONS);
  for (let at = 0; at < 6; at++) backoff.failed(at);
  assert.equal(backoff.failed(100_000), 30_000, "long after: still open");
  backoff.succeeded();
  assert.equal(backoff.open, false);
  assert.equal(backoff.failed(200_000), 100);
});

Deno.test("failures far apart never open the circuit", () => {
  const backoff = new Backoff(OPTIONS);
  for (let i = 0; i < 100; i++) assert.equal(backoff.failed(i * 60_000), 100);
});
