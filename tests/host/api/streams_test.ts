/** Server-sent events over real connections. */
import assert from "node:assert/strict";
import net from "node:net";
import { request } from "node:http";
import { TestServer, TOKEN } from "../../support/api/server.ts";

/** A stream that is open. */
class Stream implements Disposable {
  text = "";
  #waits: { wanted: string; resolve: () => void }[] = [];
  #ended = Promise.withResolvers<void>();

  private constructor(readonly end: () => void) {}

  static open(server: TestServer, path: string): Promise<Stream> {
    return new Promise((resolve, reject) => {
      const headers = { authorization: `Bearer ${TOKEN}` };
      const to = { host: "127.0.0.1", port: server.server.port, path, headers, agent: false };
      const sent = request(to, (response) => {
        assert.equal(response.statusCode, 200);
        assert.equal(response.headers["content-type"], "text/event-stream; charset=utf-8");
        const stream = new Stream(() => sent.destroy());
        response.on("data", (chunk: Uint8Array) => stream.#take(new TextDecoder().decode(chunk)));
        response.on("error", () => {});
        response.on("close", () => stream.#ended.resolve());
        resolve(stream);
      });
      sent.on("error", reject);
      sent.end();
    });
  }

  #take(text: string): void {
    this.text += text;
    this.#waits = this.#waits.filter(({ wanted, resolve }) => {
      if (!this.text.includes(wanted)) return true;
      resolve();
      return false;
    });
  }

  /** Settles when this has come. */
  saw(wanted: string): Promise<void> {
    return new Promise((resolve) => {
      this.#waits.push({ wanted, resolve });
      this.#take("");
    });
  }

  /** Settles when the server has ended it. */
  get ended(): Promise<void> {
    return this.#ended.promise;
  }

  [Symbol.dispose](): void {
    this.end();
  }
}

/** The data of every message, as JSON. */
function messagesOf({ text }: Stream): Record<string, unknown>[] {
  return [...text.matchAll(/^data: (.*)$/gm)].map((match) => JSON.parse(match[1]));
}

const SYSCALL = { event_type: "syscall", source: "eBPF::syscall_tracer", data: { n: 1 } };

Deno.test("events come as they are published, by type and source", async () => {
  await using server = await TestServer.start();
  using all = await Stream.open(server, "/events/stream");
  using some = await Stream.open(server, "/events/stream?event_type=anomaly&source=ml%3A%3Ax");
  await Promise.all([all.saw("retry: 2000"), some.saw("retry: 2000")]);
  const first = server.data.publish(SYSCALL);
  server.data.publish({ event_type: "anomaly", source: "ml::y", data: {} });
  const last = server.data.publish({ event_type: "anomaly", source: "ml::x", data: {} });
  await Promise.all([all.saw(last.event_id), some.saw(last.event_id)]);
  assert.deepEqual(messagesOf(all)[0], first);
  assert.equal(messagesOf(all).length, 3);
  assert.deepEqual(messagesOf(some), [last]);
  assert.match(all.text, new RegExp(`^id: ${first.event_id}\\nevent: event\\ndata: `, "m"));
});

Deno.test("metrics come after every sample", async () => {
  await using server = await TestServer.start();
  using stream = await Stream.open(server, "/metrics/stream");
  await stream.saw("retry");
  server.data.sample(5, { "cpu.total": 1 });
  await stream.saw("data");
  assert.deepEqual(messagesOf(stream), [{ timestamp: 5, values: { "cpu.total": 1 } }]);
});

Deno.test("a stream that ends leaves no subscription", async () => {
  await using server = await TestServer.start();
  const stream = await Stream.open(server, "/events/stream");
  await stream.saw("retry");
  assert.equal(server.data.eventListeners.size, 1);
  stream.end();
  while (server.data.eventListeners.size > 0) await new Promise((ok) => setTimeout(ok, 5));
  assert.equal(server.server.streams(), 0);
});

Deno.test("streams are bounded; HEAD opens none", async () => {
  await using server = await TestServer.start({ limits: { streams: 1 } });
  assert.equal((await server.ask("/events/stream", { method: "HEAD" })).status, 200);
  using _first = await Stream.open(server, "/events/stream");
  const second = await server.ask("/metrics/stream");
  assert.deepEqual([second.status, second.headers["retry-after"]], [503, "10"]);
  assert.equal(server.server.statistics.refused.streams, 1);
});

Deno.test("a client that does not read is dropped and counted, others go on", async () => {
  await using server = await TestServer.start();
  using reader = await Stream.open(server, "/events/stream?event_type=last");
  const socket = net.connect(server.server.port, "127.0.0.1");
  socket.pause();
  socket.on("error", () => {});
  const head = `Host: localhost\r\nAuthorization: Bearer ${TOKEN}`;
  socket.write(`GET /events/stream HTTP/1.1\r\n${head}\r\n\r\n`);
  while (server.server.streams() < 2) await new Promise((ok) => setTimeout(ok, 5));
  const data = { text: "x".repeat(100_000) };
  const { statistics } = server.server;
  while (statistics.streams_dropped === 0) {
    server.data.publish({ ...SYSCALL, data });
    await new Promise((ok) => setTimeout(ok, 0));
  }
  const last = server.data.publish({ event_type: "last", source: "test", data: {} });
  await reader.saw(last.event_id);
  assert.equal(statistics.streams_dropped, 1);
  assert.equal(server.server.streams(), 1);
  socket.destroy();
});

Deno.test("the end of the server ends its streams", async () => {
  const server = await TestServer.start();
  const stream = await Stream.open(server, "/events/stream");
  await server.server.close();
  await stream.ended;
});
