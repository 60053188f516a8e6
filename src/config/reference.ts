/**
 * The table of all keys, made of the JSON Schema: for docs/configuration.md and `aod config schema`.
 * @module
 */
import { builtinActions } from "./actions.ts";
import { configJsonSchema, type JsonSchema } from "./json_schema.ts";

/** One row of the table. */
export interface ReferenceRow {
  /** `<name>` stands for an anomaly's name, `[]` for an entry of a list. */
  key: string;
  /** Of JSON, and integer. */
  type: string;
  /** "" where there is none. */
  unit: string;
  /** As JSON; "required" for a key that must be there, "" where its absence is the default. */
  default: string;
  /** What is allowed. */
  range: string;
  /** Whether a reload changes it, else "restart". */
  apply: string;
  /** Version that brought it. */
  since: string;
  /** What it does. */
  description: string;
}

/** Every key of the configuration, in the order of the schema. */
export function configReference(): ReferenceRow[] {
  const rows: ReferenceRow[] = [];
  walk(configJsonSchema(), "", rows);
  rows.push(...actionRows());
  return rows;
}

function walk(node: JsonSchema, prefix: string, rows: ReferenceRow[]): void {
  const required = Array.isArray(node.required) ? node.required : [];
  for (const [key, child] of Object.entries(node.properties ?? {})) {
    const path = prefix === "" ? key : `${prefix}.${key}`;
    if (path === "guardian.anomalies") {
      anomalyRows(child.additionalProperties as JsonSchema, `${path}.<name>`, rows);
    } else if (child.properties !== undefined) walk(child, path, rows);
    else rows.push(row(path, child, required.includes(key)));
  }
}

/** Keys that every type has come once; the others say to which type they belong. */
function anomalyRows(union: JsonSchema, prefix: string, rows: ReferenceRow[]): void {
  const types = union.anyOf ?? [];
  const keys = new Set(types.flatMap((t) => Object.keys(t.properties ?? {})));
  for (const key of keys) {
    const holders = types.filter((t) => t.properties?.[key] !== undefined);
    const first = holders[0];
    const node = first.properties?.[key] ?? {};
    const required = Array.isArray(first.required) && first.required.includes(key);
    const own = row(`${prefix}.${key}`, node, required);
    if (key === "type") {
      own.range = types.map((t) => t.properties?.type?.["x-allowed"])
        .map((text) => String(text).replace(" (in any case)", "")).join(", ") + " (in any case)";
      own.description = "What it watches for.";
    } else if (key === "tool") {
      own.range = [...new Set(holders.flatMap((t) => t.properties?.[key]?.enum ?? []))].join(", ");
    } else if (key === "mode") {
      const many = holders.filter((t) => t.properties?.[key]?.enum !== undefined);
      own.description = many.map((t) => `${typeWord(t)}: ${t.properties?.[key]?.description}`)
        .join(" ") + " The other types: all.";
    } else if (holders.length < types.length) {
      own.description = `${holders.map(typeWord).join(", ")}: ${own.description}`;
    }
    own.default += otherDefaults(holders, key, node);
    rows.push(own);
    const entry = node.items?.anyOf?.find((e) => e.properties !== undefined);
    if (entry !== undefined) walk(entry, `${prefix}.${key}[]`, rows);
  }
}

/** Types whose default of a key is another one than the first type's. */
function otherDefaults(holders: readonly JsonSchema[], key: string, first: JsonSchema): string {
  if (first.default === undefined) return "";
  const usual = JSON.stringify(first.default);
  const others = holders.flatMap((type) => {
    const text = JSON.stringify(type.properties?.[key]?.default);
    return text === usual ? [] : [`${typeWord(type)}: ${text}`];
  });
  return others.length === 0 ? "" : ` (${others.join(", ")})`;
}

function typeWord(type: JsonSchema): string {
  return String(type.properties?.type?.["x-allowed"]).replace(" (in any case)", "");
}

/** Parameters of actions, which `watcher.actions` and every anomaly's `actions` share. */
function actionRows(): ReferenceRow[] {
  const defs = configJsonSchema().$defs?.action?.anyOf ?? [];
  const rows: ReferenceRow[] = [];
  for (const key of parameterNames()) {
    // The same key of several actions is one row that lists their defaults.
    const holders = [...builtinActions()].map(([name, action]) => ({
      name,
      fallback: { timeout_sec: action.timeout_sec, max_output_kb: action.max_output_kb }[key] ??
        action.params[key]?.default,
      node: defs.find((d) => d.properties?.name?.const === name)?.properties?.[key],
    })).filter((h) => h.fallback !== undefined);
    const byDefault = Map.groupBy(holders, (h) => JSON.stringify(h.fallback));
    const defaults = [...byDefault].map(([text, same]) =>
      `${text} (${same.map((h) => h.name).join(", ")})`
    );
    const own = row(`actions[].${key}`, holders[0].node ?? {}, false);
    rows.push({ ...own, default: defaults.join(", ") });
  }
  for (const kind of ["command", "file"]) {
    const entry = defs.find((d) => d.properties?.[kind] !== undefined);
    const node = entry?.properties?.[kind];
    if (node !== undefined) rows.push(row(`actions[].${kind}`, node, false));
  }
  return rows;
}

function parameterNames(): Set<string> {
  const own = [...builtinActions().values()].flatMap((a) => Object.keys(a.params));
  return new Set(["timeout_sec", "max_output_kb", ...own]);
}

function row(key: string, node: JsonSchema, required: boolean): ReferenceRow {
  const text = (keyword: string) => String(node[keyword] ?? "");
  return {
    key,
    type: typeOf(node),
    unit: text("x-unit"),
    default: required ? "required" : node.default === undefined ? "" : JSON.stringify(node.default),
    range: rangeOf(node),
    apply: text("x-apply") || "reload",
    since: text("x-since") || "0.1.0",
    description: node.description ?? "",
  };
}

function typeOf(node: JsonSchema): string {
  if (node.type === "array") return "list";
  if (node.type === "number" && node.multipleOf === 1) return "integer";
  return node.type ?? "text";
}

function rangeOf(node: JsonSchema): string {
  if (node.enum !== undefined) return node.enum.join(", ");
  if (node.const !== undefined) return String(node.const);
  const allowed = String(node["x-allowed"] ?? "");
  if (node.minimum !== undefined && node.maximum !== undefined) {
    const range = `${node.minimum} to ${node.maximum}`;
    return allowed.startsWith("a power of two") ? `${range}, power of two` : range;
  }
  return node.type === "boolean" ? "true, false" : allowed;
}
