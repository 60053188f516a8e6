/**
 * `/anomalies`.
 * @module
 */
import { LIMIT } from "../query.ts";
import { json, type Route } from "../route.ts";

/** The newest anomalies. */
export const anomalies: Route = {
  method: "GET",
  path: "/anomalies",
  access: "token",
  query: [LIMIT],
  handle: ({ query }, { data }) => json(data.anomalies(query.integer("limit"))),
};
