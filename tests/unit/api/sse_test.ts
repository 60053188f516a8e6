import assert from "node:assert/strict";
import { SseHub, type SseLimits, sseMessage, type SseSink } from "../../../src/api/sse.ts";

const LIMITS: SseLimits = {
  streams: 2,
  stream_messages: 4,
  stream_bytes: 1000,
  heartbeat_ms: 1_000_000,
};

/** A client that takes what it is told to take. */
class Client implements SseSink {
  written: string[] = [];
  takes = true;
  destroyed = false;
  #listeners: Record<string, () => void> = {};

  write(text: string): boolean {
    this.written.push(text);
    return this.takes;
  }

  destroy(): void {
    this.destroyed = true;
  }

  on(event: "drain" | "close", listener: () => void): void {
    this.#listeners[event] = listener;
  }

  emit(event: "drain" | "close"): void {
    this.#listeners[event]();
  }
}

/** A hub with one client, and what sends to it. */
function join(limits: Partial<SseLimits> = {}) {
  const counters = { streams_dropped: 0, stream_messages: 0 };
  const hub = new SseHub({ ...LIMITS, ...limits }, counters);
  const client = new Client();
  const state = { send: (_text: string) => {}, unsubscribed: 0, gone: 0 };
  hub.add(client, (one) => {
    state.send = (text) => one.send(text);
    return () => void state.unsubscribed++;
  }, () => void state.gone++);
  return { hub, client, counters, state };
}

/** Lets microtasks run. */
const turn = () => Promise.resolve();

Deno.test("a message has its event, its data and its id", () => {
  assert.equal(sseMessage("metrics", '{"a":1}'), 'event: metrics\ndata: {"a":1}\n\n');
  assert.equal(sseMessage("event", "{}", "0a"), "id: 0a\nevent: event\ndata: {}\n\n");
});

Deno.test("messages of one turn are one write", async () => {
  const { hub, client, state, counters } = join();
  await turn();
  assert.deepEqual(client.written, ["retry: 2000\n\n"]);
  state.send("a");
  state.send("b");
  await turn();
  assert.deepEqual(client.written.slice(1), ["ab"]);
  assert.equal(counters.stream_messages, 3);
  hub.close();
});

Deno.test("a burst does not drop a client that takes it", async () => {
  const { hub, client, state } = join();
  for (let i = 0; i < 100; i++) state.send(`${i};`);
  await turn();
  assert.match(client.written.join(""), /98;99;$/);
  assert.equal(client.destroyed, false);
  hub.close();
});

Deno.test("a client that takes nothing is dropped when its queue is full, and counted", async () => {
  const { hub, client, state, counters } = join();
  client.takes = false;
  await turn();
  for (let i = 0; i < 4; i++) state.send("x");
  assert.equal(client.destroyed, false);
  state.send("x");
  assert.equal(client.destroyed, true);
  assert.equal(counters.streams_dropped, 1);
  assert.deepEqual([state.unsubscribed, state.gone, hub.size], [1, 1, 0]);
  state.send("x");
  await turn();
  assert.equal(client.written.length, 1);
});

Deno.test("the queue is bounded in bytes too", async () => {
  const { client, state, counters } = join();
  client.takes = false;
  await turn();
  state.send("x".repeat(600));
  state.send("x".repeat(600));
  assert.equal(counters.streams_dropped, 1);
});

Deno.test("what waited is written when the client takes more", async () => {
  const { hub, client, state } = join();
  client.takes = false;
  await turn();
  state.send("a");
  state.send("b");
  await turn();
  assert.equal(client.written.length, 1);
  client.takes = true;
  client.emit("drain");
  assert.deepEqual(client.written.slice(1), ["ab"]);
  hub.close();
});

Deno.test("a client that goes is forgotten, once", () => {
  const { hub, client, state, counters } = join();
  client.emit("close");
  hub.close();
  assert.deepEqual([state.unsubscribed, state.gone, hub.size], [1, 1, 0]);
  assert.equal(counters.streams_dropped, 0);
});

Deno.test("the hub is full at its limit", () => {
  const { hub } = join({ streams: 1 });
  assert.equal(hub.full, true);
  hub.close();
  assert.equal(hub.full, false);
});

Deno.test("a quiet stream hears a comment", async () => {
  const { hub, client } = join({ heartbeat_ms: 1 });
  const heard = Promise.withResolvers<void>();
  const write = client.write.bind(client);
  client.write = (text) => {
    if (text === ": still here\n\n") heard.resolve();
    return write(text);
  };
  await heard.promise;
  hub.close();
});
