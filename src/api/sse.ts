/**
 * Server-sent events: each client has a bounded queue; one that does not keep up is dropped and
 * counted, so that nobody waits for it. Messages of one turn of the event loop are one write.
 * @module
 */

/** Media type of a stream. */
export const SSE_TYPE = "text/event-stream; charset=utf-8";

/** Where a stream goes; an `http.ServerResponse` is one. */
export interface SseSink {
  /** False when the client does not take more for now. */
  write(text: string): boolean;
  /** Ends without ceremony. */
  destroy(): void;
  /** "drain": it takes more; "close": it has gone. */
  on(event: "drain" | "close", listener: () => void): unknown;
}

/** Bounds of a hub. */
export interface SseLimits {
  /** Clients at once. */
  streams: number;
  /** Messages that wait for one client. */
  stream_messages: number;
  /** Their UTF-16 units. */
  stream_bytes: number;
  /** Between two comments on a quiet stream. */
  heartbeat_ms: number;
}

/** What a hub counts. */
export interface SseCounters {
  /** Clients that were too slow. */
  streams_dropped: number;
  /** Messages written. */
  stream_messages: number;
}

/** One message of a stream. `data` has no line feed, as JSON has none. */
export function sseMessage(event: string, data: string, id: string | null = null): string {
  return `${id === null ? "" : `id: ${id}\n`}event: ${event}\ndata: ${data}\n\n`;
}

/** The client is told to come again after this time. */
const RETRY_MS = 2000;
const HELLO = `retry: ${RETRY_MS}\n\n`;
const HEARTBEAT = ": still here\n\n";

/** One client. */
export class SseClient {
  readonly #sink: SseSink;
  readonly #hub: SseHub;
  #queue: string[] = [];
  #queued_chars = 0;
  #blocked = false;
  #closed = false;
  /** Something was written since the last heartbeat. */
  busy = true;

  /** Made by `SseHub.add`. */
  constructor(hub: SseHub, sink: SseSink) {
    this.#hub = hub;
    this.#sink = sink;
    sink.on("drain", () => {
      this.#blocked = false;
      this.flush();
    });
    sink.on("close", () => this.close());
    this.send(HELLO);
  }

  /** Queues a message; drops the client when its queue is full and it takes nothing. */
  send(message: string): void {
    if (this.#closed) return;
    if (this.#isFull(message)) this.flush();
    if (this.#isFull(message)) {
      this.#hub.counters.streams_dropped++;
      this.close();
      return;
    }
    this.#queue.push(message);
    this.#queued_chars += message.length;
    this.#hub.wantsFlush(this);
  }

  /** Writes what waits, unless the client takes nothing. */
  flush(): void {
    if (this.#closed || this.#blocked || this.#queue.length === 0) return;
    const text = this.#queue.join("");
    this.#hub.counters.stream_messages += this.#queue.length;
    this.#queue = [];
    this.#queued_chars = 0;
    this.busy = true;
    this.#blocked = !this.#sink.write(text);
  }

  /** A comment, where nothing was said for a while. */
  heartbeat(): void {
    if (!this.busy) this.send(HEARTBEAT);
    this.busy = false;
  }

  /** Ends the stream. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#queue = [];
    this.#hub.remove(this);
    this.#sink.destroy();
  }

  #isFull(message: string): boolean {
    const { stream_messages, stream_bytes } = this.#hub.limits;
    return this.#queue.length >= stream_messages ||
      this.#queued_chars + message.length > stream_bytes;
  }
}

/** All streams of a server. The heartbeat's timer runs only while there are clients. */
export class SseHub {
  /** Bounds. */
  readonly limits: SseLimits;
  /** Of the server. */
  readonly counters: SseCounters;
  readonly #clients = new Map<SseClient, () => void>();
  #dirty = new Set<SseClient>();
  #timer: ReturnType<typeof setInterval> | null = null;

  /** A hub without clients. */
  constructor(limits: SseLimits, counters: SseCounters) {
    this.limits = limits;
    this.counters = counters;
  }

  /** Open streams. */
  get size(): number {
    return this.#clients.size;
  }

  /** True when no further client is taken. */
  get full(): boolean {
    return this.#clients.size >= this.limits.streams;
  }

  /**
   * Takes a client; the caller has looked at `full`.
   * @param subscribe begins its subscription and returns what ends it
   * @param gone called when the stream has ended
   */
  add(sink: SseSink, subscribe: (client: SseClient) => () => void, gone: () => void): SseClient {
    const client = new SseClient(this, sink);
    const unsubscribe = subscribe(client);
    this.#clients.set(client, () => {
      unsubscribe();
      gone();
    });
    this.#timer ??= setInterval(() => this.#heartbeat(), this.limits.heartbeat_ms);
    return client;
  }

  /** For `SseClient`. */
  remove(client: SseClient): void {
    const end = this.#clients.get(client);
    this.#clients.delete(client);
    this.#dirty.delete(client);
    if (this.#clients.size === 0 && this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
    end?.();
  }

  /** For `SseClient`. */
  wantsFlush(client: SseClient): void {
    if (this.#dirty.size === 0) queueMicrotask(() => this.#flush());
    this.#dirty.add(client);
  }

  /** Ends every stream. */
  close(): void {
    for (const client of [...this.#clients.keys()]) client.close();
  }

  #flush(): void {
    const dirty = this.#dirty;
    this.#dirty = new Set();
    for (const client of dirty) client.flush();
  }

  #heartbeat(): void {
    for (const client of [...this.#clients.keys()]) client.heartbeat();
  }
}
