/**
 * `/events`.
 * @module
 */
import { json, type Route } from "../route.ts";
import type { QueryParameter } from "../query.ts";

/** Which events: shared with the stream. */
export const EVENT_FILTERS: readonly QueryParameter[] = [
  {
    name: "event_type",
    kind: "text",
    max_chars: 64,
    required: false,
    about: "Only events of this type.",
  },
  {
    name: "source",
    kind: "text",
    max_chars: 128,
    required: false,
    about: "Only events of this source.",
  },
];

/** Recent events. */
export const events: Route = {
  method: "GET",
  path: "/events",
  access: "token",
  query: [
    ...EVENT_FILTERS,
    {
      name: "limit",
      kind: "integer",
      min: 1,
      max: 5000,
      default: 100,
      about: "How many at most, the newest first.",
    },
  ],
  handle: ({ query }, { data }) =>
    json(data.events({
      event_type: query.text("event_type"),
      source: query.text("source"),
      limit: query.integer("limit"),
    })),
};
