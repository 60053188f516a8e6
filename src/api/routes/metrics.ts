/**
 * `/metrics/realtime` and `/metrics/history`.
 * @module
 */
import { Problem } from "../problem.ts";
import { json, jsonText, type Route } from "../route.ts";
import type { ApiData } from "../data.ts";

/** An answer is as old as this at most: many clients that ask at once share one. */
const SHARED_MS = 50;

/** Longest look back: roll-ups are kept for 30 days. */
const HISTORY_SEC = 30 * 86_400;

const shared = new WeakMap<ApiData, { at_ms: number; body: string }>();

/** Summaries of every series. */
export const metricsRealtime: Route = {
  method: "GET",
  path: "/metrics/realtime",
  access: "token",
  query: [],
  handle: (_request, { data }) => {
    const now = performance.now();
    let answer = shared.get(data);
    if (answer === undefined || now - answer.at_ms > SHARED_MS) {
      answer = { at_ms: now, body: jsonText(data.realtime()) };
      shared.set(data, answer);
    }
    return { type: "application/json", body: answer.body };
  },
};

/** Points of one series. */
export const metricsHistory: Route = {
  method: "GET",
  path: "/metrics/history",
  access: "token",
  query: [
    {
      name: "metric_key",
      kind: "text",
      max_chars: 256,
      required: true,
      about: "Key of the series, as in /metrics/realtime.",
    },
    {
      name: "seconds",
      kind: "integer",
      min: 1,
      max: HISTORY_SEC,
      default: 300,
      about: "How far to look back.",
    },
  ],
  handle: async ({ query }, { data }) => {
    const metric_key = query.text("metric_key") ?? "";
    const window_seconds = query.integer("seconds");
    const points = await data.history(metric_key, window_seconds);
    if (points === null) {
      throw new Problem(404, `There is no series ${JSON.stringify(metric_key)}`);
    }
    return json({ metric_key, window_seconds, point_count: points.length, points });
  },
};
