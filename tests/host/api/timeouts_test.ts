/**
 * Clients that are slow on purpose: each is cut off by the server, else these tests would not end.
 */
import assert from "node:assert/strict";
import net from "node:net";
import { BATCHES, sealedName } from "../../../src/evidence/names.ts";
import { TestData } from "../../support/api/data.ts";
import { TestServer, TOKEN } from "../../support/api/server.ts";

const LIMITS = { header_ms: 200, request_ms: 400 };

Deno.test("a half-sent header is answered with 408 and closed", async () => {
  await using server = await TestServer.start({ limits: LIMITS });
  const text = await server.raw("GET /healthz HTTP/1.1\r\nHost: localhost\r\nX-Slow: ");
  assert.match(text, /^HTTP\/1\.1 408 Request Timeout\r\n/);
  assert.match(text, /application\/problem\+json/);
  assert.equal(server.server.statistics.refused.timeout, 1);
});

Deno.test("a client that says nothing is closed", async () => {
  await using server = await TestServer.start({ limits: LIMITS });
  await server.raw("");
  assert.equal(server.server.statistics.refused.timeout, 1);
});

Deno.test("a header that comes byte by byte has the same time", async () => {
  await using server = await TestServer.start({ limits: LIMITS });
  const socket = net.connect(server.server.port, "127.0.0.1");
  const timer = setInterval(() => socket.write("a"), 20);
  socket.write("GET /healthz HTTP/1.1\r\nX: ");
  socket.on("error", () => {});
  socket.resume();
  await new Promise<void>((resolve) => socket.on("close", () => resolve()));
  clearInterval(timer);
  assert.equal(server.server.statistics.refused.timeout, 1);
});

Deno.test("a half-sent body is closed", async () => {
  await using server = await TestServer.start({ limits: LIMITS });
  const head = "POST /session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 100\r\n\r\n{";
  await server.raw(head);
  assert.equal(server.server.statistics.refused.timeout, 1);
});

Deno.test("a connection that is kept open for nothing is closed", async () => {
  await using server = await TestServer.start({ limits: { idle_ms: 200 } });
  const text = await server.raw("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  assert.match(text, /^HTTP\/1\.1 200 OK/);
});

Deno.test("a second header that is half sent is closed", async () => {
  await using server = await TestServer.start({ limits: { header_ms: 2000 } });
  const request = "GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n";
  const text = await server.raw(`${request}GET /heal`);
  assert.match(text, /^HTTP\/1\.1 200 OK/);
});

Deno.test("a client that takes nothing of its answer is closed", async () => {
  const dir = Deno.makeTempDirSync({ prefix: "aod-test-" });
  const id = "1702943456123456789";
  Deno.mkdirSync(`${dir}/${BATCHES}`);
  const path = `${dir}/${BATCHES}/${sealedName(id)}`;
  Deno.writeFileSync(path, new Uint8Array());
  // A hole: much more than the buffers of a connection hold.
  Deno.truncateSync(path, 1 << 28);
  await using server = await TestServer.start({ limits: { stall_ms: 1000 } }, new TestData(dir));
  const socket = net.connect(server.server.port, "127.0.0.1");
  socket.pause();
  socket.on("error", () => {});
  socket.write(
    `GET /bundles/${id} HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer ${TOKEN}\r\n\r\n`,
  );
  const { statistics } = server.server;
  while (statistics.answered === 0 || statistics.connections > 0) {
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
  socket.destroy();
  Deno.removeSync(dir, { recursive: true });
});

Deno.test("connections beyond the limit are closed and counted", async () => {
  await using server = await TestServer.start({ limits: { connections: 2 } });
  const held = [1, 2].map(() => net.connect(server.server.port, "127.0.0.1"));
  for (const socket of held) socket.on("error", () => {});
  const closed = held.map((socket) =>
    new Promise<void>((done) => socket.on("close", () => done()))
  );
  await Promise.all(held.map((socket) => new Promise<void>((ok) => socket.on("connect", ok))));
  while (server.server.statistics.connections < 2) await new Promise((ok) => setTimeout(ok, 5));
  assert.equal(await server.raw("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n"), "");
  assert.equal(server.server.statistics.refused.connections, 1);
  for (const socket of held) socket.destroy();
  await Promise.all(closed);
  while (server.server.statistics.connections > 0) await new Promise((ok) => setTimeout(ok, 5));
  await server.json("/healthz");
});

Deno.test("a client that waits for an answer in the making is not cut off", async () => {
  await using server = await TestServer.start({ limits: { stall_ms: 500 } });
  const made = await server.data.snapshot();
  server.data.snapshot = () => new Promise((resolve) => setTimeout(() => resolve(made), 1600));
  assert.equal((await server.ask("/snapshot", { method: "POST" })).status, 201);
});
