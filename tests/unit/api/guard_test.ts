import assert from "node:assert/strict";
import fc from "fast-check";
import { checkHead, hostName, MAX_TARGET_CHARS, readTarget } from "../../../src/api/guard.ts";
import { isLoopback } from "../../../src/api/loopback.ts";
import { Problem } from "../../../src/api/problem.ts";

const LOCAL = { host: "127.0.0.1", allowed_hosts: ["fileserver.example"], secure: false };

function statusOf(headers: string[], options = LOCAL, local_address = "127.0.0.1"): number {
  try {
    checkHead({ target: "/stats", raw_headers: headers, local_address }, options);
    return 200;
  } catch (error) {
    assert.ok(error instanceof Problem);
    return error.status;
  }
}

Deno.test("hosts of this machine are served, others are not", () => {
  const served = ["127.0.0.1:8000", "localhost", "LOCALHOST:1", "[::1]:8000", "127.9.9.9"];
  for (const host of [...served, "fileserver.example:80", "fileserver.example."]) {
    assert.equal(statusOf(["Host", host]), 200, host);
  }
  const refused = ["evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "10.0.0.1"];
  for (const host of refused) assert.equal(statusOf(["Host", host]), 421, host);
});

Deno.test("the address of the connection is a name of this machine", () => {
  const any = { ...LOCAL, host: "0.0.0.0" };
  assert.equal(statusOf(["Host", "10.1.2.3:8000"], any, "10.1.2.3"), 200);
  assert.equal(statusOf(["Host", "10.1.2.3:8000"], any, "::ffff:10.1.2.3"), 200);
  assert.equal(statusOf(["Host", "10.1.2.4:8000"], any, "10.1.2.3"), 421);
  assert.equal(statusOf(["Host", "[fe80::1]"], { ...any, host: "::" }, "fe80::1"), 200);
});

Deno.test("no Host, two of them, and what is no host are bad requests", () => {
  assert.equal(statusOf([]), 400);
  assert.equal(statusOf(["Host", "localhost", "host", "localhost"]), 400);
  for (const host of ["", "a b", "localhost:99999", "user@localhost", "localhost/x", "[::1"]) {
    assert.equal(statusOf(["Host", host]), 400, host);
  }
});

Deno.test("an Origin must be the server's own, scheme and port too", () => {
  const host = ["Host", "localhost:8000"];
  assert.equal(statusOf([...host, "Origin", "http://localhost:8000"]), 200);
  const others = ["https://localhost:8000", "http://localhost:8001", "http://evil.example"];
  for (const origin of [...others, "null", "", "http://localhost"]) {
    assert.equal(statusOf([...host, "Origin", origin]), 403, origin);
  }
  const secure = { ...LOCAL, secure: true };
  assert.equal(statusOf([...host, "Origin", "https://localhost:8000"], secure), 200);
  assert.equal(statusOf([...host, "Origin", "http://localhost:8000"], secure), 403);
});

Deno.test("a page of a configured name may come by https, which a proxy ends", () => {
  const host = ["Host", "fileserver.example"];
  for (const scheme of ["http", "https"]) {
    assert.equal(statusOf([...host, "Origin", `${scheme}://fileserver.example`]), 200, scheme);
  }
  for (const origin of ["https://evil.example", "https://fileserver.example:8443", "wss://x"]) {
    assert.equal(statusOf([...host, "Origin", origin]), 403, origin);
  }
});

Deno.test("targets are paths on this server", () => {
  assert.deepEqual(readTarget("/a/b?c=d?e"), { path: "/a/b", search: "c=d?e" });
  const refused = ["", "*", "http://evil.example/", "//evil.example/", "/a#b", "/a b", "/ä"];
  for (const target of refused) assert.throws(() => readTarget(target), Problem, target);
  const long = "/" + "a".repeat(MAX_TARGET_CHARS);
  assert.throws(
    () => readTarget(long),
    (error) => error instanceof Problem && error.status === 414,
  );
});

Deno.test("no Host that others can make leads to this server", () => {
  const label = fc.stringMatching(/^[a-z][a-z0-9-]{0,10}$/);
  const name = fc.array(label, { minLength: 2, maxLength: 4 }).map((labels) => labels.join("."));
  fc.assert(fc.property(name, (host) => {
    fc.pre(host !== "fileserver.example");
    assert.equal(statusOf(["Host", host]), 421);
  }));
  fc.assert(fc.property(fc.string({ unit: "binary" }), (host) => {
    assert.ok([200, 400, 421].includes(statusOf(["Host", host])));
    assert.doesNotThrow(() => hostName(host));
  }));
});

Deno.test("names that only begin like loopback are not loopback", () => {
  for (const host of ["127.0.0.1", "LOCALHOST", "::1", "[::1]", "127.8.9.10"]) {
    assert.equal(isLoopback(host), true, host);
  }
  for (const host of ["127.0.0.1.evil.example", "localhost.evil", "127", "128.0.0.1", "::2"]) {
    assert.equal(isLoopback(host), false, host);
  }
});
