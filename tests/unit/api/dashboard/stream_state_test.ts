/**
 * The machine that keeps a stream open.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import {
  FIRST_RETRY_MS,
  LAST_RETRY_MS,
  retryDelay,
  SILENCE_MS,
  startState,
  step,
  type StreamAction,
  type StreamEvent,
  type StreamState,
} from "../../../../src/api/dashboard/logic/stream_state.ts";

/** Feeds events, each at a time, and gives the last state with all that was to be done. */
function run(events: [StreamEvent, number][]): { state: StreamState; done: StreamAction[] } {
  let state = startState(0);
  const done: StreamAction[] = [];
  for (const [event, now_ms] of events) {
    const [next, action] = step(state, event, now_ms);
    state = next;
    done.push(action);
  }
  return { state, done };
}

Deno.test("stream: live with its first message", () => {
  const { state, done } = run([["signed_in", 0], ["opened", 10], ["message", 20]]);
  assert.deepEqual(state, { phase: "live", failures: 0, deadline_ms: 20 + SILENCE_MS });
  assert.deepEqual(done, ["connect", "none", "none"]);
});

Deno.test("stream: a restart of the agent is tried again until it is there, ever more seldom", () => {
  const { state, done } = run([
    ["opened", 0],
    ["failed", 1000],
    ["tick", 1000 + FIRST_RETRY_MS - 1],
    ["tick", 1000 + FIRST_RETRY_MS],
    ["failed", 1600],
    ["tick", 1600 + FIRST_RETRY_MS],
    ["tick", 1600 + 2 * FIRST_RETRY_MS],
    ["opened", 2700],
  ]);
  assert.deepEqual(done, ["none", "close", "none", "connect", "close", "none", "connect", "none"]);
  assert.equal(state.phase, "live");
  assert.equal(state.failures, 0);
});

Deno.test("stream: the wait doubles up to its longest", () => {
  assert.equal(retryDelay(1), FIRST_RETRY_MS);
  assert.equal(retryDelay(2), 2 * FIRST_RETRY_MS);
  assert.equal(retryDelay(100), LAST_RETRY_MS);
});

Deno.test("stream: after a silence the agent is asked, and the stream stays", () => {
  const { state, done } = run([["opened", 0], ["tick", SILENCE_MS], ["tick", SILENCE_MS + 1000]]);
  assert.deepEqual(done, ["none", "probe", "none"]);
  assert.equal(state.phase, "live");
});

Deno.test("stream: a try without an answer ends", () => {
  const { state, done } = run([["signed_in", 0], ["tick", SILENCE_MS]]);
  assert.deepEqual(done, ["connect", "close"]);
  assert.equal(state.phase, "reconnecting");
});

Deno.test("stream: without a session nothing is tried until there is one", () => {
  const { state, done } = run([
    ["failed", 0],
    ["refused", 10],
    ["tick", 1e9],
    ["failed", 1e9],
    ["message", 1e9],
    ["signed_in", 2e9],
  ]);
  assert.deepEqual(done, ["close", "close", "none", "close", "close", "connect"]);
  assert.equal(state.phase, "connecting");
});

Deno.test("stream: whatever happens, ticks alone bring it back to a try, unless signed out", () => {
  const event = fc.constantFrom<StreamEvent>("opened", "message", "failed", "tick", "signed_in");
  const events = fc.array(fc.tuple(event, fc.nat(30_000)), { maxLength: 30 });
  fc.assert(fc.property(events, (happened) => {
    let now_ms = 0;
    let { state } = run(happened.map(([event, ms]) => [event, now_ms += ms]));
    [state] = step(state, "failed", now_ms);
    const [, action] = step(state, "tick", now_ms + LAST_RETRY_MS);
    assert.equal(action, "connect");
  }));
});
