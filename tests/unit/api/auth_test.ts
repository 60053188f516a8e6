import assert from "node:assert/strict";
import fc from "fast-check";
import { ApiAuth, equalInConstantTime, SESSION_SEC } from "../../../src/api/auth.ts";

const TOKEN = "0123456789abcdef0123456789abcdef";

/** The value in a `Set-Cookie` header. */
function valueOf(cookie: string): string {
  return /^aod_session=([^;]*)/.exec(cookie)?.[1] ?? "";
}

Deno.test("texts are equal when they are equal", () => {
  fc.assert(fc.property(fc.string(), fc.string(), (a, b) => {
    assert.equal(equalInConstantTime(a, b), new TextDecoder().decode(utf8(a)) === decoded(b));
    assert.equal(equalInConstantTime(a, a), true);
    assert.equal(equalInConstantTime(a, `${a}x`), false);
  }));
  assert.equal(equalInConstantTime("", ""), true);
});

function utf8(text: string): Uint8Array {
  return new TextEncoder().encode(text);
}

function decoded(text: string): string {
  return new TextDecoder().decode(utf8(text));
}

Deno.test("the token is a credential, and nothing near it", async () => {
  const auth = new ApiAuth(TOKEN);
  assert.equal(await auth.check({ authorization: `Bearer ${TOKEN}` }), "bearer");
  assert.equal(await auth.check({ authorization: `bearer  ${TOKEN} ` }), "bearer");
  const wrong = [
    `Bearer ${TOKEN}x`,
    `Bearer ${TOKEN.slice(1)}`,
    TOKEN,
    `Basic ${TOKEN}`,
    "Bearer ",
  ];
  for (const authorization of wrong) {
    assert.equal(await auth.check({ authorization }), null, authorization);
  }
  assert.equal(await auth.check({}), null);
});

Deno.test("a session's cookie is a credential until it expires, also after a restart", async () => {
  let now_ms = 1.7e12;
  const auth = new ApiAuth(TOKEN, () => now_ms);
  const cookie = await auth.beginSession(false);
  assert.match(cookie, /; Path=\/; HttpOnly; SameSite=Strict; Max-Age=43200$/);
  assert.match(await auth.beginSession(true), /; Secure$/);
  const headers = { cookie: `other=1; aod_session=${valueOf(cookie)}` };
  assert.equal(await auth.check(headers), "cookie");
  assert.equal(await new ApiAuth(TOKEN, () => now_ms).check(headers), "cookie");
  assert.equal(await new ApiAuth(`${TOKEN}2`, () => now_ms).check(headers), null);
  now_ms += SESSION_SEC * 1000;
  assert.equal(await auth.check(headers), null);
});

Deno.test("a cookie that was changed is none", async () => {
  const now_ms = 1.7e12;
  const auth = new ApiAuth(TOKEN, () => now_ms);
  const value = valueOf(await auth.beginSession(false));
  const position = fc.nat({ max: value.length - 1 });
  await fc.assert(
    fc.asyncProperty(position, fc.constantFrom(..."0123456789abcdef."), async (at, character) => {
      const changed = value.slice(0, at) + character + value.slice(at + 1);
      assert.equal(await auth.isSession(changed), changed === value);
    }),
  );
  // Signed, but valid for longer than any session that was given.
  const later = valueOf(await new ApiAuth(TOKEN, () => now_ms + 1e6).beginSession(false));
  assert.equal(await auth.isSession(later), false);
});

Deno.test("a cookie of another path before ours does not hide it", async () => {
  const auth = new ApiAuth(TOKEN);
  const value = valueOf(await auth.beginSession(false));
  assert.equal(await auth.check({ cookie: `aod_session=junk; aod_session=${value}` }), "cookie");
  assert.equal(valueOf(auth.endSession(false)), "");
});

Deno.test("a wrong bearer token is not made good by a cookie", async () => {
  const auth = new ApiAuth(TOKEN);
  const cookie = `aod_session=${valueOf(await auth.beginSession(false))}`;
  assert.equal(await auth.check({ authorization: "Bearer wrong", cookie }), null);
});
