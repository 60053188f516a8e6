/**
 * Starts the API: on TCP, and on a Unix socket where one is wanted.
 * @module
 */
import type { AddressInfo } from "node:net";
import { reasonOf } from "../os/reason.ts";
import { ApiAuth } from "./auth.ts";
import type { ApiData } from "./data.ts";
import { ApiHandler, type ListenerKind } from "./handler.ts";
import { API_LIMITS, type ApiLimits } from "./limits.ts";
import { Listener } from "./listener.ts";
import { Page, type PageFiles } from "./page.ts";
import { RateLimit } from "./rate_limit.ts";
import { Router } from "./router.ts";
import { ROUTES } from "./routes/registry.ts";
import { SseHub } from "./sse.ts";
import { ApiStatistics } from "./statistics.ts";
import type { TlsFiles } from "./tls.ts";
import { removeStaleSocket, withPrivateMask } from "./unix.ts";

/** How to serve. */
export interface ApiOptions {
  /** To bind, as the configuration has resolved it. */
  host: string;
  /** 0 for any that is free. */
  port: number;
  /** Of `readOrMakeToken`. */
  token: string;
  /** Further names of this server in a Host header. */
  allowed_hosts?: readonly string[];
  /** null or left out for http. */
  tls?: TlsFiles | null;
  /** Path of a socket for whoever may open it; no token there. */
  unix_socket?: string | null;
  /** The dashboard. */
  page?: PageFiles | null;
  /** Where they are not the usual ones. */
  limits?: Partial<ApiLimits>;
  /** Told of faults inside, one line each; the caller limits the rate. */
  onFault: (text: string) => void;
}

/** A running API. */
export interface ApiServer {
  /** `http://127.0.0.1:8000`; "" while the port is taken. */
  url: string;
  /** As bound; 0 while it is taken. */
  port: number;
  /** Why there is only the Unix socket; "" otherwise. */
  fault: string;
  /**
   * Tries the port again.
   * @throws {Error} "Cannot listen on ...: because ..."
   */
  listen(): Promise<void>;
  /** Counters. */
  statistics: ApiStatistics;
  /** Open event streams. */
  streams(): number;
  /** Ends every connection and stream. */
  close(): Promise<void>;
}

/**
 * Listens. A port that is taken leaves the Unix socket, where one is wanted: see `fault`.
 * @throws {Error} "Cannot listen on ...: because ...", or for TLS files that cannot be used
 */
export async function startApi(options: ApiOptions, data: ApiData): Promise<ApiServer> {
  const limits = { ...API_LIMITS, ...options.limits };
  const statistics = new ApiStatistics();
  const hub = new SseHub(limits, statistics);
  const auth = new ApiAuth(options.token);
  const { requests_per_sec, request_burst, failures_per_min, failure_burst } = limits;
  const handler = new ApiHandler({
    context: { data, hub, auth, statistics, routes: ROUTES, onFault: options.onFault },
    router: new Router(ROUTES),
    page: options.page ? new Page(options.page) : null,
    limits,
    requests: new RateLimit({ per_sec: requests_per_sec, burst: request_burst }),
    failures: new RateLimit({ per_sec: failures_per_min / 60, burst: failure_burst }),
  });
  const tls = options.tls ?? null;
  const kind: ListenerKind = {
    unix: false,
    secure: tls !== null,
    host: options.host,
    allowed_hosts: options.allowed_hosts ?? [],
  };
  const shared = { handler, limits, statistics };
  const listeners: Listener[] = [];
  const { host } = options;
  const shown = host.includes(":") ? `[${host}]` : host;
  const server: ApiServer = {
    url: "",
    port: 0,
    fault: "",
    statistics,
    streams: () => hub.size,
    listen: async () => {
      const tcp = await Listener.create({ ...shared, kind, tls });
      await bind(`${shown}:${options.port}`, () => tcp.listen({ host, port: options.port }));
      listeners.push(tcp);
      server.port = (tcp.server.address() as AddressInfo).port;
      server.url = `${tls === null ? "http" : "https"}://${shown}:${server.port}`;
      server.fault = "";
    },
    close: async () => {
      hub.close();
      await Promise.all(listeners.map((listener) => listener.close()));
    },
  };
  try {
    if (options.unix_socket) {
      const path = options.unix_socket;
      const socket = { ...kind, unix: true, secure: false };
      const unix = await Listener.create({ ...shared, kind: socket, tls: null });
      removeStaleSocket(path);
      await bind(path, () => withPrivateMask(() => unix.listen({ path })));
      listeners.push(unix);
    }
    await server.listen().catch((error) => {
      if (listeners.length === 0) throw error;
      server.fault = reasonOf(error);
    });
    return server;
  } catch (error) {
    await server.close();
    throw error;
  }
}

async function bind(where: string, listen: () => Promise<void>): Promise<void> {
  try {
    await listen();
  } catch (error) {
    const code = error instanceof Error && "code" in error ? error.code : "";
    const reason = code === "EADDRINUSE" ? "something else listens there" : reasonOf(error);
    throw new Error(`Cannot listen on ${where}: because ${reason}`);
  }
}
