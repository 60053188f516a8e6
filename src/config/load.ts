/**
 * Loads and checks a configuration: all faults at once, each with its place.
 * @module
 */
import { closeSync, constants, fstatSync, openSync, readSync } from "node:fs";
import { normalize } from "node:path";
import { assetText } from "../os/assets.ts";
import { reasonOf } from "../os/reason.ts";
import { ConfigError, type Diagnostic, Diagnostics } from "./diagnostics.ts";
import { MAX_CONFIG_BYTES, readDocument } from "./document.ts";
import { PLATFORM_SECTIONS } from "./platform.ts";
import { ActionLibrary } from "./resolve/actions.ts";
import { resolveAnomalies } from "./resolve/anomalies.ts";
import { resolveEventLog } from "./resolve/event_log.ts";
import { refuseUnfed } from "./resolve/metric.ts";
import { resolvePlatform } from "./resolve/platform.ts";
import { outerSchema } from "./schema/root.ts";
import type { ActionSpec, AnomalyConfig, Config } from "./types.ts";
import { validate } from "./validate.ts";

export { ConfigError, type Diagnostic, formatDiagnostic } from "./diagnostics.ts";

/** A configuration that can run, and what is odd about it. */
export interface LoadedConfig {
  /** Every default filled in, every name resolved. */
  config: Config;
  /** In the order of the file. */
  warnings: Diagnostic[];
}

/** What `source` says for the default that is in the binary. */
export const EMBEDDED = "embedded default";

/**
 * The configuration of a file, or the embedded default for null.
 *
 * A symbolic link is followed: below /etc that is usual, and who may write there may as well write
 * the file. What it leads to must be a regular file of at most 256 KiB.
 *
 * @throws {ConfigError} the file cannot be read, or is at fault.
 */
export function loadConfig(path: string | null): LoadedConfig {
  if (path === null) return parseConfig(assetText("aod.yaml"), EMBEDDED);
  const { text, mode } = readConfigFile(path);
  const loaded = parseConfig(text, path);
  // S_IWOTH, include/uapi/linux/stat.h
  if ((mode & 0o002) !== 0) {
    const message = "everybody may write this file, and what its actions run, runs as root";
    const here = { file: path, line: 1, column: 1, path: "" };
    loaded.warnings.unshift({ severity: "warning", ...here, message });
  }
  return loaded;
}

/**
 * The same from text (YAML 1.2, of which JSON is a part). `source` names it in messages.
 *
 * @throws {ConfigError}
 */
export function parseConfig(text: string, source: string): LoadedConfig {
  const document = readDocument(text.replace(/^\uFEFF/, ""), source);
  const diagnostics = new Diagnostics(source, document.locate);
  const config = resolve(withGuardian(document.value), source, diagnostics);
  const list = diagnostics.list();
  if (config === undefined || diagnostics.errors > 0) throw new ConfigError(list);
  return { config, warnings: list };
}

function resolve(value: unknown, source: string, diagnostics: Diagnostics): Config | undefined {
  const outer = validate(outerSchema, value, [], diagnostics);
  // Faults of the outer sections hide none of the anomalies': those are checked all the same.
  const inner = outer ?? {
    watcher: { actions: list(at(value, "watcher", "actions")) },
    guardian: { anomalies: mapping(at(value, "guardian", "anomalies")) },
  };
  const library = new ActionLibrary(inner.watcher?.actions, diagnostics);
  const anomalies = inner.guardian.anomalies === undefined
    ? []
    : resolveAnomalies(inner.guardian.anomalies, library, diagnostics);
  if (outer === undefined) return undefined;
  const aod_output_dir = normalize(outer.aod_output_dir);
  const { min_free_mb } = outer.cleanup;
  const platform = resolvePlatform(outer, diagnostics);
  refuseUnfed(anomalies, platform, diagnostics);
  return {
    source,
    watch_interval_sec: outer.watch_interval_sec,
    aod_output_dir,
    guardian: { anomalies },
    watcher: { actions: library.actions ?? unionOfActions(anomalies) },
    cleanup: outer.cleanup,
    audit: outer.audit,
    probe: outer.probe,
    collector: outer.collector,
    event_log: resolveEventLog(
      outer.event_log,
      { aod_output_dir, min_free_mb },
      diagnostics,
    ),
    ...platform,
  };
}

/**
 * A file that is about the platform and says nothing of SMB leaves that as the embedded default has
 * it: what such a file of the system that this one replaces means.
 */
function withGuardian(value: unknown): unknown {
  const file = mapping(value);
  if (file === undefined || "guardian" in file || "watcher" in file) return value;
  if (!PLATFORM_SECTIONS.some((section) => section in file)) return value;
  const { guardian, watcher } = mapping(readDocument(assetText("aod.yaml"), EMBEDDED).value) ?? {};
  return Object.assign(Object.create(null), file, { guardian, watcher });
}

function unionOfActions(anomalies: readonly AnomalyConfig[]): ActionSpec[] {
  const actions = new Map<string, ActionSpec>();
  for (const action of anomalies.flatMap((a) => a.actions)) {
    if (!actions.has(action.name)) actions.set(action.name, action);
  }
  return [...actions.values()];
}

function at(value: unknown, ...keys: string[]): unknown {
  let here = value;
  for (const key of keys) here = mapping(here)?.[key];
  return here;
}

function mapping(value: unknown): Record<string, unknown> | undefined {
  return value !== null && typeof value === "object" && !Array.isArray(value)
    ? value as Record<string, unknown>
    : undefined;
}

function list(value: unknown): unknown[] | undefined {
  return Array.isArray(value) ? value : undefined;
}

/** @throws {ConfigError} with the reason at line 1. */
function readConfigFile(path: string): { text: string; mode: number } {
  const refuse = (why: string): never => {
    throw new ConfigError([{
      severity: "error",
      file: path,
      line: 1,
      column: 1,
      path: "",
      message: `Cannot read the configuration: because ${why}`,
    }]);
  };
  let fd = -1;
  try {
    // NONBLOCK: opening a FIFO must not wait for a writer.
    fd = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK);
    const stat = fstatSync(fd);
    if (!stat.isFile()) return refuse("it is not a regular file");
    if (stat.size > MAX_CONFIG_BYTES) return refuse(`it is larger than ${MAX_CONFIG_BYTES} bytes`);
    // The size is read again, not trusted: the file may grow, and files in /proc have none.
    const buffer = new Uint8Array(MAX_CONFIG_BYTES + 1);
    let length = 0;
    for (let n = 1; n > 0 && length < buffer.length; length += n) {
      n = readSync(fd, buffer, length, buffer.length - length, null);
    }
    if (length > MAX_CONFIG_BYTES) return refuse(`it is larger than ${MAX_CONFIG_BYTES} bytes`);
    const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
    return { text: decoder.decode(buffer.subarray(0, length)), mode: stat.mode };
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    if (error instanceof TypeError) return refuse("it is not UTF-8 text");
    return refuse(reasonOf(error));
  } finally {
    if (fd >= 0) closeSync(fd);
  }
}
