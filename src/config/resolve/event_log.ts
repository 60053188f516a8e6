/**
 * `event_log`: names become event types, the output its path; what contradicts itself is a fault.
 * @module
 */
import { join, normalize } from "node:path";
import type * as z from "zod";
import { type ConfigPath, type Diagnostics, quote } from "../diagnostics.ts";
import type { EventLogConfig } from "../event_log.ts";
import { ALL_LOG_EVENTS, LOG_CATEGORY_NAMES, logEventsOf } from "../names/log_events.ts";
import type { eventLog } from "../schema/event_log.ts";
import { didYouMean } from "../suggest.ts";

/** Directories and files of others below `aod_output_dir`. */
const TAKEN = ["batches", "audit.jsonl"];

/**
 * The effective section; faults are reported.
 * @param aod_output_dir normalised
 * @param min_free_mb of `cleanup`
 * @internal
 */
export function resolveEventLog(
  input: z.output<typeof eventLog>,
  { aod_output_dir, min_free_mb }: { aod_output_dir: string; min_free_mb: number },
  diagnostics: Diagnostics,
): EventLogConfig {
  const { types: _types, exclude: _exclude, filters, output: given, ...rest } = input;
  const path = ["event_log"];
  const { pid, follow_children, uid = null, comm = null, cgroup = null } = filters;
  if (follow_children && pid.length === 0) {
    const where = [...path, "filters", "follow_children"];
    diagnostics.error(where, "follow_children needs processes in pid", "key");
  }
  const output = given === undefined ? null : normalize(given);
  if (output !== null) checkOutput(output, aod_output_dir, [...path, "output"], diagnostics);
  if (input.enabled && input.min_free_mb < min_free_mb) {
    diagnostics.warning(
      [...path, "min_free_mb"],
      `less than cleanup.min_free_mb ${min_free_mb}: the log may take the bundles' room`,
    );
  }
  if (input.enabled && input.rotate_mb === 0 && input.rotate_sec === 0) {
    diagnostics.warning(path, "nothing is rotated: the file grows up to min_free_mb", "key");
  }
  return {
    ...rest,
    types: resolveTypes(input, path, diagnostics),
    filters: {
      pid: [...new Set(pid)],
      follow_children,
      uid,
      comm,
      cgroup: cgroup === null ? null : normalize(cgroup),
      path_prefix: filters.path_prefix ?? null,
    },
    output,
  };
}

function resolveTypes(
  { types, exclude, enabled }: z.output<typeof eventLog>,
  path: ConfigPath,
  diagnostics: Diagnostics,
): string[] {
  const before = diagnostics.errors;
  const wanted = new Set<string>();
  const lookUp = (key: "types" | "exclude", list: readonly string[]) =>
    list.flatMap((word, i) => {
      const found = logEventsOf(word);
      if (found.length === 0) diagnostics.error([...path, key, i], unknown(word));
      return found;
    });
  for (const type of lookUp("types", types)) wanted.add(type);
  for (const type of lookUp("exclude", exclude)) wanted.delete(type);
  if (wanted.size === 0 && enabled && diagnostics.errors === before) {
    diagnostics.error(path, "it is enabled and logs nothing: see types and exclude", "key");
  }
  return ALL_LOG_EVENTS.filter((type) => wanted.has(type));
}

function unknown(word: string): string {
  const hint = didYouMean(word.toLowerCase(), ["all", ...LOG_CATEGORY_NAMES, ...ALL_LOG_EVENTS]);
  return `unknown event type ${quote(word)}${
    hint || `; allowed: all, ${LOG_CATEGORY_NAMES.join(", ")} or event types (aod trace -l)`
  }`;
}

/** The log writes and deletes beside its output: not where others do. */
function checkOutput(
  output: string,
  aod_output_dir: string,
  path: ConfigPath,
  diagnostics: Diagnostics,
): void {
  const refuse = (why: string) => diagnostics.error(path, `expected the path of a file: ${why}`);
  if (output.endsWith("/") || output === aod_output_dir) return refuse("this is a directory");
  for (const taken of TAKEN.map((name) => join(aod_output_dir, name))) {
    const inside = output.startsWith(`${taken}/`);
    if (inside || output === taken || output.startsWith(`${taken}.`)) {
      return refuse(`${taken} has another use`);
    }
  }
}
