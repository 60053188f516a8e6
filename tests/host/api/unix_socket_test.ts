/** The socket for whoever may open it. */
import assert from "node:assert/strict";
import { request } from "node:http";
import { TestServer } from "../../support/api/server.ts";

/** Asks over a socket, without any token. */
function ask(socketPath: string, path: string): Promise<[number, string]> {
  return new Promise((resolve, reject) => {
    const sent = request({ socketPath, path, agent: false }, (response) => {
      let text = "";
      response.setEncoding("utf8");
      response.on("data", (chunk: string) => text += chunk);
      response.on("end", () => resolve([response.statusCode ?? 0, text]));
    });
    sent.on("error", reject);
    sent.end();
  });
}

async function inDirectory(test: (path: string) => Promise<void>): Promise<void> {
  const dir = Deno.makeTempDirSync({ prefix: "aod-test-" });
  try {
    await test(`${dir}/api.sock`);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

Deno.test("the socket is 0600 and needs no token", async () => {
  await inDirectory(async (unix_socket) => {
    await using _server = await TestServer.start({ unix_socket });
    const { mode, isSocket } = Deno.lstatSync(unix_socket);
    assert.deepEqual([(mode ?? 0) & 0o777, isSocket], [0o600, true]);
    const [status, text] = await ask(unix_socket, "/stats");
    assert.equal(status, 200, text);
    assert.ok(JSON.parse(text).event_bus);
  });
});

Deno.test("a socket that was left is replaced; a file is not", async () => {
  await inDirectory(async (unix_socket) => {
    const args = [
      "eval",
      `Deno.listen({transport:"unix",path:${JSON.stringify(unix_socket)}});Deno.exit()`,
    ];
    await new Deno.Command(Deno.execPath(), { args }).output();
    assert.ok(Deno.lstatSync(unix_socket).isSocket);
    {
      await using _server = await TestServer.start({ unix_socket });
      assert.equal((await ask(unix_socket, "/healthz"))[0], 200);
    }
    assert.throws(() => Deno.lstatSync(unix_socket), Deno.errors.NotFound);
    Deno.writeTextFileSync(unix_socket, "");
    await assert.rejects(TestServer.start({ unix_socket }), {
      message: `Cannot listen on ${unix_socket}: because a file is in the way`,
    });
  });
});

Deno.test("a port that is taken leaves the Unix socket; the port is tried again when asked to", async () => {
  await inDirectory(async (unix_socket) => {
    using other = Deno.listen({ hostname: "127.0.0.1", port: 0 });
    const { port } = other.addr as Deno.NetAddr;
    await using waiting = await TestServer.start({ port, unix_socket });
    const { server } = waiting;
    assert.deepEqual([server.url, server.port], ["", 0]);
    assert.match(
      server.fault,
      /^Cannot listen on 127\.0\.0\.1:\d+: because something else listens/,
    );
    assert.ok(Deno.lstatSync(unix_socket).isSocket);
    await assert.rejects(server.listen(), /something else listens/);
    other.close();
    await server.listen();
    assert.deepEqual([server.url, server.fault], [`http://127.0.0.1:${port}`, ""]);
    assert.equal((await waiting.ask("/healthz")).status, 200);
  });
});
