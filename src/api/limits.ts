/**
 * Bounds of the server.
 * @module
 */

/** What a client may use. */
export interface ApiLimits {
  /** All headers of a request. */
  header_bytes: number;
  /** Body of a request. */
  body_bytes: number;
  /** From the connection (or the first byte of a further request) to the end of the headers. */
  header_ms: number;
  /** To the end of the body. */
  request_ms: number;
  /** Between two requests of a connection. */
  idle_ms: number;
  /** An answer of which the client takes nothing. */
  stall_ms: number;
  /** Open connections. */
  connections: number;
  /** Of them event streams. */
  streams: number;
  /** Requests of one address, on the average. */
  requests_per_sec: number;
  /** Requests of one address at once. */
  request_burst: number;
  /** Wrong tokens of one address, on the average. */
  failures_per_min: number;
  /** Wrong tokens of one address at once. */
  failure_burst: number;
  /** Messages that wait for a slow stream. */
  stream_messages: number;
  /** Their bytes. */
  stream_bytes: number;
  /** Between two comments on a quiet stream. */
  heartbeat_ms: number;
}

/** In force where nothing else is said. */
export const API_LIMITS: Readonly<ApiLimits> = {
  header_bytes: 16_384,
  body_bytes: 4096,
  header_ms: 5000,
  request_ms: 10_000,
  idle_ms: 10_000,
  stall_ms: 30_000,
  connections: 128,
  streams: 16,
  requests_per_sec: 100,
  request_burst: 200,
  failures_per_min: 10,
  failure_burst: 10,
  stream_messages: 1024,
  stream_bytes: 1 << 20,
  heartbeat_ms: 15_000,
};
