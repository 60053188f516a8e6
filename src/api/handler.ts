/**
 * What happens to a request, in this order: guard, rate limit, route, credentials, query, body,
 * answer. Whatever goes wrong becomes a problem.
 * @module
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { hasBody, readBody } from "./body.ts";
import { checkHead, readTarget, type Target, valuesOf } from "./guard.ts";
import { DATA_HEADERS } from "./headers.ts";
import type { ApiLimits } from "./limits.ts";
import type { Page } from "./page.ts";
import { Problem, PROBLEM_TYPE } from "./problem.ts";
import { readQuery } from "./query.ts";
import type { RateLimit } from "./rate_limit.ts";
import type { ApiContext, Reply, StreamReply } from "./route.ts";
import type { Match, Router } from "./router.ts";

/** What a listener is. */
export interface ListenerKind {
  /** Its file mode is its guard: no token, no Host to check. */
  unix: boolean;
  /** https. */
  secure: boolean;
  /** As bound. */
  host: string;
  /** Further names of this server. */
  allowed_hosts: readonly string[];
}

/** What the handler works with. */
export interface HandlerParts {
  /** For the routes. */
  context: ApiContext;
  /** Of the routes. */
  router: Router;
  /** null without a page. */
  page: Page | null;
  /** Bounds. */
  limits: Readonly<ApiLimits>;
  /** Requests of an address. */
  requests: RateLimit;
  /** Wrong tokens of an address. */
  failures: RateLimit;
}

/** Answers requests. */
export class ApiHandler {
  readonly #parts: HandlerParts;

  /** A handler; its parts are shared by all listeners. */
  constructor(parts: HandlerParts) {
    this.#parts = parts;
  }

  /** Answers one; never throws. */
  async handle(
    request: IncomingMessage,
    response: ServerResponse,
    kind: ListenerKind,
  ): Promise<void> {
    const begun_ms = performance.now();
    const { statistics } = this.#parts.context;
    const method = request.method ?? "";
    const found: { path: string } = { path: "" };
    let reply: Reply | StreamReply;
    // A snapshot takes its time: who waits for an answer is not idle.
    request.socket.setTimeout(0);
    try {
      reply = await this.#answer(request, kind, method, found);
    } catch (error) {
      reply = this.#problem(error, method, found.path);
    }
    // A client may invent methods: they are no label.
    const label = found.path === "" ? "" : method;
    statistics.answer(label, found.path, statusOf(reply), performance.now() - begun_ms);
    const { socket } = request;
    socket.setTimeout(this.#parts.limits.stall_ms);
    // The response does not hear of a client that went before its first byte.
    const gone = new AbortController();
    const leave = () => gone.abort();
    socket.once("close", leave);
    if (socket.destroyed) leave();
    try {
      await send(response, reply, method === "HEAD", gone.signal);
    } catch {
      // The client has gone, or a file ended before its length: the connection says so.
      response.destroy();
    } finally {
      socket.off("close", leave);
    }
  }

  async #answer(
    request: IncomingMessage,
    kind: ListenerKind,
    method: string,
    found: { path: string },
  ): Promise<Reply | StreamReply> {
    const { context, router, page, limits, requests } = this.#parts;
    const address = kind.unix ? "unix" : request.socket.remoteAddress ?? "";
    const { path, search } = this.#guard(request, kind);
    const wait_ms = kind.unix ? null : requests.take(address);
    if (wait_ms !== null) {
      context.statistics.refused.rate++;
      throw tooMany("There are too many requests from this address", wait_ms);
    }
    const headers = request.headers as Readonly<Record<string, string | undefined>>;
    if (page?.has(path)) {
      found.path = path;
      return await page.serve(method, path, headers);
    }
    const match = router.match(method, path);
    found.path = match.route.path;
    await this.#authorize(request, match, kind, address);
    const query = readQuery(search, match.route.query);
    const body = hasBody(request) ? await readBody(request, limits.body_bytes) : new Uint8Array();
    const { secure } = kind;
    try {
      return await match.route.handle(
        { id: match.id, query, headers, body, address, secure },
        context,
      );
    } catch (error) {
      if (error instanceof Problem && error.status === 401) this.#failed(address);
      throw error;
    }
  }

  #guard(request: IncomingMessage, kind: ListenerKind): Target {
    const target = request.url ?? "";
    try {
      if (kind.unix) return readTarget(target);
      const raw_headers = request.rawHeaders;
      return checkHead(
        { target, raw_headers, local_address: request.socket.localAddress ?? "" },
        kind,
      );
    } catch (error) {
      this.#parts.context.statistics.refused.guard++;
      throw error;
    }
  }

  /** @throws {Problem} 401, 403, 429 */
  async #authorize(
    request: IncomingMessage,
    { route }: Match,
    kind: ListenerKind,
    address: string,
  ): Promise<void> {
    if (kind.unix) return;
    if (route.access === "open") return;
    const headers = request.headers as Readonly<Record<string, string | undefined>>;
    const credential = await this.#parts.context.auth.check(headers);
    if (credential === null) {
      // Nothing was tried where nothing was given: a page that asks first is no attack.
      if (headers.authorization !== undefined) this.#failed(address);
      throw new Problem(401, "This needs the token (see aod token) or a login", {
        "WWW-Authenticate": 'Bearer realm="aod"',
      });
    }
    // The guard has compared the Origin; a browser always sends one with such a request.
    if (credential === "cookie" && route.method !== "GET") {
      if (valuesOf(request.rawHeaders, "origin").length !== 1) {
        throw new Problem(403, "A request with a cookie that changes something needs its Origin");
      }
    }
  }

  /**
   * Notes a wrong token. A right one passes always: whoever shares an address with its owner must not
   * be able to shut him out.
   * @throws {Problem} 429
   */
  #failed(address: string): void {
    this.#parts.context.statistics.refused.credentials++;
    const wait_ms = this.#parts.failures.take(address);
    if (wait_ms === null) return;
    throw tooMany("There were too many wrong tokens from this address", wait_ms);
  }

  #problem(error: unknown, method: string, path: string): Reply {
    let problem: Problem;
    if (error instanceof Problem) {
      problem = error;
    } else {
      const { statistics, onFault } = this.#parts.context;
      statistics.faults++;
      const reason = error instanceof Error ? error.message : String(error);
      onFault(`Cannot answer ${method} ${path}: because ${reason}`);
      problem = new Problem(500, "The agent could not do this; its log says why");
    }
    const { status, headers } = problem;
    return { status, headers, type: PROBLEM_TYPE, body: JSON.stringify(problem.body()) };
  }
}

function statusOf(reply: Reply | StreamReply): number {
  return "stream" in reply ? 200 : reply.status ?? 200;
}

function tooMany(detail: string, wait_ms: number): Problem {
  return new Problem(429, detail, { "Retry-After": String(Math.ceil(wait_ms / 1000)) });
}

async function send(
  response: ServerResponse,
  reply: Reply | StreamReply,
  head_only: boolean,
  gone: AbortSignal,
): Promise<void> {
  if (gone.aborted && "stream" in reply) {
    reply.cancel?.();
    response.destroy();
    return;
  }
  const headers: Record<string, string> = { ...DATA_HEADERS, ...reply.headers };
  if (reply.type !== "") headers["Content-Type"] = reply.type;
  if ("stream" in reply) {
    response.writeHead(200, headers);
    if (!head_only) return await reply.stream(response, gone);
    reply.cancel?.();
    response.end();
    return;
  }
  const status = reply.status ?? 200;
  const bytes = typeof reply.body === "string" ? new TextEncoder().encode(reply.body) : reply.body;
  if (status !== 204 && status !== 304) headers["Content-Length"] = String(bytes.byteLength);
  response.writeHead(status, headers);
  if (head_only || bytes.byteLength === 0) response.end();
  else response.end(bytes);
}
