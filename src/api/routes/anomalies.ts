/**
 * `/anomalies`.
 * @module
 */
import { json, type Route } from "../route.ts";

/** The newest anomalies. */
export const anomalies: Route = {
  method: "GET",
  path: "/anomalies",
  access: "token",
  query: [{
    name: "limit",
    kind: "integer",
    min: 1,
    max: 1000,
    default: 100,
    about: "How many at most, the newest first.",
  }],
  handle: ({ query }, { data }) => json(data.anomalies(query.integer("limit"))),
};
