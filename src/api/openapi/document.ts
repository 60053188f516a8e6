/**
 * The OpenAPI 3.1 document, made of the routes, their parameters and the schemas.
 * @module
 */
import * as z from "zod";
import { AOD_VERSION } from "../../os/build_info.ts";
import { SESSION_COOKIE } from "../auth.ts";
import { PROBLEM_TYPE } from "../problem.ts";
import { type QueryParameter, TEXT_PATTERN } from "../query.ts";
import type { Route } from "../route.ts";
import { type Operation, type OperationAnswer, OPERATIONS } from "./operations.ts";
import { SCHEMAS } from "./schemas.ts";

/** An object of the document. */
export type Json = Record<string, unknown>;

/** Problems of any route, by status. */
const PROBLEMS: Record<number, string> = {
  400: "The request cannot be read; `errors` names each parameter.",
  401: "The token or cookie is missing or wrong.",
  403: "The request comes from another origin.",
  404: "There is no such thing.",
  413: "The body is too long.",
  415: "The body has another media type.",
  421: "The Host header names another server.",
  422: "The configuration has faults; `errors` has a line for each.",
  429: "Too many requests, or too many wrong tokens; see Retry-After.",
  500: "The agent failed; its log says why.",
  503: "Not now.",
};
const ANY = [400, 403, 421, 429, 500];

/**
 * The document.
 * @throws {Error} when a route is not described, or a description has no route
 */
export function openApiDocument(routes: readonly Route[]): Json {
  const paths: Record<string, Json> = {};
  const left = new Set(Object.keys(OPERATIONS));
  for (const route of routes) {
    const key = `${route.method} ${route.path}`;
    const operation = OPERATIONS[key];
    if (!left.delete(key)) throw new Error(`Cannot describe ${key}: because nothing is said of it`);
    const methods = paths[route.path] ??= {};
    methods[route.method.toLowerCase()] = operationObject(route, operation);
  }
  if (left.size > 0) throw new Error(`Cannot describe ${[...left]}: because there is no route`);
  return {
    openapi: "3.1.0",
    info: {
      title: "aod",
      version: AOD_VERSION,
      description: "Host metrics, events, anomalies and evidence bundles of one machine.",
      license: { name: "MIT" },
    },
    servers: [{ url: "/" }],
    security: [{ token: [] }, { cookie: [] }],
    paths,
    components: {
      schemas: componentSchemas(),
      securitySchemes: {
        token: { type: "http", scheme: "bearer", description: "`aod token` prints it." },
        cookie: { type: "apiKey", in: "cookie", name: SESSION_COOKIE },
      },
    },
  };
}

function componentSchemas(): Json {
  return Object.fromEntries(
    Object.entries(SCHEMAS).map(([name, schema]) => {
      const { $schema: _draft, ...json } = z.toJSONSchema(schema, { target: "draft-2020-12" });
      return [name, json];
    }),
  );
}

function operationObject(route: Route, operation: Operation): Json {
  const parameters = [
    ...(route.path.endsWith("/{id}") ? [idParameter()] : []),
    ...route.query.map(queryParameter),
  ];
  const problems = [...ANY, ...(route.access === "token" ? [401] : []), ...operation.problems];
  const responses: Json = {};
  for (const status of problems.sort((a, b) => a - b)) {
    responses[status] = {
      description: PROBLEMS[status],
      content: { [PROBLEM_TYPE]: { schema: reference("Problem") } },
    };
  }
  for (const answer of operation.answers) responses[answer.status] = answerObject(answer);
  return {
    operationId: operation.id,
    summary: operation.summary,
    ...(route.access === "open" ? { security: [] } : {}),
    ...(parameters.length === 0 ? {} : { parameters }),
    ...(operation.body === undefined ? {} : {
      requestBody: {
        required: true,
        content: { "application/json": { schema: reference(operation.body) } },
      },
    }),
    responses,
  };
}

function answerObject({ media, schema, about }: OperationAnswer): Json {
  if (media === null) return { description: about };
  const shape = schema !== null
    ? reference(schema)
    : media === "application/json"
    ? { type: "object" }
    : { type: "string" };
  // Bytes have no schema in OpenAPI 3.1.
  const content = media === "application/zstd" ? {} : { schema: shape };
  return { description: about, content: { [media]: content } };
}

function queryParameter(parameter: QueryParameter): Json {
  const { name, about } = parameter;
  const required = parameter.kind === "text" && parameter.required;
  const schema = parameter.kind === "integer"
    ? {
      type: "integer",
      minimum: parameter.min,
      maximum: parameter.max,
      default: parameter.default,
    }
    : {
      type: "string",
      ...(required ? { minLength: 1 } : {}),
      maxLength: parameter.max_chars,
      pattern: TEXT_PATTERN,
    };
  return { name, in: "query", required, description: about, schema };
}

function idParameter(): Json {
  const schema = { type: "string", pattern: "^[0-9]{19}$" };
  return { name: "id", in: "path", required: true, description: "Of the bundle.", schema };
}

function reference(name: string): Json {
  return { $ref: `#/components/schemas/${name}` };
}
