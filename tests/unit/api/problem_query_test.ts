import assert from "node:assert/strict";
import fc from "fast-check";
import { Problem, rawProblem } from "../../../src/api/problem.ts";
import { type QueryParameter, readQuery } from "../../../src/api/query.ts";

const PARAMETERS: readonly QueryParameter[] = [
  { name: "limit", kind: "integer", min: 1, max: 1000, default: 100, about: "" },
  { name: "key", kind: "text", max_chars: 8, required: true, about: "" },
  { name: "source", kind: "text", max_chars: 8, required: false, about: "" },
];

function faultsOf(search: string): { parameter?: string; detail: string }[] {
  try {
    readQuery(search, PARAMETERS);
  } catch (error) {
    assert.ok(error instanceof Problem);
    assert.equal(error.status, 400);
    return error.extras.errors ?? [];
  }
  throw new Error(`${search} was taken`);
}

Deno.test("a query's values are read, with defaults for what is left out", () => {
  const values = readQuery("limit=7&key=a%20b", PARAMETERS);
  assert.equal(values.integer("limit"), 7);
  assert.equal(values.text("key"), "a b");
  assert.equal(values.text("source"), null);
  assert.equal(readQuery("key=a", PARAMETERS).integer("limit"), 100);
});

Deno.test("every fault of a query is told, by parameter", () => {
  const faults = faultsOf("limit=1e3&limt=3&source=123456789");
  assert.deepEqual(faults.map(({ parameter }) => parameter), ["limit", "key", "source", "limt"]);
  assert.match(faults[0].detail, /"1e3" is not a whole number from 1 to 1000/);
  assert.match(faults[1].detail, /missing/);
  assert.match(faults[2].detail, /over 8 characters/);
  assert.match(faults[3].detail, /not known; known are limit, key, source/);
});

Deno.test("numbers are decimal digits within the bounds, and nothing else", () => {
  const text = fc.oneof(fc.string(), fc.constantFrom("0", "1001", "-1", "1.5", "+5", " 5", "0x10"));
  fc.assert(fc.property(text, (limit) => {
    const search = new URLSearchParams({ key: "a", limit }).toString();
    const good = /^[0-9]{1,15}$/.test(limit) && Number(limit) >= 1 && Number(limit) <= 1000;
    if (good) assert.equal(readQuery(search, PARAMETERS).integer("limit"), Number(limit));
    else assert.deepEqual(faultsOf(search).map(({ parameter }) => parameter), ["limit"]);
  }));
});

Deno.test("a parameter given twice and control characters are refused", () => {
  assert.match(faultsOf("key=a&key=b")[0].detail, /more than once/);
  assert.match(faultsOf("key=a%00")[0].detail, /control characters/);
  assert.match(faultsOf("key=a%0ab")[0].detail, /control characters/);
});

Deno.test("whatever the query is, it is read or a problem 400", () => {
  fc.assert(fc.property(fc.string({ maxLength: 60, unit: "binary" }), (search) => {
    try {
      readQuery(search, PARAMETERS);
    } catch (error) {
      assert.ok(error instanceof Problem && error.status === 400);
    }
  }));
});

Deno.test("a raw problem is a whole answer with its own length", () => {
  const text = rawProblem(new Problem(408, "The request took too long – really"));
  const [head, body] = text.split("\r\n\r\n");
  assert.match(head, /^HTTP\/1\.1 408 Request Timeout\r\n/);
  assert.match(head, /Connection: close/);
  const length = Number(/Content-Length: (\d+)/.exec(head)?.[1]);
  assert.equal(new TextEncoder().encode(body).byteLength, length);
  assert.deepEqual(JSON.parse(body), {
    type: "about:blank",
    title: "Request Timeout",
    status: 408,
    detail: "The request took too long – really",
  });
});
