/**
 * `/trends`.
 * @module
 */
import { json, type Route } from "../route.ts";

/** Trends by key. */
export const trends: Route = {
  method: "GET",
  path: "/trends",
  access: "token",
  query: [],
  handle: async (_request, { data }) => json({ trends: await data.trends() }),
};
