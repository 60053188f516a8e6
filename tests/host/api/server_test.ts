/** What a real server answers: credentials, guard, errors, headers. */
import assert from "node:assert/strict";
import { TestData } from "../../support/api/data.ts";
import { TestServer, TOKEN } from "../../support/api/server.ts";

const JSON_BODY = { "content-type": "application/json" };
const NO_TOKEN = { authorization: "" };

/** Status and the problem's detail. */
async function problemOf(
  server: TestServer,
  path: string,
  options: Parameters<TestServer["ask"]>[1] = {},
): Promise<[number, string]> {
  const { status, headers, text } = await server.ask(path, options);
  assert.equal(headers["content-type"], "application/problem+json", text);
  const problem = JSON.parse(text);
  assert.equal(problem.status, status);
  return [status, problem.detail];
}

Deno.test("the six paths have the fields that scripts rely on", async () => {
  await using server = await TestServer.start();
  const keys = async (path: string) =>
    Object.keys(await server.json(path) as Record<string, unknown>);
  assert.deepEqual(await keys("/metrics/realtime"), ["timestamp", "metrics", "processor_stats"]);
  const history = await server.json("/metrics/history?metric_key=cpu.total&seconds=60");
  const { points, ...rest } = history as { points: { metadata: { metric_type: string } }[] };
  assert.deepEqual(rest, { metric_key: "cpu.total", window_seconds: 60, point_count: 61 });
  assert.deepEqual(Object.keys(points[0]), ["timestamp", "value", "metadata"]);
  assert.equal(points[0].metadata.metric_type, "utilization");
  assert.deepEqual(await keys("/anomalies?limit=10"), ["anomalies", "total"]);
  assert.deepEqual(await keys("/trends"), ["trends"]);
  assert.deepEqual(await keys("/events"), ["events", "total"]);
  assert.deepEqual(await keys("/stats"), ["event_bus", "processor", "self"]);
});

Deno.test("total counts the events that match, not those of the page", async () => {
  await using server = await TestServer.start();
  const answer = await server.json("/events?event_type=syscall&limit=20");
  const { events, total } = answer as { events: { pid: number }[]; total: number };
  assert.deepEqual([events.length, total, events[0].pid], [20, 30, 1029]);
  const none = await server.json("/events?source=nobody");
  assert.deepEqual(none, { events: [], total: 0 });
});

Deno.test("ids of 64 bits go through unrounded", async () => {
  await using server = await TestServer.start();
  const { session } = await server.json("/status") as { session: string };
  assert.equal(session, "18446744073709551615");
});

Deno.test("everything but health, readiness and the login needs the token", async () => {
  await using server = await TestServer.start();
  const paths = ["/stats", "/metrics", "/openapi.json", "/bundles/1702943456123456789", "/session"];
  for (const path of paths) {
    const { status, headers } = await server.ask(path, { headers: NO_TOKEN });
    assert.deepEqual([status, headers["www-authenticate"]], [401, 'Bearer realm="aod"'], path);
  }
  for (const path of ["/healthz", "/readyz"]) {
    assert.equal((await server.ask(path, { headers: NO_TOKEN })).status, 200);
  }
  const wrong = { authorization: `Bearer ${TOKEN.slice(0, -1)}x` };
  assert.equal((await server.ask("/stats", { headers: wrong })).status, 401);
});

Deno.test("readiness tells which part does not work", async () => {
  await using server = await TestServer.start();
  server.data.readiness = {
    ready: false,
    parts: [{ name: "syscall_tracer", ok: false, reason: "no BTF" }],
  };
  const { status, text } = await server.ask("/readyz", { headers: NO_TOKEN });
  assert.deepEqual([status, JSON.parse(text)], [503, server.data.readiness]);
});

Deno.test("wrong tokens are slowed down, the right one never is", async () => {
  await using server = await TestServer.start({ limits: { failure_burst: 3 } });
  const statuses: number[] = [];
  for (let i = 0; i < 5; i++) {
    const headers = { authorization: "Bearer wrong" };
    statuses.push((await server.ask("/stats", { headers })).status);
  }
  assert.deepEqual(statuses, [401, 401, 401, 429, 429]);
  const body = JSON.stringify({ token: "wrong" });
  const login = { method: "POST", headers: { ...NO_TOKEN, ...JSON_BODY }, body };
  const { status, headers } = await server.ask("/session", login);
  assert.equal(status, 429);
  assert.match(String(headers["retry-after"]), /^[0-9]+$/);
  await server.json("/stats");
  assert.equal(server.server.statistics.refused.credentials, 6);
});

Deno.test("the login gives a cookie that scripts cannot read, and a logout takes it", async () => {
  await using server = await TestServer.start();
  const body = JSON.stringify({ token: TOKEN });
  const login = await server.ask("/session", {
    method: "POST",
    headers: { ...NO_TOKEN, ...JSON_BODY },
    body,
  });
  const [set] = login.headers["set-cookie"] as string[];
  assert.match(set, /^aod_session=[^;]+; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/);
  const cookie = set.split(";")[0];
  const headers = { ...NO_TOKEN, cookie };
  assert.equal((await server.ask("/stats", { headers })).status, 200);
  const changed = { ...NO_TOKEN, cookie: `${cookie.slice(0, -2)}zz` };
  assert.equal((await server.ask("/stats", { headers: changed })).status, 401);
  const logout = await server.ask("/session", { method: "DELETE", headers });
  assert.equal(logout.status, 204);
  assert.match(String(logout.headers["set-cookie"]), /^aod_session=; .*Max-Age=0/);
});

Deno.test("what changes something needs the page's own Origin with a cookie", async () => {
  await using server = await TestServer.start();
  const body = JSON.stringify({ token: TOKEN });
  const login = { method: "POST", headers: { ...NO_TOKEN, ...JSON_BODY }, body };
  const [set] = (await server.ask("/session", login)).headers["set-cookie"] as string[];
  const cookie = { ...NO_TOKEN, cookie: set.split(";")[0] };
  const post = (headers: Record<string, string>) =>
    server.ask("/reload", { method: "POST", headers: { ...cookie, ...headers } });
  assert.equal((await post({})).status, 403);
  assert.equal((await post({ origin: "http://evil.example" })).status, 403);
  const own = `http://127.0.0.1:${server.server.port}`;
  assert.equal((await post({ origin: own, host: own.slice(7) })).status, 200);
});

Deno.test("a login says what is wrong with it", async () => {
  await using server = await TestServer.start();
  const post = (body: string | Uint8Array, headers: Record<string, string> = JSON_BODY) =>
    problemOf(server, "/session", { method: "POST", headers: { ...NO_TOKEN, ...headers }, body });
  const statuses: number[] = [];
  for (const body of ["{", "[]", '{"token":1}', '{"token":"x"}', new Uint8Array([0xff, 0xfe])]) {
    statuses.push((await post(body))[0]);
  }
  assert.deepEqual(statuses, [400, 400, 400, 401, 400]);
  assert.equal((await post("token=x", {}))[0], 415);
});

Deno.test("a name that someone else's DNS points here is refused", async () => {
  await using server = await TestServer.start({ allowed_hosts: ["fileserver.example"] });
  const host = (name: string) => ({ headers: { host: name } });
  const [status, detail] = await problemOf(server, "/healthz", host("evil.example:8000"));
  assert.equal(status, 421);
  assert.match(detail, /the host evil\.example is not this server/);
  await server.json("/stats", host("fileserver.example:8000"));
  await server.json("/stats", host("localhost:9000"));
  const [from] = await problemOf(server, "/stats", { headers: { origin: "http://evil.example" } });
  assert.equal(from, 403);
  assert.equal(server.server.statistics.refused.guard, 2);
});

Deno.test("requests over the limit wait for their turn", async () => {
  await using server = await TestServer.start({
    limits: { request_burst: 2, requests_per_sec: 0.001 },
  });
  const statuses: number[] = [];
  for (let i = 0; i < 3; i++) statuses.push((await server.ask("/healthz")).status);
  assert.deepEqual(statuses, [200, 200, 429]);
  assert.equal(server.server.statistics.refused.rate, 1);
});

Deno.test("paths that lead out of the API lead nowhere", async () => {
  await using server = await TestServer.start();
  const paths = [
    "/bundles/../../etc/passwd",
    "/bundles/..%2f..%2fetc%2fpasswd",
    "/bundles/%2e%2e/1702943456123456789",
    "/bundles/1702943456123456789/../../x",
    "/../../etc/passwd",
    "/.",
  ];
  for (const path of paths) assert.equal((await problemOf(server, path))[0], 404, path);
  assert.equal((await problemOf(server, "http://127.0.0.1/stats"))[0], 400);
  assert.equal((await problemOf(server, "//evil.example/stats"))[0], 400);
  assert.equal((await problemOf(server, `/${"a".repeat(5000)}`))[0], 414);
});

Deno.test("methods that a path does not take are named", async () => {
  await using server = await TestServer.start();
  const { status, headers } = await server.ask("/stats", { method: "DELETE" });
  assert.deepEqual([status, headers.allow], [405, "GET, HEAD"]);
  const head = await server.ask("/stats", { method: "HEAD" });
  assert.deepEqual([head.status, head.text], [200, ""]);
  assert.ok(Number(head.headers["content-length"]) > 10);
  assert.equal((await problemOf(server, "/stats", { method: "OPTIONS" }))[0], 405);
});

Deno.test("bodies and headers are bounded", async () => {
  await using server = await TestServer.start({ limits: { body_bytes: 100, header_bytes: 2048 } });
  const body = "x".repeat(101);
  const sent = { method: "POST", headers: JSON_BODY, body };
  assert.equal((await problemOf(server, "/session", sent))[0], 413);
  const chunked = { ...sent, headers: { ...JSON_BODY, "transfer-encoding": "chunked" } };
  assert.equal((await problemOf(server, "/session", chunked))[0], 413);
  const long = await server.raw(
    `GET / HTTP/1.1\r\nHost: localhost\r\nX: ${"a".repeat(4000)}\r\n\r\n`,
  );
  assert.match(long, /^HTTP\/1\.1 431 Request Header Fields Too Large\r\n/);
  assert.match(long, /"status":431/);
});

Deno.test("what is not HTTP, or is so in two ways, is refused", async () => {
  await using server = await TestServer.start();
  const smuggled =
    "POST /session HTTP/1.1\r\nHost: localhost\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n";
  const two =
    "GET /healthz HTTP/1.1\r\nHost: localhost\r\nHost: evil.example\r\nConnection: close\r\n\r\n";
  for (const text of ["hello\r\n\r\n", smuggled, two]) {
    assert.match(await server.raw(text), /^HTTP\/1\.1 400 Bad Request\r\n/);
  }
  assert.equal(server.server.statistics.refused.malformed, 2);
});

Deno.test("no answer is sniffed, framed, cached or read by another origin", async () => {
  await using server = await TestServer.start();
  for (const path of ["/stats", "/metrics", "/nothing"]) {
    const { headers } = await server.ask(path);
    assert.equal(headers["x-content-type-options"], "nosniff");
    assert.equal(headers["x-frame-options"], "DENY");
    assert.equal(headers["cache-control"], "no-store");
    assert.equal(headers["cross-origin-resource-policy"], "same-origin");
    assert.match(String(headers["content-security-policy"]), /^default-src 'none'/);
    assert.equal(headers["access-control-allow-origin"], undefined);
  }
});

Deno.test("the page needs no token and has its policy", async () => {
  const load = () => new TextEncoder().encode("<!doctype html><title>aod</title>");
  await using server = await TestServer.start({ page: { "/": { type: "text/html", load } } });
  const { status, text, headers } = await server.ask("/", { headers: NO_TOKEN });
  assert.deepEqual([status, text], [200, "<!doctype html><title>aod</title>"]);
  assert.match(String(headers["content-security-policy"]), /script-src 'self'/);
  const again = { ...NO_TOKEN, "if-none-match": String(headers.etag) };
  const known = await server.ask("/", { headers: again });
  assert.deepEqual([known.status, known.text], [304, ""]);
  assert.equal((await problemOf(server, "/", { method: "POST" }))[0], 405);
});

Deno.test("a fault inside is logged and not told", async () => {
  const data = new TestData();
  data.stats = () => {
    throw new Error("secret of the agent");
  };
  await using server = await TestServer.start({}, data);
  const [status, detail] = await problemOf(server, "/stats");
  assert.equal(status, 500);
  assert.doesNotMatch(detail, /secret/);
  assert.deepEqual(server.faults, ["Cannot answer GET /stats: because secret of the agent"]);
  await server.json("/healthz");
});

Deno.test("a snapshot and a reload are answered with what they did, or why not", async () => {
  await using server = await TestServer.start();
  const post = { method: "POST" };
  const made = await server.ask("/snapshot", post);
  assert.deepEqual([made.status, made.headers.location], [201, "/bundles/1702943456123456789"]);
  server.data.snapshotResult = new Error("Cannot take a snapshot: because one is under way");
  const [busy, why] = await problemOf(server, "/snapshot", post);
  assert.deepEqual([busy, why], [503, "Cannot take a snapshot: because one is under way"]);
  assert.equal((await server.ask("/reload", post)).status, 200);
  const details = ["aod.yaml:3:1: api.prot: unknown key"];
  server.data.reloadResult = { ok: false, error: "Cannot use the configuration", details };
  const refused = await server.ask("/reload", post);
  assert.equal(refused.status, 422);
  assert.deepEqual(JSON.parse(refused.text).errors, [{ detail: details[0] }]);
});

Deno.test("a port that is taken is an error that says so", async () => {
  await using server = await TestServer.start();
  const port = server.server.port;
  await assert.rejects(
    TestServer.start({ port }),
    new RegExp(`^Error: Cannot listen on 127\\.0\\.0\\.1:${port}: because something else listens`),
  );
});
