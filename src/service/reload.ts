/**
 * What a reload changes: every key whose effective value differs, and which of them wait for a
 * restart.
 * @module
 */
import { configReference } from "../config/reference.ts";
import type { Config } from "../config/types.ts";
import type { Logger } from "./log.ts";

/** One changed key. */
export interface ConfigChange {
  /** Path of the key as in the file, for example `guardian.anomalies.slow.acceptable_count`. */
  path: string;
  /** Value before. */
  from: string;
  /** Value after. */
  to: string;
  /** True: in force only after a restart. */
  restart: boolean;
}

const MAX_VALUE_CHARS = 120;

let restart_keys: ReadonlySet<string> | null = null;

/** The keys that the schema marks "restart". Made when it is asked for: only a reload needs them. */
export function restartKeys(): ReadonlySet<string> {
  const marked = () => configReference().filter((row) => row.apply === "restart");
  return restart_keys ??= new Set(marked().map((row) => row.key));
}

/** Compares two effective configurations, key by key, in the order of the paths. */
export function compareConfigs(before: Config, after: Config): ConfigChange[] {
  const old_values = flatten(before);
  const new_values = flatten(after);
  const paths = new Set([...old_values.keys(), ...new_values.keys()]);
  const changes: ConfigChange[] = [];
  for (const path of [...paths].sort()) {
    const from = old_values.get(path) ?? "(absent)";
    const to = new_values.get(path) ?? "(absent)";
    if (from === to) continue;
    changes.push({ path, from: cut(from), to: cut(to), restart: restartKeys().has(path) });
  }
  return changes;
}

/** Says how many keys a reload changed, and which of them wait. */
export function tellChanges(changes: readonly ConfigChange[], log: Logger): void {
  log.info("controller", `configuration read again: ${changes.length} keys changed`);
  for (const { path, restart } of changes) {
    if (restart) log.warning("config", `${path} changed: in force after a restart`);
  }
}

/** The new configuration with the keys that wait for a restart still at their old values. */
export function withoutRestartKeys(before: Config, after: Config): Config {
  const effective: Config = structuredClone(after);
  for (const key of restartKeys()) {
    const path = key.split(".");
    const last = path.pop();
    const old_holder = holderOf(before, path);
    const new_holder = holderOf(effective, path);
    if (last !== undefined) new_holder[last] = structuredClone(old_holder[last]);
  }
  return effective;
}

/** The mapping that a path of keys leads to. */
function holderOf(config: Config, path: readonly string[]): Record<string, unknown> {
  let holder = config as unknown as Record<string, unknown>;
  for (const key of path) holder = holder[key] as Record<string, unknown>;
  return holder;
}

function flatten(config: Config): Map<string, string> {
  const values = new Map<string, string>();
  const { source: _source, guardian, ...rest } = config;
  walk("", rest, values);
  for (const { name, ...anomaly } of guardian.anomalies) {
    walk(`guardian.anomalies.${name}`, anomaly, values);
  }
  return values;
}

function walk(path: string, value: unknown, values: Map<string, string>): void {
  if (typeof value === "object" && value !== null && !Array.isArray(value)) {
    for (const [key, inner] of Object.entries(value)) {
      walk(path === "" ? key : `${path}.${key}`, inner, values);
    }
    return;
  }
  values.set(path, JSON.stringify(value) ?? "(absent)");
}

function cut(text: string): string {
  return text.length > MAX_VALUE_CHARS ? text.slice(0, MAX_VALUE_CHARS) + "..." : text;
}
