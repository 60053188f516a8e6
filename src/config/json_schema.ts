/**
 * The configuration's JSON Schema, made of the schema itself.
 * @module
 */
import * as z from "zod";
import { PLATFORM_SECTIONS } from "./platform.ts";
import { fullSchema } from "./schema/root.ts";

/** A node of the JSON Schema, as far as this program reads it. */
export interface JsonSchema {
  /** Type of the value. */
  type?: string;
  /** What it is for. */
  description?: string;
  /** What its absence means. */
  default?: unknown;
  /** Least number. */
  minimum?: number;
  /** Largest number. */
  maximum?: number;
  /** All values. */
  enum?: unknown[];
  /** The only value. */
  const?: unknown;
  /** Keys of an object. */
  properties?: Record<string, JsonSchema>;
  /** Other keys of an object. */
  additionalProperties?: JsonSchema | boolean;
  /** Entries of a list. */
  items?: JsonSchema;
  /** Alternatives. */
  anyOf?: JsonSchema[];
  /** A definition elsewhere. */
  $ref?: string;
  /** Definitions. */
  $defs?: Record<string, JsonSchema>;
  /** Whatever else, ours among them (`x-unit`, `x-apply`, `x-since`, `x-allowed`). */
  [keyword: string]: unknown;
}

/** Keywords of ours, by what the schema calls them. */
const OWN_KEYWORDS = { unit: "x-unit", apply: "x-apply", since: "x-since", allowed: "x-allowed" };

/** JSON Schema (draft 2020-12) of the file. What needs more than a form (names, modes) is not in it. */
export function configJsonSchema(): JsonSchema {
  const schema = z.toJSONSchema(fullSchema(), {
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
  const { required: _guardian, ...rest } = schema as JsonSchema;
  return { title: "Configuration of aod", ...rest, anyOf: whatIsNeeded() };
}

/** `guardian`, or sections of the platform and no word of SMB: see `withGuardian` in load.ts. */
function whatIsNeeded(): JsonSchema[] {
  return [
    { required: ["guardian"] },
    {
      not: { required: ["watcher"] },
      anyOf: PLATFORM_SECTIONS.map((section) => ({ required: [section] })),
    },
  ];
}
