/** TLS and mutual TLS, with curl as the client. */
import assert from "node:assert/strict";
import net from "node:net";
import type { TlsFiles } from "../../../src/api/tls.ts";
import { makeCa, makeCertificate } from "../../support/api/certificates.ts";
import { TestServer, TOKEN } from "../../support/api/server.ts";

const DIR = Deno.makeTempDirSync({ prefix: "aod-test-" });
const FILES: TlsFiles = {
  cert_file: `${DIR}/server.pem`,
  key_file: `${DIR}/server.key`,
  client_ca_file: null,
};

Deno.test.beforeAll(async () => {
  await Promise.all([makeCa(DIR, "ca"), makeCa(DIR, "stranger")]);
  await makeCertificate(DIR, "ca", "server");
  await makeCertificate(DIR, "ca", "client");
  await makeCertificate(DIR, "stranger", "other");
});

Deno.test.afterAll(() => Deno.removeSync(DIR, { recursive: true }));

/** curl's exit status and what it got. */
async function curl(server: TestServer, ...args: string[]): Promise<[number, string]> {
  const usual = ["-sS", "--cacert", `${DIR}/ca.pem`, "-H", `Authorization: Bearer ${TOKEN}`];
  const url = `https://localhost:${server.server.port}/session`;
  const all = { args: [...usual, ...args, url] };
  const { code, stdout } = await new Deno.Command("curl", { ...all, stdin: "null" }).output();
  return [code, new TextDecoder().decode(stdout)];
}

Deno.test("https with a certificate that the client knows", async () => {
  await using server = await TestServer.start({ tls: FILES });
  assert.match(server.server.url, /^https:\/\/127\.0\.0\.1:[0-9]+$/);
  assert.deepEqual(await curl(server), [0, '{"status":"ok"}']);
  const [old] = await curl(server, "--tls-max", "1.1");
  assert.notEqual(old, 0);
});

Deno.test("the cookie is for https only there", async () => {
  await using server = await TestServer.start({ tls: FILES });
  const login = ["-i", "-H", "Content-Type: application/json", "-d", `{"token":"${TOKEN}"}`];
  const [, text] = await curl(server, ...login);
  assert.match(text, /^set-cookie: aod_session=.*; Secure\r$/mi);
});

Deno.test("http where https is spoken, and silence, are cut off", async () => {
  await using server = await TestServer.start({ tls: FILES, limits: { header_ms: 2000 } });
  const text = await server.raw("GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n");
  assert.doesNotMatch(text, /200 OK/);
  await new Promise<void>((resolve) => {
    const socket = net.connect(server.server.port, "127.0.0.1");
    socket.on("error", () => {});
    socket.on("close", () => resolve());
    socket.resume();
  });
  assert.deepEqual(await curl(server), [0, '{"status":"ok"}']);
});

Deno.test("with a CA for clients, only its clients are served", async () => {
  const tls = { ...FILES, client_ca_file: `${DIR}/ca.pem` };
  await using server = await TestServer.start({ tls });
  const client = (name: string) => ["--cert", `${DIR}/${name}.pem`, "--key", `${DIR}/${name}.key`];
  assert.deepEqual(await curl(server, ...client("client")), [0, '{"status":"ok"}']);
  for (const args of [[], client("other")]) {
    const [code, text] = await curl(server, ...args);
    assert.notEqual(code, 0);
    assert.equal(text, "");
  }
});

Deno.test("files that cannot be used are errors that name them", async () => {
  const missing = { ...FILES, key_file: `${DIR}/missing.key` };
  await assert.rejects(TestServer.start({ tls: missing }), {
    message: `Cannot use ${DIR}/missing.key: because no such file or directory`,
  });
  const junk = `${DIR}/junk.pem`;
  Deno.writeTextFileSync(junk, "junk");
  const refused: [Partial<TlsFiles>, string][] = [
    [{ cert_file: junk }, `${junk}: because it holds no certificate (PEM)`],
    [{ key_file: junk }, `${junk}: because it holds no private key (PEM, not encrypted)`],
    [{ client_ca_file: junk }, `${junk}: because it holds no certificate (PEM)`],
    [
      { key_file: `${DIR}/client.key` },
      `${DIR}/client.key: because it is not the key of ${DIR}/server.pem`,
    ],
  ];
  for (const [files, reason] of refused) {
    const start = TestServer.start({ tls: { ...FILES, ...files } });
    await assert.rejects(start, { message: `Cannot use ${reason}` });
  }
});
