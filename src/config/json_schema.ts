/**
 * The configuration's JSON Schema, made of the schema itself.
 * @module
 */
import * as z from "zod";
import { fullSchema } from "./schema/root.ts";

/** A node of the JSON Schema, as far as this program reads it. */
export interface JsonSchema {
  type?: string;
  description?: string;
  default?: unknown;
  minimum?: number;
  maximum?: number;
  enum?: unknown[];
  const?: unknown;
  properties?: Record<string, JsonSchema>;
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  $ref?: string;
  $defs?: Record<string, JsonSchema>;
  [keyword: string]: unknown;
}

/** Keywords of ours, by what the schema calls them. */
const OWN_KEYWORDS = { unit: "x-unit", apply: "x-apply", since: "x-since", allowed: "x-allowed" };

/** JSON Schema (draft 2020-12) of the file. What needs more than a form (names, modes) is not in it. */
export function configJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(fullSchema, {
    io: "input",
    unrepresentable: "any",
    override: ({ jsonSchema }) => {
      const node = jsonSchema as Record<string, unknown>;
      for (const [from, to] of Object.entries(OWN_KEYWORDS)) {
        if (node[from] === undefined) continue;
        node[to] = node[from];
        delete node[from];
      }
    },
  });
  return { title: "Configuration of aod", ...schema as JsonSchema };
}
