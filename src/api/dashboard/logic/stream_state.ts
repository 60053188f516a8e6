/**
 * What a stream of server-sent events does next. A pure machine: the page feeds it what happened and
 * carries out what it answers, so that reconnecting can be tested without a network.
 *
 * EventSource's own retry is not used: it gives up for good on an HTTP error, which an agent that is
 * just starting answers with, and it never notices a connection that is dead without being closed.
 * @module
 */

/** Where the stream is. */
export type Phase = "connecting" | "live" | "reconnecting" | "signed_out";

/** State of one stream. */
export interface StreamState {
  /** Where it is. */
  phase: Phase;
  /** Failed tries since it was last live. */
  failures: number;
  /** When to try again or, while connected, when silence means that the connection is dead. */
  deadline_ms: number;
}

/** What happened to it. */
export type StreamEvent = "opened" | "message" | "failed" | "refused" | "signed_in" | "tick";

/** What the page has to do. */
export type StreamAction = "none" | "connect" | "close" | "probe";

/** The first wait before a new try; each failure doubles it. */
export const FIRST_RETRY_MS = 500;
/** The longest wait. */
export const LAST_RETRY_MS = 8_000;
/**
 * A try without an answer is given up after this. After so long without a message the agent is asked
 * whether it is there: a quiet stream may be dead, or there is nothing to tell.
 */
export const SILENCE_MS = 20_000;

/** The wait after so many failures. */
export function retryDelay(failures: number): number {
  return Math.min(LAST_RETRY_MS, FIRST_RETRY_MS * 2 ** Math.max(0, Math.min(failures - 1, 10)));
}

/** A stream that is about to be opened at `now_ms`. */
export function startState(now_ms: number): StreamState {
  return { phase: "connecting", failures: 0, deadline_ms: now_ms + SILENCE_MS };
}

/** The next state, and what to do. Times are of one clock, in milliseconds. */
export function step(
  state: StreamState,
  event: StreamEvent,
  now_ms: number,
): [StreamState, StreamAction] {
  switch (event) {
    case "opened":
    case "message":
      if (state.phase === "signed_out") return [state, "close"];
      return [{ phase: "live", failures: 0, deadline_ms: now_ms + SILENCE_MS }, "none"];
    case "failed":
      return state.phase === "signed_out" ? [state, "close"] : [failed(state, now_ms), "close"];
    case "refused":
      return [{ phase: "signed_out", failures: 0, deadline_ms: Infinity }, "close"];
    case "signed_in":
      return [startState(now_ms), "connect"];
    case "tick":
      return tick(state, now_ms);
  }
}

function failed(state: StreamState, now_ms: number): StreamState {
  const failures = state.failures + 1;
  return { phase: "reconnecting", failures, deadline_ms: now_ms + retryDelay(failures) };
}

function tick(state: StreamState, now_ms: number): [StreamState, StreamAction] {
  if (now_ms < state.deadline_ms) return [state, "none"];
  // The failures stay: until it is live the page says that it reconnects.
  if (state.phase === "reconnecting") {
    return [{ ...state, phase: "connecting", deadline_ms: now_ms + SILENCE_MS }, "connect"];
  }
  if (state.phase === "live") return [{ ...state, deadline_ms: now_ms + SILENCE_MS }, "probe"];
  return [failed(state, now_ms), "close"];
}

/** What the page says about it. */
export function phaseText(state: StreamState): string {
  if (state.phase === "live") return "live";
  if (state.phase === "signed_out") return "signed out";
  return state.failures > 0 ? "reconnecting" : "connecting";
}
