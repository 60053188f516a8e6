/**
 * `/stats`, `/status`, `/processes`, `/smb`.
 * @module
 */
import { json, type Route } from "../route.ts";

/** Of the bus, the processor and the agent itself. */
export const stats: Route = {
  method: "GET",
  path: "/stats",
  access: "token",
  query: [],
  handle: async (_request, { data }) => json(await data.stats()),
};

/** The whole agent: components, rates, ledger. */
export const status: Route = {
  method: "GET",
  path: "/status",
  access: "token",
  query: [],
  handle: async (_request, { data }) => json(await data.status()),
};

/** Top processes. */
export const processes: Route = {
  method: "GET",
  path: "/processes",
  access: "token",
  query: [],
  handle: async (_request, { data }) => json(await data.processes()),
};

/** Latency, errors and sessions of SMB. */
export const smb: Route = {
  method: "GET",
  path: "/smb",
  access: "token",
  query: [],
  handle: async (_request, { data }) => json(await data.smb()),
};
