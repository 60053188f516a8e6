/**
 * `/healthz` and `/readyz`: open to everybody, and as short as can be.
 * @module
 */
import { json, type Route } from "../route.ts";

/** The server answers. */
export const health: Route = {
  method: "GET",
  path: "/healthz",
  access: "open",
  query: [],
  handle: () => json({ status: "ok" }),
};

/** Everything that is on works: 200, else 503. */
export const ready: Route = {
  method: "GET",
  path: "/readyz",
  access: "open",
  query: [],
  handle: (_request, { data }) => {
    const state = data.ready();
    return json(state, state.ready ? 200 : 503);
  },
};
