/**
 * `guardian.anomalies`: every anomaly by the schema of its type.
 * @module
 */
import * as z from "zod";
import { type ConfigPath, type Diagnostics, quote } from "../diagnostics.ts";
import { type AnomalyKind, anomalyKinds } from "../anomaly_kinds.ts";
import { defaultsOf, type ParameterValues } from "../parameter.ts";
import {
  anomalySchema,
  type CommonInput,
  type error,
  type latency,
  TOOLS,
} from "../schema/anomalies.ts";
import type { metric } from "../schema/metric.ts";
import { didYouMean } from "../suggest.ts";
import type { ActionSpec, AnomalyConfig } from "../types.ts";
import { show, validate } from "../validate.ts";
import type { ActionLibrary } from "./actions.ts";
import { resolveError } from "./error.ts";
import { resolveLatency } from "./latency.ts";
import { resolveMetric } from "./metric.ts";
import { PLACEHOLDER } from "./names.ts";

const MAX_ANOMALIES = 64;
const MAX_ACTIONS = 64;
/** The kernel side holds 4096, benign codes included (smb_codes in bpf/lib/smb_maps.h). */
const MAX_CODES = 4000;

/** Actions are resolved on their own: what one may hold depends on its name. */
const manyActions = `a list of actions, at least one and at most ${MAX_ACTIONS}`;
const actions = z.array(z.unknown(), { error: manyActions })
  .min(1, { error: manyActions }).max(MAX_ACTIONS, { error: manyActions });

function inputOf(kind: AnomalyKind): z.ZodObject {
  return anomalySchema(kind).extend({ actions });
}

/** Keys of the other types, for "it belongs to". */
function elsewhere(own: z.ZodObject): Record<string, string> {
  const homes: Record<string, string> = {};
  for (const other of anomalyKinds().values()) {
    for (const key of Object.keys(anomalySchema(other).shape)) {
      if (!(key in own.shape)) homes[key] = `anomalies of type ${other.word}`;
    }
  }
  return homes;
}

/** The anomalies without fault; all faults are reported. */
export function resolveAnomalies(
  input: Record<string, unknown>,
  library: ActionLibrary,
  diagnostics: Diagnostics,
): AnomalyConfig[] {
  const path = ["guardian", "anomalies"];
  const names = Object.keys(input);
  if (names.length === 0) diagnostics.error(path, "at least one anomaly is needed", "key");
  if (names.length > MAX_ANOMALIES) {
    diagnostics.error(path, `at most ${MAX_ANOMALIES} anomalies are allowed`, "key");
    return [];
  }
  const found: AnomalyConfig[] = [];
  for (const name of names) {
    const anomaly = resolveAnomaly(name, input[name], [...path, name], library, diagnostics);
    if (anomaly !== undefined) found.push(anomaly);
  }
  refuseTooManyCodes(found, path, diagnostics);
  return found;
}

function refuseTooManyCodes(
  anomalies: readonly AnomalyConfig[],
  path: ConfigPath,
  diagnostics: Diagnostics,
): void {
  const codes = anomalies.flatMap((a) =>
    a.type === "error" ? [...a.track_codes, ...a.exclude_codes] : []
  );
  const count = new Set(codes.map((c) => c.name)).size;
  if (count > MAX_CODES) {
    const message = `at most ${MAX_CODES} codes over all anomalies are allowed, found ${count}`;
    diagnostics.error(path, message, "key");
  }
}

function resolveAnomaly(
  name: string,
  value: unknown,
  path: ConfigPath,
  library: ActionLibrary,
  diagnostics: Diagnostics,
): AnomalyConfig | undefined {
  if (!/^[A-Za-z0-9_.-]{1,64}$/.test(name)) {
    const allowed = "letters, digits, '_', '.' and '-', at most 64";
    diagnostics.error(path, `expected a name of ${allowed}, found ${quote(name)}`, "key");
  } else if (name === "snapshot") {
    diagnostics.error(path, "this name is that of bundles a person asks for", "key");
  }
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    diagnostics.error(path, `expected a mapping with type, tool and actions, found ${show(value)}`);
    return undefined;
  }
  const kind = resolveKind(value, path, diagnostics);
  if (kind === undefined) return undefined;
  const before = diagnostics.errors;
  const tool = resolveTool(value, kind, path, diagnostics);
  const rest = tool === undefined ? { ...value, tool: TOOLS[kind.tool][0] } : value;
  const list: unknown = "actions" in value ? value.actions : undefined;
  const entries = Array.isArray(list) ? list.slice(0, MAX_ACTIONS) : [];
  const actions = library.resolve(entries, [...path, "actions"], diagnostics);
  const schema = inputOf(kind);
  const checked = validate(schema, rest, path, diagnostics, elsewhere(schema));
  // With faults, the rules are still applied to what is left, so that all faults come at once.
  const input = checked ?? salvage(schema, rest);
  if (input === undefined) return undefined;
  const anomaly = build(name, kind, input, actions, path, diagnostics, checked === undefined);
  return diagnostics.errors === before ? anomaly : undefined;
}

/** The effective anomaly; `input` is what the schema of its kind made of the file. */
function build(
  name: string,
  kind: AnomalyKind,
  input: Record<string, unknown>,
  actions: ActionSpec[],
  path: ConfigPath,
  diagnostics: Diagnostics,
  partial: boolean,
): AnomalyConfig {
  const { acceptable_count, cooldown_sec, group_by, mode } = input as unknown as CommonInput;
  const { tool, type } = kind;
  const base = { name, tool, mode, acceptable_count, cooldown_sec, group_by, actions };
  if (type === "latency") {
    const own = input as z.output<typeof latency>;
    return { ...base, type, ...resolveLatency(own, path, diagnostics, partial) };
  }
  if (type === "error") {
    const own = input as z.output<typeof error>;
    return { ...base, type, ...resolveError(own, path, diagnostics, partial) };
  }
  if (type === "metric") {
    const own = input as z.output<typeof metric>;
    return { ...base, type, ...resolveMetric(own, path, diagnostics) };
  }
  const keys = Object.keys(kind.params).filter((key) => input[key] !== undefined);
  if (Object.keys(kind.params).length === 0) return { ...base, type };
  const given = Object.fromEntries(keys.map((key) => [key, input[key]])) as ParameterValues;
  return { ...base, type, params: { ...defaultsOf(kind.params), ...given } };
}

/**
 * The value without what is at fault: keys go, entries of lists become placeholders
 * so that the others keep their places.
 */
function salvage<T extends z.ZodType>(schema: T, value: object): z.output<T> | undefined {
  const rest: Record<string, unknown> = { ...value };
  for (const issue of schema.safeParse(value).error?.issues ?? []) {
    const [key, index] = issue.path;
    if (issue.code === "unrecognized_keys" && key === undefined) {
      for (const unknown of issue.keys) delete rest[unknown];
    } else if (typeof key === "string") {
      const list = rest[key];
      if (typeof index === "number" && Array.isArray(list)) {
        rest[key] = list.map((entry, i) => i === index ? PLACEHOLDER : entry);
      } else delete rest[key];
    }
  }
  // Actions are checked on their own; the schema only wants some to be there.
  return schema.safeParse({ ...rest, actions: [PLACEHOLDER] }).data;
}

function resolveKind(
  value: object,
  path: ConfigPath,
  diagnostics: Diagnostics,
): AnomalyKind | undefined {
  const given: unknown = "type" in value ? value.type : undefined;
  const words = [...anomalyKinds().values()].map((kind) => kind.word);
  const allowed = `one of ${words.join(", ")} (in any case)`;
  if (given === undefined) {
    diagnostics.error([...path, "type"], `missing; needed: ${allowed}`, "key");
    return undefined;
  }
  const kind = typeof given === "string" ? anomalyKinds().get(given.toLowerCase()) : undefined;
  if (kind === undefined) {
    const hint = typeof given === "string" ? didYouMean(given, words) : "";
    diagnostics.error([...path, "type"], `expected ${allowed}, found ${show(given)}${hint}`);
  }
  return kind;
}

/** A tool that exists but feeds another type gets a message of its own; undefined after a fault. */
function resolveTool(
  value: object,
  kind: AnomalyKind,
  path: ConfigPath,
  diagnostics: Diagnostics,
): string | undefined {
  const given: unknown = "tool" in value ? value.tool : undefined;
  const allowed: readonly string[] = TOOLS[kind.tool];
  if (given === undefined) {
    if (kind.tool === "collectors") return kind.tool; // there is no choice of probes
    diagnostics.error([...path, "tool"], `missing; needed: ${allowed.join(" or ")}`, "key");
    return undefined;
  }
  if (typeof given === "string" && allowed.includes(given)) return given;
  const hint = typeof given === "string" ? didYouMean(given, allowed) : "";
  diagnostics.error(
    [...path, "tool"],
    `type ${kind.word} needs the tool ${allowed.join(" or ")}, found ${show(given)}${hint}`,
  );
  return undefined;
}
