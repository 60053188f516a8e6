/**
 * Checks a value against a schema and says what is wrong in words: what was found, what is allowed.
 * @module
 */
import * as z from "zod";
import { type ConfigPath, type Diagnostics, quote } from "./diagnostics.ts";
import { didYouMean } from "./suggest.ts";

/** The value as a message shows it. */
export function show(value: unknown): string {
  if (value === null) return "nothing";
  if (typeof value === "string") return `the text ${quote(value)}`;
  if (Array.isArray(value)) return value.length === 0 ? "an empty list" : "a list";
  if (typeof value === "object") return "a mapping";
  return String(value);
}

/**
 * The schema's output, or undefined after all faults are reported.
 *
 * @param elsewhere Keys that exist, but not here, with the place where they belong.
 * @internal
 */
export function validate<T extends z.ZodType>(
  schema: T,
  value: unknown,
  path: ConfigPath,
  diagnostics: Diagnostics,
  elsewhere: Readonly<Record<string, string>> = {},
): z.output<T> | undefined {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  const keys = schema instanceof z.ZodObject ? Object.keys(schema.shape) : [];
  const seen = new Set<string>();
  for (const issue of result.error.issues) {
    reportIssue(issue, value, path, diagnostics, { schema, keys, elsewhere, seen });
  }
  return undefined;
}

interface Context {
  schema: z.ZodType;
  keys: string[];
  elsewhere: Readonly<Record<string, string>>;
  /** Places already reported: one fault a place is enough (a fraction out of range is two). */
  seen: Set<string>;
}

function reportIssue(
  issue: z.core.$ZodIssue,
  root: unknown,
  base: ConfigPath,
  diagnostics: Diagnostics,
  context: Context,
): void {
  const relative = issue.path.map((part) => typeof part === "symbol" ? String(part) : part);
  const path = [...base, ...relative];
  if (issue.code === "unrecognized_keys") {
    const known = relative.length === 0 ? context.keys : keysAt(context.schema, relative);
    for (const key of issue.keys) {
      const home = Object.hasOwn(context.elsewhere, key) ? context.elsewhere[key] : undefined;
      const hint = home === undefined
        ? didYouMean(key, known) || allowedKeys(known)
        : `; it belongs to ${home}`;
      diagnostics.error([...path, key], `unknown key ${quote(key)}${hint}`, "key");
    }
    return;
  }
  const place = JSON.stringify(path);
  if (context.seen.has(place)) return;
  context.seen.add(place);
  if (issue.code === "invalid_union") {
    // The branch that fits the kind of value knows best what is wrong with it.
    const branch = issue.errors.find((issues) =>
      issues.length > 0 && issues.every((i) => i.path.length > 0 || i.code === "unrecognized_keys")
    );
    if (branch !== undefined) {
      const inner = { ...context, keys: [], seen: new Set<string>() };
      for (const i of branch) {
        const nested = { ...i, path: [...relative, ...i.path] };
        reportIssue(nested, root, base, diagnostics, inner);
      }
      return;
    }
  }
  const value = relative.reduce<unknown>(
    (v, part) =>
      v !== null && typeof v === "object"
        ? (v as Record<string | number, unknown>)[part]
        : undefined,
    root,
  );
  if (value === undefined) {
    diagnostics.error(path, `missing; needed: ${issue.message}`, "key");
  } else {
    diagnostics.error(path, `expected ${issue.message}, found ${show(value)}`);
  }
}

function allowedKeys(known: string[]): string {
  return known.length === 0 ? "" : `; allowed: ${known.join(", ")}`;
}

/** Keys of the object schema at a path, wrappers (default, optional, list, union) taken off. */
function keysAt(schema: z.ZodType, path: readonly (string | number)[]): string[] {
  let here: unknown = schema;
  for (const part of path) {
    here = unwrap(here);
    if (here instanceof z.ZodObject) here = here.shape[String(part)];
    else if (here instanceof z.ZodArray) here = here.element;
    else return [];
  }
  here = unwrap(here);
  return here instanceof z.ZodObject ? Object.keys(here.shape) : [];
}

function unwrap(schema: unknown): unknown {
  let here = schema;
  while (
    here instanceof z.ZodDefault || here instanceof z.ZodPrefault || here instanceof z.ZodOptional
  ) {
    here = here.unwrap();
  }
  if (here instanceof z.ZodUnion) return here.options.find((o) => o instanceof z.ZodObject);
  return here;
}
