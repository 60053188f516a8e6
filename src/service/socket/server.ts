/**
 * The control socket of the running agent: `aod.sock`, 0600 in a directory that is 0700. A client
 * must be root or the agent's own user (SO_PEERCRED), may send one short line, and is given little
 * time; how many may be connected is bounded.
 * @module
 */
import net from "node:net";
import { effectiveUid, peerUid } from "../../os/process.ts";
import {
  type ControlCommand,
  type ControlResponse,
  encodeLine,
  MAX_REQUEST_BYTES,
  parseRequest,
} from "./protocol.ts";

/** Where it listens and who answers. */
export interface ControlServerOptions {
  /** Of the socket. */
  path: string;
  /** Does what was asked; what it throws becomes the error of the answer. */
  handle: (command: ControlCommand) => Promise<ControlResponse>;
  /** Told of faults that end no request. */
  onError: (reason: string) => void;
  /** Time a client has to send its line. */
  request_ms?: number;
  /** Time an answer may take to be made and taken. */
  response_ms?: number;
  /** Served at once. */
  max_clients?: number;
}

/** Listens until closed. */
export class ControlServer {
  readonly #options: ControlServerOptions;
  readonly #server: net.Server;
  readonly #clients = new Set<net.Socket>();

  private constructor(options: ControlServerOptions) {
    this.#options = options;
    this.#server = net.createServer((client) => this.#accept(client));
    this.#server.on("error", (error) => options.onError(error.message));
  }

  /**
   * Removes the socket a killed agent left, and listens. The caller holds the instance lock.
   * @throws {Error} when something that is no socket has the name, or it cannot be bound
   */
  static listen(options: ControlServerOptions): ControlServer {
    removeStaleSocket(options.path);
    const server = new ControlServer(options);
    const before = Deno.umask(0o177);
    try {
      // Binds before it returns, so the mask covers exactly this.
      server.#server.listen({ path: options.path });
    } finally {
      Deno.umask(before);
    }
    const { isSocket } = Deno.lstatSync(options.path);
    if (!isSocket) throw new Error(`Cannot listen on ${options.path}: because it is no socket`);
    return server;
  }

  /** Ends every connection and removes the socket. */
  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const client of this.#clients) client.destroy();
    await closed;
    removeStaleSocket(this.#options.path);
  }

  #accept(client: net.Socket): void {
    client.on("error", () => client.destroy());
    if (this.#clients.size >= (this.#options.max_clients ?? 16) || !isAllowed(client)) {
      client.destroy();
      return;
    }
    this.#clients.add(client);
    let timer = setTimeout(() => client.destroy(), this.#options.request_ms ?? 2000);
    client.once("close", () => {
      clearTimeout(timer);
      this.#clients.delete(client);
    });
    let received = new Uint8Array(0);
    let answered = false;
    client.on("data", (chunk: Uint8Array) => {
      if (answered) return;
      received = concat(received, chunk);
      const end = received.indexOf(0x0a);
      if (end < 0 && received.length <= MAX_REQUEST_BYTES) return;
      answered = true;
      clearTimeout(timer);
      timer = setTimeout(() => client.destroy(), this.#options.response_ms ?? 180_000);
      const line = end < 0 || end > MAX_REQUEST_BYTES ? null : received.subarray(0, end);
      this.#answer(line).then((response) => client.end(encodeLine(response)));
    });
  }

  async #answer(line: Uint8Array | null): Promise<ControlResponse> {
    try {
      if (line === null) {
        throw new Error(`Cannot read the request: because it is over ${MAX_REQUEST_BYTES} bytes`);
      }
      const text = new TextDecoder("utf-8", { fatal: false }).decode(line);
      return await this.#options.handle(parseRequest(text));
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      return { ok: false, error: reason, details: [] };
    }
  }
}

/** The file mode already keeps others out; the peer's uid is the second check where it is told. */
function isAllowed(client: net.Socket): boolean {
  const { _handle } = client as unknown as { _handle?: { fd?: number } };
  if (typeof _handle?.fd !== "number" || _handle.fd < 0) return true;
  const uid = peerUid(_handle.fd);
  return uid === null || uid === 0 || uid === effectiveUid();
}

function removeStaleSocket(path: string): void {
  try {
    const { isSocket } = Deno.lstatSync(path);
    if (!isSocket) throw new Error(`Cannot listen on ${path}: because a file is in the way`);
    Deno.removeSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
}

function concat(a: Uint8Array, b: Uint8Array): Uint8Array<ArrayBuffer> {
  const all = new Uint8Array(a.length + b.length);
  all.set(a);
  all.set(b, a.length);
  return all;
}
