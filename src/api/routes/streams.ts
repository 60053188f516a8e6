/**
 * `/events/stream` and `/metrics/stream`: server-sent events.
 * @module
 */
import { Problem } from "../problem.ts";
import { type ApiContext, jsonText, type Route, type StreamReply } from "../route.ts";
import { SSE_TYPE, type SseClient, sseMessage } from "../sse.ts";
import { EVENT_FILTERS } from "./events.ts";

/** Every event that matches, as it comes. */
export const eventsStream: Route = {
  method: "GET",
  path: "/events/stream",
  access: "token",
  query: EVENT_FILTERS,
  handle: ({ query }, context) => {
    const event_type = query.text("event_type");
    const source = query.text("source");
    return stream(context, (client) =>
      context.data.onEvent((event) => {
        if (event_type !== null && event.event_type !== event_type) return;
        if (source !== null && event.source !== source) return;
        client.send(sseMessage("event", jsonText(event), event.event_id));
      }));
  },
};

/** The new values after every sweep. */
export const metricsStream: Route = {
  method: "GET",
  path: "/metrics/stream",
  access: "token",
  query: [],
  handle: (_request, context) =>
    stream(
      context,
      (client) =>
        context.data.onMetrics((update) => client.send(sseMessage("metrics", jsonText(update)))),
    ),
};

function stream(
  { hub, statistics }: ApiContext,
  subscribe: (client: SseClient) => () => void,
): StreamReply {
  if (hub.full) {
    statistics.refused.streams++;
    throw new Problem(503, `There are ${hub.size} streams already`, { "Retry-After": "10" });
  }
  return {
    type: SSE_TYPE,
    // Proxies that buffer would hold events back.
    headers: { "X-Accel-Buffering": "no" },
    stream: (response, gone) =>
      new Promise((ended) => {
        const client = hub.add(response, subscribe, ended);
        gone.addEventListener("abort", () => client.close(), { once: true });
      }),
  };
}
