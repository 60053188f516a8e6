/**
 * What the options of `aod trace` come to, and which of them do not go together.
 * @module
 */
import { reasonOf } from "../../os/reason.ts";
import type { FileSinkOptions } from "../../sink/file_sink.ts";
import { EXIT, ExitError } from "../exit.ts";
import { isTerminal } from "../output.ts";
import { ringBytes, type TraceFormat, type TraceOptions } from "./options.ts";
import { type EventSwitch, parseEventsFile, selectTypes } from "./selection.ts";

/** An events file is small: what is longer is something else. */
const MAX_EVENTS_FILE_BYTES = 1 << 20;
const MB = 2 ** 20;

/** What events must be like; all that is given must hold. */
export interface TraceFilters {
  /** Thread groups. */
  pids?: number[];
  /** And what they start. */
  follow_children?: boolean;
  /** Real user id. */
  uid?: number;
  /** Name of the thread. */
  comm?: string;
  /** Directory of a cgroup. */
  cgroup?: string;
  /** Beginning of a path. */
  path_prefix?: string;
}

/** What a run does. */
export interface TracePlan {
  /** Wanted types, `enum aod_log_type`; never empty. */
  types: ReadonlySet<number>;
  /** Whose events. */
  filters: TraceFilters;
  /** How they are written. */
  format: TraceFormat;
  /** Null: stdout. */
  file: Omit<FileSinkOptions, "head" | "onNotice"> | null;
  /** Size of the ring. */
  ring_bytes: number;
  /** After this it ends; null: when told to. */
  duration_sec: number | null;
  /** File for the ledger. */
  ledger_path: string | null;
  /** Say more on stderr. */
  debug: boolean;
}

/** Refuses options that contradict each other. @throws ExitError where options do not go together */
export function checkOptions(options: TraceOptions): void {
  const { o, f, read } = options;
  const fault = (text: string) => new ExitError(EXIT.usage, `${text}\n(aod trace --help)`);
  const rotates = options.rotateMb !== undefined || options.rotateSec !== undefined;
  if (o === "") throw fault("-o is empty; allowed: the path of a file");
  if (rotates && o === undefined) throw fault("--rotate-mb and --rotate-sec need -o");
  if (options.compress && !rotates) {
    throw fault("--compress needs --rotate-mb or --rotate-sec: it compresses rotated files");
  }
  if (options.followChildren && options.pid === undefined) {
    throw fault("--follow-children needs --pid");
  }
  if (f === "origin" && o === undefined && isTerminal()) {
    throw fault("-f origin is no text for a terminal; use -o FILE or a pipe");
  }
  if (read !== undefined && f === "origin") {
    throw fault("-f origin with --read: a recording is printed as json or text");
  }
  if (read !== undefined && options.duration !== undefined) {
    throw fault("--duration has no meaning with --read");
  }
}

/** Makes a plan of checked options. @throws ExitError where the events file has faults, or nothing is wanted */
export function planOf(options: TraceOptions): TracePlan {
  const switches = options.eventsFile === undefined ? [] : readEventsFile(options.eventsFile);
  const types = selectTypes(options.e, switches, options.only ?? null);
  if (types.size === 0) {
    throw new ExitError(EXIT.usage, "no event type is wanted; see -e, --only and --events-file");
  }
  const format = options.f ?? (options.o === undefined && isTerminal() ? "text" : "json");
  return {
    types,
    filters: filtersOf(options),
    format,
    file: fileOf(options, format),
    ring_bytes: ringBytes(options.ringMb),
    duration_sec: options.duration ?? null,
    ledger_path: options.ledger ?? null,
    debug: options.d === true,
  };
}

function filtersOf(options: TraceOptions): TraceFilters {
  const { pid, followChildren, uid, comm, cgroup, pathPrefix } = options;
  return {
    ...(pid === undefined ? {} : { pids: pid }),
    ...(followChildren ? { follow_children: true } : {}),
    ...(uid === undefined ? {} : { uid }),
    ...(comm === undefined ? {} : { comm }),
    ...(cgroup === undefined ? {} : { cgroup }),
    ...(pathPrefix === undefined ? {} : { path_prefix: pathPrefix }),
  };
}

function fileOf(options: TraceOptions, format: TraceFormat): TracePlan["file"] {
  const { o, rotateMb, rotateSec, keep, compress, fsync } = options;
  if (o === undefined) return null;
  return {
    path: o,
    rotate_bytes: rotateMb === undefined ? null : Math.floor(rotateMb * MB),
    rotate_ms: rotateSec === undefined ? null : rotateSec * 1000,
    keep,
    compress: compress === true,
    fsync,
    text: format !== "origin",
  };
}

function readEventsFile(path: string): EventSwitch[] {
  let text: string;
  try {
    const { size, isFile } = Deno.statSync(path);
    if (!isFile || size > MAX_EVENTS_FILE_BYTES) throw new Error("it is no small file");
    text = Deno.readTextFileSync(path);
  } catch (error) {
    throw new ExitError(EXIT.usage, `Cannot read ${path}: because ${reasonOf(error)}`);
  }
  const { switches, faults } = parseEventsFile(path, text);
  if (faults.length > 0) throw new ExitError(EXIT.usage, faults.join("\naod: "));
  return switches;
}
