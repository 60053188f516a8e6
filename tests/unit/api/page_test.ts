import assert from "node:assert/strict";
import { gunzipSync } from "node:zlib";
import { Page } from "../../../src/api/page.ts";
import { Problem } from "../../../src/api/problem.ts";

const SCRIPT = new TextEncoder().encode("console.log(1);\n".repeat(200));
let loads = 0;
const page = new Page({
  "/": {
    type: "text/html; charset=utf-8",
    load: () => new TextEncoder().encode("<!doctype html>"),
  },
  "/app.js": { type: "text/javascript", load: () => (loads++, SCRIPT) },
});

Deno.test("a file is served as it is, and loaded once", async () => {
  const plain = await page.serve("GET", "/app.js", {});
  assert.deepEqual(plain.body, SCRIPT);
  assert.equal(plain.headers?.["Content-Encoding"], undefined);
  await page.serve("HEAD", "/app.js", {});
  assert.equal(loads, 1);
});

Deno.test("who takes gzip gets gzip", async () => {
  for (const coding of ["gzip", "deflate, gzip;q=0.5, br", "GZIP"]) {
    const { body, headers } = await page.serve("GET", "/app.js", { "accept-encoding": coding });
    assert.equal(headers?.["Content-Encoding"], "gzip");
    assert.ok(body instanceof Uint8Array && body.length < SCRIPT.length / 5);
    assert.deepEqual(new Uint8Array(gunzipSync(body)), SCRIPT);
  }
  for (const coding of ["gzip;q=0", "gzip;q=0.000", "br", "xgzip"]) {
    const { headers } = await page.serve("GET", "/app.js", { "accept-encoding": coding });
    assert.equal(headers?.["Content-Encoding"], undefined, coding);
  }
  const small = await page.serve("GET", "/", { "accept-encoding": "gzip" });
  assert.equal(small.headers?.["Content-Encoding"], undefined);
});

Deno.test("who has the file already is told so", async () => {
  const etag = (await page.serve("GET", "/app.js", {})).headers?.ETag ?? "";
  assert.match(etag, /^"[0-9a-f]{32}"$/);
  for (const known of [etag, `W/${etag}`, `"x", ${etag}`, "*"]) {
    const reply = await page.serve("GET", "/app.js", { "if-none-match": known });
    assert.deepEqual([reply.status, reply.body], [304, ""], known);
  }
  const other = await page.serve("GET", "/app.js", { "if-none-match": '"x"' });
  assert.equal(other.status, undefined);
});

Deno.test("the page may load what the server has and nothing else", async () => {
  const { headers } = await page.serve("GET", "/", {});
  const policy = headers?.["Content-Security-Policy"] ?? "";
  assert.match(policy, /^default-src 'none'; script-src 'self'; style-src 'self';/);
  assert.match(policy, /frame-ancestors 'none'/);
  assert.doesNotMatch(policy, /unsafe|\*/);
});

Deno.test("other methods and paths are problems", async () => {
  const status = (expected: number) => (error: unknown) =>
    error instanceof Problem && error.status === expected;
  await assert.rejects(page.serve("POST", "/", {}), status(405));
  await assert.rejects(page.serve("GET", "/app.js/", {}), status(404));
});
