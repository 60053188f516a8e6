/**
 * One listening socket: connections are counted and bounded, what cannot be read is answered and
 * closed, and whoever is slow is cut off.
 * @module
 */
import { createServer, type Server, type ServerOptions } from "node:http";
import type { Socket } from "node:net";
import type { ApiHandler, ListenerKind } from "./handler.ts";
import type { ApiLimits } from "./limits.ts";
import { Problem, rawProblem } from "./problem.ts";
import type { ApiStatistics } from "./statistics.ts";
import type { TlsFiles } from "./tls.ts";

/** What a listener needs. */
export interface ListenerParts {
  /** Answers. */
  handler: ApiHandler;
  /** What it is. */
  kind: ListenerKind;
  /** Bounds. */
  limits: Readonly<ApiLimits>;
  /** Shared by all listeners. */
  statistics: ApiStatistics;
  /** null for http. */
  tls: TlsFiles | null;
}

/** node:http's code for a request that did not come in time. */
const TIMEOUT = "ERR_HTTP_REQUEST_TIMEOUT";

/** How often node:http looks for connections that are over their time. */
const CHECK_MS = 1000;

/** A server that does not listen yet. */
export class Listener {
  /** Of node. */
  readonly server: Server;
  readonly #parts: ListenerParts;
  readonly #sockets = new Set<Socket>();

  private constructor(server: Server, parts: ListenerParts) {
    this.server = server;
    this.#parts = parts;
    const { limits, handler, kind } = parts;
    server.timeout = limits.stall_ms;
    server.on("connection", (socket: Socket) => this.#accept(socket));
    server.on("clientError", (error: Error, socket: Socket) => this.#unreadable(error, socket));
    server.on("request", (request, response) => void handler.handle(request, response, kind));
  }

  /**
   * Makes it.
   * @throws {Error} "Cannot use ...: because ..." for TLS files that cannot be used
   */
  static async create(parts: ListenerParts): Promise<Listener> {
    const { limits, tls } = parts;
    const options: ServerOptions = {
      maxHeaderSize: limits.header_bytes,
      headersTimeout: limits.header_ms,
      requestTimeout: limits.request_ms,
      keepAliveTimeout: limits.idle_ms,
      connectionsCheckingInterval: Math.min(CHECK_MS, Math.ceil(limits.header_ms / 4)),
      requireHostHeader: false,
      insecureHTTPParser: false,
    };
    if (tls === null) return new Listener(createServer(options), parts);
    const { tlsServer } = await import("./tls.ts");
    return new Listener(tlsServer(tls, options, limits.header_ms), parts);
  }

  /** Listens; rejects when it cannot. */
  listen(where: { host: string; port: number } | { path: string }): Promise<void> {
    return new Promise((resolve, reject) => {
      this.server.once("error", reject);
      this.server.listen(where, () => {
        this.server.off("error", reject);
        // One that comes later ends no request and must not end the process.
        this.server.on("error", () => {});
        resolve();
      });
    });
  }

  /** Ends every connection. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.server.close(() => resolve()));
    for (const socket of this.#sockets) socket.destroy();
    await closed;
  }

  #accept(socket: Socket): void {
    const { statistics, limits } = this.#parts;
    if (statistics.connections >= limits.connections) {
      statistics.refused.connections++;
      socket.destroy();
      return;
    }
    statistics.connections++;
    this.#sockets.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => {
      statistics.connections--;
      this.#sockets.delete(socket);
    });
  }

  #unreadable(error: Error, socket: Socket): void {
    const code = "code" in error ? String(error.code) : "";
    const { refused } = this.#parts.statistics;
    if (code === TIMEOUT) refused.timeout++;
    else refused.malformed++;
    // An answer fits where none has begun, and where the handshake of TLS is not what went wrong.
    const isHttp = code.startsWith("HPE_") || code === TIMEOUT;
    if (!isHttp || !socket.writable || socket.bytesWritten > 0) {
      socket.destroy();
      return;
    }
    socket.end(rawProblem(problemOf(code)), () => socket.destroy());
  }
}

function problemOf(code: string): Problem {
  if (code === TIMEOUT) return new Problem(408, "The request took too long");
  if (code === "HPE_HEADER_OVERFLOW") return new Problem(431, "The headers are too long");
  return new Problem(400, "This is not HTTP as RFC 9112 has it");
}
