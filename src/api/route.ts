/**
 * What a route is: its path, who may use it, its query parameters, and what it does.
 * @module
 */
import type { ServerResponse } from "node:http";
import type { ApiAuth } from "./auth.ts";
import type { Answer, ApiData } from "./data.ts";
import type { QueryParameter, QueryValues } from "./query.ts";
import type { SseHub } from "./sse.ts";
import type { ApiStatistics } from "./statistics.ts";

/** A request that has passed the guard. */
export interface ApiRequest {
  /** Values of the path's `{id}`; "" where it has none. */
  id: string;
  /** Checked query parameters. */
  query: QueryValues;
  /** Names in lower case. */
  headers: Readonly<Record<string, string | undefined>>;
  /** At most the limit of bodies. */
  body: Uint8Array;
  /** Of the client; "unix" for the socket. */
  address: string;
  /** Over TLS. */
  secure: boolean;
}

/** What routes work with. */
export interface ApiContext {
  /** The agent. */
  data: ApiData;
  /** Live streams. */
  hub: SseHub;
  /** Token and cookies. */
  auth: ApiAuth;
  /** Of this server. */
  statistics: ApiStatistics;
  /** Told of faults inside that do not fail the request. */
  onFault: (text: string) => void;
  /** Every route, for the description of them. */
  routes: readonly Route[];
}

/** An answer that is whole. */
export interface Reply {
  /** 200 when left out. */
  status?: number;
  /** Beside the usual ones. */
  headers?: Readonly<Record<string, string>>;
  /** Media type. */
  type: string;
  /** "" for none. */
  body: string | Uint8Array;
}

/** An answer that comes in pieces. */
export interface StreamReply {
  /** Beside the usual ones. */
  headers: Readonly<Record<string, string>>;
  /** Media type. */
  type: string;
  /** Writes and ends the answer; it settles when that is done or the client has `gone`. */
  stream: (response: ServerResponse, gone: AbortSignal) => Promise<void>;
  /** Called instead of `stream` when nothing is to be sent (HEAD, or the client has gone already). */
  cancel?: () => void;
}

/** One route. */
export interface Route {
  /** HEAD comes with GET. */
  method: "GET" | "POST" | "DELETE";
  /** With at most one `{id}`, the last segment: 19 digits. */
  path: string;
  /** "open": without token. */
  access: "open" | "token";
  /** The query parameters; any other is refused. */
  query: readonly QueryParameter[];
  /**
   * Makes the answer.
   * @throws {Problem} for what the request asks wrongly
   */
  handle: (request: ApiRequest, context: ApiContext) => Answer<Reply | StreamReply>;
}

/** JSON; a bigint becomes a decimal string, what JSON cannot say becomes null. */
export function json(value: unknown, status = 200): Reply {
  return { status, type: "application/json", body: jsonText(value) };
}

/** See `json`. */
export function jsonText(value: unknown): string {
  return JSON.stringify(value, (_key, v) => typeof v === "bigint" ? v.toString() : v);
}
