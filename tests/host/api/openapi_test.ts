/** The whole API as a client sees it that has read the OpenAPI document and nothing else. */
import assert from "node:assert/strict";
import { request } from "node:http";
import fc from "fast-check";
import { TestServer, TOKEN } from "../../support/api/server.ts";
import {
  AnswerCheck,
  badValues,
  goodValues,
  type OpenApiDocument,
  targetOf,
} from "../../support/api/openapi_client.ts";

const RUNS = 12;

/** Head of a stream's answer: it has no end to wait for. */
function headOf(server: TestServer, path: string): Promise<[number, string]> {
  return new Promise((resolve, reject) => {
    const headers = { authorization: `Bearer ${TOKEN}` };
    const to = { host: "127.0.0.1", port: server.server.port, path, headers, agent: false };
    const sent = request(to, (response) => {
      response.on("error", () => {});
      resolve([response.statusCode ?? 0, response.headers["content-type"] ?? ""]);
      sent.destroy();
    });
    sent.on("error", reject);
    sent.end();
  });
}

async function readDocument(server: TestServer): Promise<OpenApiDocument> {
  return await server.json("/openapi.json") as OpenApiDocument;
}

/** Every operation of the document. */
function operationsOf(document: OpenApiDocument) {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({
      path,
      method: method.toUpperCase(),
      operation,
    }))
  );
}

/** Wrong tokens are part of the test; streams end when the server gets to know of it. */
const LIMITS = { failure_burst: 1e6, failures_per_min: 1e6, streams: 100 };

Deno.test("whatever is asked rightly is answered as the document says", async () => {
  await using server = await TestServer.start({ limits: LIMITS });
  const document = await readDocument(server);
  const check = new AnswerCheck(document);
  const seen = new Set<number>();
  for (const { path, method, operation } of operationsOf(document)) {
    await fc.assert(
      fc.asyncProperty(goodValues(operation), async (values) => {
        const target = targetOf(path, operation, values);
        if (operation.responses[200]?.content?.["text/event-stream"]) {
          assert.deepEqual(await headOf(server, target), [200, "text/event-stream; charset=utf-8"]);
          return;
        }
        const body = operation.requestBody === undefined
          ? {}
          : { body: `{"token":"${TOKEN}"}`, headers: { "content-type": "application/json" } };
        const answer = await server.ask(target, { method, ...body });
        assert.notEqual(answer.status, 400, answer.text);
        check.check(operation, answer);
        seen.add(answer.status);
      }),
      { numRuns: operation.parameters === undefined ? 1 : RUNS },
    );
  }
  assert.deepEqual([...seen].sort(), [200, 201, 204, 404]);
  assert.deepEqual(server.faults, []);
});

Deno.test("whatever is asked wrongly is a problem that names the parameter", async () => {
  await using server = await TestServer.start({ limits: LIMITS });
  const document = await readDocument(server);
  const check = new AnswerCheck(document);
  for (const { path, method, operation } of operationsOf(document)) {
    await fc.assert(
      fc.asyncProperty(badValues(operation), async ([values, name]) => {
        const answer = await server.ask(targetOf(path, operation, values), { method });
        check.check(operation, answer);
        assert.equal(answer.status, 400, answer.text);
        const { errors } = JSON.parse(answer.text);
        assert.deepEqual(errors.map((error: { parameter: string }) => error.parameter), [name]);
      }),
      { numRuns: RUNS },
    );
  }
});

Deno.test("what needs the token says so, and what does not works without", async () => {
  await using server = await TestServer.start({ limits: LIMITS });
  const document = await readDocument(server);
  const check = new AnswerCheck(document);
  for (const { path, method, operation } of operationsOf(document)) {
    const target = path.replace("{id}", "1702943456123456789");
    const answer = await server.ask(target, { method, headers: { authorization: "" } });
    check.check(operation, answer);
    assert.equal(answer.status === 401, operation.security === undefined, `${method} ${path}`);
  }
});

Deno.test("bodies of any kind are answered as the document says", async () => {
  await using server = await TestServer.start({ limits: LIMITS });
  const document = await readDocument(server);
  const check = new AnswerCheck(document);
  const { post } = document.paths["/session"];
  const body = fc.oneof(fc.json(), fc.string({ maxLength: 5000 }), fc.constant('{"token":"x"}'));
  const type = fc.constantFrom("application/json", "text/plain", "application/json; charset=utf-8");
  await fc.assert(fc.asyncProperty(body, type, async (text, media) => {
    const headers = { authorization: "", "content-type": media };
    const answer = await server.ask("/session", { method: "POST", headers, body: text });
    check.check(post, answer);
    assert.ok([400, 401, 413, 415].includes(answer.status));
  }));
});

Deno.test("answers that are not as the document says are found", async () => {
  await using server = await TestServer.start();
  const document = await readDocument(server);
  const check = new AnswerCheck(document);
  const operation = document.paths["/stats"].get;
  const answer = await server.ask("/stats");
  check.check(operation, answer);
  const without = answer.text.replace('"subscribers":0,', "");
  assert.throws(() => check.check(operation, { ...answer, text: without }), /subscribers/);
  const more = answer.text.replace('"subscribers":0,', '"subscribers":0,"more":1,');
  assert.throws(() => check.check(operation, { ...answer, text: more }), /more/);
  assert.throws(() => check.check(operation, { ...answer, status: 418 }), /418/);
});

Deno.test("the document is complete and refers to nothing that is not in it", async () => {
  await using server = await TestServer.start();
  const document = await readDocument(server);
  assert.equal(document.openapi, "3.1.0");
  const text = JSON.stringify(document);
  const references = [...text.matchAll(/"\$ref":"#\/components\/schemas\/([^"]+)"/g)];
  assert.ok(references.length > 20);
  for (const [, name] of references) assert.ok(Object.hasOwn(document.components.schemas, name));
  const ids = operationsOf(document).map(({ operation }) => operation.operationId);
  assert.equal(new Set(ids).size, ids.length);
});
