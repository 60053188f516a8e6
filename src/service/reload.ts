/**
 * What a reload changes: every key whose effective value differs, and which of them wait for a
 * restart.
 * @module
 */
import type { Config } from "../config/types.ts";

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

/** Keys that are fixed once the probe is loaded and the output directory is in use. */
const RESTART_PREFIXES = ["probe.", "aod_output_dir"];
const MAX_VALUE_CHARS = 120;

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
    const restart = RESTART_PREFIXES.some((prefix) => path.startsWith(prefix));
    changes.push({ path, from: cut(from), to: cut(to), restart });
  }
  return changes;
}

/** The new configuration with the keys that wait for a restart still at their old values. */
export function withoutRestartKeys(before: Config, after: Config): Config {
  return { ...after, probe: before.probe, aod_output_dir: before.aod_output_dir };
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
