/**
 * What the document says about each route beside its parameters.
 * @module
 */

/** One successful answer. */
export interface OperationAnswer {
  /** As in the status line. */
  status: number;
  /** null for an answer without body. */
  media: string | null;
  /** Name in `SCHEMAS`; null for bytes and text. */
  schema: string | null;
  /** One sentence. */
  about: string;
}

/** One route. */
export interface Operation {
  /** Unique name for generated clients. */
  id: string;
  /** One line. */
  summary: string;
  /** What it answers when all goes well. */
  answers: readonly OperationAnswer[];
  /** Problems beside those that any route may answer with. */
  problems: readonly number[];
  /** Name in `SCHEMAS` of the body it needs. */
  body?: string;
}

const JSON_TYPE = "application/json";

function ok(schema: string, about: string, status = 200): OperationAnswer[] {
  return [{ status, media: JSON_TYPE, schema, about }];
}

function raw(media: string, about: string): OperationAnswer[] {
  return [{ status: 200, media, schema: null, about }];
}

/** By method and path. */
export const OPERATIONS: Readonly<Record<string, Operation>> = {
  "GET /metrics/realtime": {
    id: "getRealtimeMetrics",
    summary: "Summaries of every series in memory",
    answers: ok("Realtime", "By metric key. It is 50 ms old at most."),
    problems: [],
  },
  "GET /metrics/history": {
    id: "getMetricHistory",
    summary: "Points of one series",
    answers: ok("History", "Oldest first."),
    problems: [404],
  },
  "GET /metrics/stream": {
    id: "streamMetrics",
    summary: "New values as server-sent events",
    answers: raw("text/event-stream", "Events `metrics`, their data a MetricsUpdate."),
    problems: [503],
  },
  "GET /metrics": {
    id: "getPrometheusText",
    summary: "Every metric in the Prometheus text format",
    answers: raw("text/plain", "Version 0.0.4."),
    problems: [],
  },
  "GET /anomalies": {
    id: "getAnomalies",
    summary: "The newest anomalies",
    answers: ok("Anomalies", "Newest first."),
    problems: [],
  },
  "GET /trends": {
    id: "getTrends",
    summary: "Trend of every series",
    answers: ok("Trends", "By metric key; empty where trend prediction is off."),
    problems: [],
  },
  "GET /events": {
    id: "getEvents",
    summary: "Recent events",
    answers: ok("Events", "Newest first."),
    problems: [],
  },
  "GET /events/stream": {
    id: "streamEvents",
    summary: "Events as server-sent events",
    answers: raw("text/event-stream", "Events `event`, their data an Event."),
    problems: [503],
  },
  "GET /stats": {
    id: "getStats",
    summary: "Counters of the event bus, the stream processor and the agent itself",
    answers: ok("Stats", "Since the start."),
    problems: [],
  },
  "GET /status": {
    id: "getStatus",
    summary: "State of the whole agent, as aod status --json prints it",
    answers: ok("Status", "Components, rates, ledger."),
    problems: [],
  },
  "GET /processes": {
    id: "getProcesses",
    summary: "Top processes by CPU and by memory",
    answers: ok("Processes", "Of the last sample."),
    problems: [],
  },
  "GET /smb": {
    id: "getSmb",
    summary: "Latency, errors and sessions of SMB",
    answers: ok("Smb", "Since the start."),
    problems: [],
  },
  "GET /bundles": {
    id: "listBundles",
    summary: "The newest bundles",
    answers: ok("Bundles", "Newest first."),
    problems: [],
  },
  "GET /bundles/{id}": {
    id: "downloadBundle",
    summary: "Download of one bundle",
    answers: raw("application/zstd", "A tar archive, compressed by zstd."),
    problems: [404],
  },
  "POST /snapshot": {
    id: "takeSnapshot",
    summary: "Collect evidence now",
    answers: ok("Snapshot", "The bundle is sealed.", 201),
    problems: [503],
  },
  "POST /reload": {
    id: "reload",
    summary: "Read the configuration again",
    answers: ok("Reload", "What has changed."),
    problems: [422],
  },
  "GET /session": {
    id: "checkSession",
    summary: "Whether the credentials are good",
    answers: ok("Ok", "They are."),
    problems: [],
  },
  "POST /session": {
    id: "login",
    summary: "Exchange the token for a cookie",
    answers: ok("Ok", "The cookie is set: HttpOnly, SameSite=Strict, for 12 hours."),
    problems: [401, 413, 415],
    body: "Login",
  },
  "DELETE /session": {
    id: "logout",
    summary: "Remove the cookie",
    answers: [{ status: 204, media: null, schema: null, about: "It is removed." }],
    problems: [],
  },
  "GET /healthz": {
    id: "getHealth",
    summary: "Whether the server answers",
    answers: ok("Ok", "It does."),
    problems: [],
  },
  "GET /readyz": {
    id: "getReadiness",
    summary: "Whether every part that is on works",
    answers: [
      ...ok("Ready", "All of them."),
      ...ok("Ready", "Not all of them.", 503),
    ],
    problems: [],
  },
  "GET /openapi.json": {
    id: "getOpenApi",
    summary: "This document",
    answers: raw("application/json", "OpenAPI 3.1."),
    problems: [],
  },
};
