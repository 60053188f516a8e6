/**
 * The control socket, with real clients that are friendly, hostile, slow and many.
 * @module
 */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { effectiveUid, peerUid } from "../../../../src/os/process.ts";
import { ask, NotRunningError } from "../../../../src/service/socket/client.ts";
import { MAX_REQUEST_BYTES, parseRequest } from "../../../../src/service/socket/protocol.ts";
import { ControlServer, type ControlServerOptions } from "../../../../src/service/socket/server.ts";

// Opened once and kept for the life of the process: not a leak of the first test.
effectiveUid();
peerUid(0);

interface Served extends AsyncDisposable {
  dir: string;
  path: string;
  asked: string[];
}

function serve(options: Partial<ControlServerOptions> = {}): Served {
  const dir = Deno.makeTempDirSync({ prefix: "aod-test-" });
  const path = `${dir}/aod.sock`;
  const asked: string[] = [];
  const server = ControlServer.listen({
    path,
    handle: (command) => {
      asked.push(command);
      return Promise.resolve({ ok: true, result: { big: 2n ** 64n, command } });
    },
    onError: () => {},
    ...options,
  });
  const close = async () => {
    await server.close();
    Deno.removeSync(dir, { recursive: true });
  };
  return { dir, path, asked, [Symbol.asyncDispose]: close };
}

/** Sends bytes, reads to the end. */
async function send(path: string, bytes: Uint8Array<ArrayBuffer>): Promise<string> {
  const connection = await Deno.connect({ transport: "unix", path });
  try {
    await connection.write(bytes);
    return await new Response(connection.readable).text();
  } catch {
    return "";
  }
}

Deno.test("a request is answered with one line; the socket is for the owner only", async () => {
  await using served = serve();
  assert.equal(Deno.lstatSync(served.path).mode! & 0o777, 0o600);
  const response = await ask("status", served.dir);
  assert.deepEqual(response, {
    ok: true,
    result: { big: "18446744073709551616", command: "status" },
  });
});

Deno.test("what the handler throws is the answer", async () => {
  await using served = serve({ handle: () => Promise.reject(new Error("Cannot: because")) });
  assert.deepEqual(await ask("reload", served.dir), {
    ok: false,
    error: "Cannot: because",
    details: [],
  });
});

Deno.test("hostile lines are refused and the server goes on", async () => {
  await using served = serve();
  const lines = fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.json().map((s) => encode(s)));
  await fc.assert(
    fc.asyncProperty(lines, async (body) => {
      const line = new Uint8Array(body.length + 1);
      line.set(body);
      line[body.length] = 0x0a;
      const answer = await send(served.path, line);
      assert.equal(JSON.parse(answer).ok, false);
    }),
    { numRuns: 50 },
  );
  assert.deepEqual(served.asked, []);
  assert.ok((await ask("status", served.dir)).ok);
});

Deno.test("a line without an end is cut off at its limit", async () => {
  await using served = serve();
  const answer = await send(served.path, new Uint8Array(MAX_REQUEST_BYTES + 1).fill(0x20));
  assert.match(JSON.parse(answer).error, /over 4096 bytes/);
  const big = encode(`{"command":"status"${" ".repeat(MAX_REQUEST_BYTES)}}\n`);
  assert.equal(JSON.parse(await send(served.path, big)).ok, false);
  assert.deepEqual(served.asked, []);
});

Deno.test("a client that says nothing is hung up on", async () => {
  await using served = serve({ request_ms: 50 });
  assert.equal(await send(served.path, encode('{"command"')), "");
});

Deno.test("more clients than allowed are hung up on, and later ones served", async () => {
  await using served = serve({ max_clients: 2 });
  const connect = () => Deno.connect({ transport: "unix", path: served.path });
  const idle = [await connect(), await connect()];
  await new Promise((resolve) => setTimeout(resolve, 20));
  const third = await connect();
  assert.equal(await third.read(new Uint8Array(1)).catch(() => null), null);
  third.close();
  for (const connection of idle) connection.close();
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.ok((await ask("status", served.dir)).ok);
});

Deno.test("nobody listens: one clear line", async () => {
  const dir = Deno.makeTempDirSync();
  await assert.rejects(ask("status", dir), NotRunningError);
  await assert.rejects(ask("status", dir), /it is not running \(nothing listens on .*aod\.sock\)/);
});

Deno.test("an agent that never answers is given up on", async () => {
  await using served = serve({ handle: () => new Promise(() => {}) });
  await assert.rejects(ask("status", served.dir, 50), /gave no answer within 50 ms/);
});

Deno.test("only the three commands are requests", () => {
  assert.equal(parseRequest('{"command":"status"}'), "status");
  for (
    const line of ["", "1", "null", "{}", '{"command":"stop"}', '{"command":"status","x":1}', "["]
  ) assert.throws(() => parseRequest(line), /^Error: Cannot/);
});

function encode(text: string): Uint8Array<ArrayBuffer> {
  return new TextEncoder().encode(text);
}
