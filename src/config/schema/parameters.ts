/**
 * The schema of keys that are described as data.
 * @module
 */
import * as z from "zod";
import type { Parameter } from "../parameter.ts";

/**
 * One optional field per parameter; who reads them fills the defaults in.
 * @internal
 */
export function parameters(all: Readonly<Record<string, Parameter>>): Record<string, z.ZodType> {
  return Object.fromEntries(Object.entries(all).map(([key, p]) => [key, parameter(p)]));
}

function parameter(p: Parameter): z.ZodType {
  return field(p).optional().meta({
    description: p.description,
    unit: p.unit,
    allowed: p.allowed,
    apply: "reload",
    since: "0.1.0",
  });
}

function field(p: Parameter): z.ZodType {
  if (typeof p.default === "boolean") return z.boolean({ error: "true or false" });
  if (typeof p.default === "string") {
    return z.string({ error: p.allowed }).regex(p.pattern ?? /^$/, { error: p.allowed });
  }
  const { min = 0, max = Number.MAX_SAFE_INTEGER } = p;
  const allowed = { error: `a whole number from ${min} to ${max}` };
  return z.number(allowed).int(allowed).min(min, allowed).max(max, allowed);
}
