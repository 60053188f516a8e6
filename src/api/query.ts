/**
 * Query parameters: declared as data, checked strictly, and told about in problem details. The same
 * declarations are in the OpenAPI document.
 * @module
 */
import { Problem } from "./problem.ts";

/** A parameter of a route. */
export type QueryParameter =
  | {
    /** As in the query string. */
    name: string;
    /** Decimal digits only. */
    kind: "integer";
    /** Smallest allowed. */
    min: number;
    /** Largest allowed. */
    max: number;
    /** Where it is left out. */
    default: number;
    /** One sentence. */
    about: string;
  }
  | {
    /** As in the query string. */
    name: string;
    /** Characters without control characters. */
    kind: "text";
    /** Longest allowed, in code points. */
    max_chars: number;
    /** Refused without it. */
    required: boolean;
    /** One sentence. */
    about: string;
  };

/** `limit` of the paths that list what there is, the newest first. */
export const LIMIT: QueryParameter = {
  name: "limit",
  kind: "integer",
  min: 1,
  max: 1000,
  default: 100,
  about: "How many at most, the newest first.",
};

/** The checked values. */
export class QueryValues {
  readonly #values: ReadonlyMap<string, string | number>;

  /** The values by name. */
  constructor(values: ReadonlyMap<string, string | number>) {
    this.#values = values;
  }

  /** Value of an integer parameter. */
  integer(name: string): number {
    const value = this.#values.get(name);
    if (typeof value !== "number") throw new Error(`Cannot read ${name}: because it is no number`);
    return value;
  }

  /** Value of a text parameter; null where it was left out. */
  text(name: string): string | null {
    const value = this.#values.get(name);
    return typeof value === "string" ? value : null;
  }
}

/** What a text parameter may be, as in the OpenAPI document. */
export const TEXT_PATTERN = "^\\P{Cc}*$";

const TEXT = new RegExp(TEXT_PATTERN, "u");
const DIGITS = /^[0-9]{1,15}$/;

/**
 * Checks a query string.
 * @param search what follows the question mark
 * @throws {Problem} 400 that names every fault
 */
export function readQuery(search: string, parameters: readonly QueryParameter[]): QueryValues {
  const given = new URLSearchParams(search);
  const values = new Map<string, string | number>();
  const errors: { parameter: string; detail: string }[] = [];
  for (const parameter of parameters) {
    const { name } = parameter;
    const found = given.getAll(name);
    const checked = found.length > 1 ? "it is given more than once" : check(parameter, found[0]);
    if (typeof checked === "string") errors.push({ parameter: name, detail: checked });
    else if (checked !== null) values.set(name, checked.value);
  }
  const known = parameters.map(({ name }) => name);
  for (const name of new Set(given.keys())) {
    if (known.includes(name)) continue;
    const allowed = known.length === 0 ? "there are none here" : `known are ${known.join(", ")}`;
    errors.push({ parameter: cut(name), detail: `it is not known; ${allowed}` });
  }
  if (errors.length > 0) {
    const lines = errors.map(({ parameter, detail }) => `${parameter}: ${detail}`);
    throw new Problem(400, `Cannot read the query: ${lines.join("; ")}`, {}, { errors });
  }
  return new QueryValues(values);
}

/** What is wrong, the value, or null for a parameter that was left out. */
function check(
  parameter: QueryParameter,
  text: string | undefined,
): string | { value: string | number } | null {
  if (parameter.kind === "integer") {
    if (text === undefined) return { value: parameter.default };
    const { min, max } = parameter;
    const value = DIGITS.test(text) ? Number(text) : NaN;
    if (value >= min && value <= max) return { value };
    return `${JSON.stringify(cut(text))} is not a whole number from ${min} to ${max}`;
  }
  if (text === undefined || text === "") return parameter.required ? "it is missing" : null;
  if ([...text].length > parameter.max_chars) return `it is over ${parameter.max_chars} characters`;
  return TEXT.test(text) ? { value: text } : "it has control characters";
}

function cut(text: string): string {
  return text.length > 40 ? `${text.slice(0, 40)}...` : text;
}
