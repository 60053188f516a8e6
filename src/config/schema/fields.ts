/**
 * Building blocks of the schema. Each carries what the reference, the JSON Schema and the messages
 * say about a key: what is allowed, its unit, whether a reload changes it, since when it is there.
 * @module
 */
import * as z from "zod";

/** What the reference says of a key beside its type and range. */
export interface FieldInfo {
  /** One or two sentences. */
  description: string;
  /** As in "ms". */
  unit?: string;
  /** "reload": takes effect at SIGHUP or `aod reload`; "restart": only at the next start. */
  apply?: "reload" | "restart";
  /** Version that brought the key. */
  since?: string;
}

function meta(info: FieldInfo, allowed: string): Record<string, unknown> {
  return { apply: "reload", since: "0.1.0", ...info, allowed };
}

/**
 * A number within a range; `integer` excludes fractions. Not a number and infinities are refused.
 * @internal
 */
export function number(
  range: { min: number; max: number; integer?: boolean; powerOfTwo?: boolean },
  fallback: number,
  info: FieldInfo,
): z.ZodDefault<z.ZodNumber> {
  const kind = range.powerOfTwo ? "a power of two" : range.integer ? "a whole number" : "a number";
  const allowed = `${kind} from ${range.min} to ${range.max}`;
  let schema = z.number({ error: allowed }).min(range.min, { error: allowed })
    .max(range.max, { error: allowed });
  if (range.integer || range.powerOfTwo) schema = schema.multipleOf(1, { error: allowed });
  if (range.powerOfTwo) {
    schema = schema.refine((n) => Number.isInteger(Math.log2(n)), { error: allowed });
  }
  return schema.default(fallback).meta(meta(info, allowed));
}

/**
 * true or false.
 * @internal
 */
export function flag(fallback: boolean, info: FieldInfo): z.ZodDefault<z.ZodBoolean> {
  return z.boolean({ error: "true or false" }).default(fallback).meta(meta(info, "true or false"));
}

/**
 * One of a few words.
 * @internal
 */
export function choice<const T extends readonly [string, ...string[]]>(
  words: T,
  fallback: T[number],
  info: FieldInfo,
): z.ZodDefault<z.ZodEnum<{ [K in T[number]]: K }>> {
  const allowed = `one of ${words.join(", ")}`;
  const schema = z.enum(words, { error: allowed });
  return schema.default(fallback as z.output<typeof schema> & string).meta(
    meta(info, allowed),
  ) as z.ZodDefault<z.ZodEnum<{ [K in T[number]]: K }>>;
}

/**
 * One of a few words in any case (kept as written; the pattern is what JSON Schema can say).
 * @internal
 */
export function wordInAnyCase(word: string, info: FieldInfo): z.ZodString {
  const allowed = `${word} (in any case)`;
  const pattern = [...word].map((c) => `[${c.toUpperCase()}${c.toLowerCase()}]`).join("");
  return z.string({ error: allowed }).regex(new RegExp(`^${pattern}$`), { error: allowed })
    .meta(meta(info, allowed));
}

/**
 * An absolute path without `..`, of at most PATH_MAX (4096, include/uapi/linux/limits.h) bytes.
 * @internal
 */
export function absolutePath(info: FieldInfo): z.ZodString {
  const allowed = "an absolute path without '..'";
  const pattern = /^\/(?!(.*\/)?\.\.(\/|$))\P{Cc}*$/u;
  return z.string({ error: allowed }).max(4000, { error: allowed }).regex(pattern, {
    error: allowed,
  }).meta(meta(info, allowed));
}

/**
 * A list; entries are checked one by one where their rules need more than a type.
 * @internal
 */
export function list<T extends z.ZodType>(
  entry: T,
  max: number,
  allowed: string,
  info: FieldInfo,
): z.ZodArray<T> {
  const text = `a list of ${allowed}, at most ${max}`;
  return z.array(entry, { error: text }).max(max, { error: text }).meta(meta(info, text));
}
