/**
 * A client that knows nothing but an OpenAPI document: it makes requests from the parameters'
 * schemas and holds every answer against what the document says of it.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import * as z from "zod";
import type { Answer } from "./server.ts";

/** The parts of JSON Schema that parameters use. */
interface ParameterSchema {
  type: "integer" | "string";
  minimum?: number;
  maximum?: number;
  minLength?: number;
  maxLength?: number;
  pattern?: string;
}

interface Parameter {
  name: string;
  in: "query" | "path";
  required: boolean;
  schema: ParameterSchema;
}

interface Media {
  schema?: unknown;
}

/** One operation of the document. */
export interface DocumentedOperation {
  operationId: string;
  security?: unknown[];
  parameters?: Parameter[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, { content?: Record<string, Media> }>;
}

/** An OpenAPI 3.1 document. */
export interface OpenApiDocument {
  openapi: string;
  paths: Record<string, Record<string, DocumentedOperation>>;
  components: { schemas: Record<string, unknown> };
}

/** Values by the names of parameters. */
export type Values = Record<string, string>;

/** Parameters as the document wants them. */
export function goodValues({ parameters = [] }: DocumentedOperation): fc.Arbitrary<Values> {
  const entries = parameters.map((one): [string, fc.Arbitrary<string | undefined>] => {
    const values = goodValue(one.schema);
    return [one.name, one.required ? values : fc.option(values, { nil: undefined })];
  });
  return fc.record(Object.fromEntries(entries)).map((made) =>
    Object.fromEntries(
      Object.entries(made).filter((entry): entry is [string, string] => entry[1] !== undefined),
    )
  );
}

function goodValue(schema: ParameterSchema): fc.Arbitrary<string> {
  if (schema.type === "integer") {
    return fc.integer({ min: schema.minimum, max: schema.maximum }).map(String);
  }
  if (schema.pattern === "^[0-9]{19}$") return fc.stringMatching(/^[0-9]{19}$/);
  assert.equal(schema.pattern, "^\\P{Cc}*$");
  const bounds = { minLength: schema.minLength ?? 0, maxLength: schema.maxLength };
  const any = fc.string({ unit: "binary", ...bounds })
    .map((text) => text.replace(/\p{Cc}/gu, "x"));
  const longest = "\u{10000}".repeat(schema.maxLength ?? 0);
  return fc.oneof(any, fc.constantFrom("cpu.total", "syscall", "anomaly", longest));
}

/** Query parameters of which one at least is not as the document wants it, and its name. */
export function badValues(operation: DocumentedOperation): fc.Arbitrary<[Values, string]> {
  const wrong = (operation.parameters ?? []).filter((one) => one.in === "query").map((one) => {
    const values = one.schema.type === "integer"
      ? fc.oneof(
        fc.integer({ max: (one.schema.minimum ?? 0) - 1 }).map(String),
        fc.integer({ min: (one.schema.maximum ?? 0) + 1 }).map(String),
        fc.constantFrom("", "x", "1.5", "1e1", "0x1", "٣"),
      )
      : fc.constantFrom("a\u0000", "\n", "x".repeat((one.schema.maxLength ?? 0) + 1));
    return values.map((value): [string, string] => [one.name, value]);
  });
  const unknown = fc.constantFrom("limt", "__proto__", "x[]")
    .map((name): [string, string] => [name, "1"]);
  return fc.tuple(goodValues(operation), fc.oneof(unknown, ...wrong))
    .map((
      [good, [name, value]],
    ) => [Object.fromEntries([...Object.entries(good), [name, value]]), name]);
}

/** The request target for values. */
export function targetOf(path: string, operation: DocumentedOperation, values: Values): string {
  const inPath = (operation.parameters ?? []).filter((one) => one.in === "path");
  const names = new Set(inPath.map(({ name }) => name));
  const filled = inPath.reduce((done, { name }) => done.replace(`{${name}}`, values[name]), path);
  const query = new URLSearchParams(Object.entries(values).filter(([name]) => !names.has(name)));
  return query.size === 0 ? filled : `${filled}?${query}`;
}

/** Holds answers against a document. */
export class AnswerCheck {
  readonly #document: OpenApiDocument;
  readonly #schemas = new Map<string, z.ZodType>();

  constructor(document: OpenApiDocument) {
    this.#document = document;
  }

  /** @throws {AssertionError} where the answer is none that the document has */
  check(operation: DocumentedOperation, { status, headers, text }: Answer): void {
    const documented = operation.responses[status];
    assert.ok(documented, `${operation.operationId}: ${status} is not in the document: ${text}`);
    if (documented.content === undefined) return assert.equal(text, "");
    const [type] = String(headers["content-type"]).split(";");
    const media = documented.content[type];
    assert.ok(media, `${operation.operationId}: ${status} has another type: ${type}`);
    if (!type.endsWith("json")) return;
    const parsed = this.#schema(media.schema).safeParse(JSON.parse(text));
    assert.ok(parsed.success, `${operation.operationId}: ${parsed.error}: ${text.slice(0, 500)}`);
  }

  /** A schema of the document, references included. */
  #schema(schema: unknown): z.ZodType {
    const key = JSON.stringify(schema);
    let made = this.#schemas.get(key);
    if (made === undefined) {
      const whole = { ...schema as object, $defs: this.#document.components.schemas };
      const text = JSON.stringify(whole).replaceAll("#/components/schemas/", "#/$defs/");
      made = z.fromJSONSchema(JSON.parse(text));
      this.#schemas.set(key, made);
    }
    return made;
  }
}
