/**
 * Values of the options of `aod trace`. A bad one ends with exit code 2 and says what is allowed.
 * @module
 */
import { statfsSync } from "node:fs";
import { InvalidArgumentError } from "commander";
import type { EventType } from "../../probe/event_log/event_type.ts";
import type { FsyncPolicy } from "../../sink/file_sink.ts";
import { suggestName, typesOfName } from "./selection.ts";

/** How events are written. */
export type TraceFormat = "json" | "text" | "origin";

/** The options as commander hands them over. */
export interface TraceOptions {
  /** Types of the classes asked for. */
  e: EventType[];
  /** How events are written; chosen by the output where not given. */
  f?: TraceFormat;
  /** File to write to; stdout where not given. */
  o?: string;
  /** Size at which a new file begins. */
  rotateMb?: number;
  /** Age at which a new file begins. */
  rotateSec?: number;
  /** Rotated files that are kept. */
  keep: number;
  /** Rotated files are compressed. */
  compress?: boolean;
  /** When the disk is waited for. */
  fsync: FsyncPolicy;
  /** Only these thread groups. */
  pid?: number[];
  /** And what they start. */
  followChildren?: boolean;
  /** Only this real user id. */
  uid?: number;
  /** Only threads of this name. */
  comm?: string;
  /** Only this cgroup and those below. */
  cgroup?: string;
  /** Only files below. */
  pathPrefix?: string;
  /** Only these types, of those that are wanted. */
  only?: EventType[];
  /** File that turns types on and off. */
  eventsFile?: string;
  /** Seconds after which it ends. */
  duration?: number;
  /** Megabytes of the ring. */
  ringMb: number;
  /** File for the ledger. */
  ledger?: string;
  /** Recording to print. */
  read?: string;
  /** The text searched for; true where none was given. */
  l?: string | true;
  /** Say what the kernel has. */
  info?: boolean;
  /** Say what is attached, and counts. */
  d?: boolean;
}

/** Formats of `-f`. */
export const FORMATS: readonly TraceFormat[] = ["json", "text", "origin"];
/** Policies of `--fsync`. */
export const FSYNC_POLICIES: readonly FsyncPolicy[] = ["never", "rotate", "interval"];
/** Events under way at full speed on two cores fit in it for more than 100 ms. */
export const DEFAULT_RING_MB = 32;
/** The largest ring the kernel side is given. */
const MAX_RING_MB = 1024;
/** include/linux/threads.h, PID_MAX_LIMIT. */
const MAX_PID = 4_194_304;
/** An id that means "none": (uid_t) -1. */
const MAX_UID = 0xffff_fffe;
/** TASK_COMM_LEN without the NUL. */
const MAX_COMM_BYTES = 15;
/** AOD_LOG_PREFIX_MAX without a NUL. */
const MAX_PREFIX_BYTES = 255;

/** include/uapi/linux/magic.h */
const CGROUP2_SUPER_MAGIC = 0x63677270;

const encoder = new TextEncoder();

function bad(allowed: string): never {
  throw new InvalidArgumentError(`Allowed: ${allowed}.`);
}

/** A number between two others, in decimal. */
export function parseNumber(least: number, most: number, what: string): (text: string) => number {
  return (text) => {
    const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
    return value >= least && value <= most ? value : bad(what);
  };
}

/** A whole number between two others. */
export function parseWhole(least: number, most: number, what: string): (text: string) => number {
  const number = parseNumber(least, most, what);
  return (text) => Number.isInteger(number(text)) ? number(text) : bad(what);
}

/** Entries of a comma-separated list, none of them empty. */
function entriesOf(text: string, what: string): string[] {
  const entries = text.split(",").map((entry) => entry.trim());
  return entries.includes("") ? bad(`${what}, separated by commas`) : entries;
}

/** `-e`, `--only`: names of event types and classes. */
export function parseTypes(text: string): EventType[] {
  const types = entriesOf(text, "names of event types or classes").flatMap((name) => {
    const found = typesOfName(name);
    if (found.length > 0) return found;
    throw new InvalidArgumentError(
      `No event type ${JSON.stringify(name)}${suggestName(name)} (aod trace -l lists all).`,
    );
  });
  return [...new Set(types)];
}

/** `--pid`: process ids. */
export function parsePids(text: string): number[] {
  const what = `process ids from 1 to ${MAX_PID}, separated by commas`;
  const pids = entriesOf(text, "process ids").map(parseWhole(1, MAX_PID, what));
  return [...new Set(pids)];
}

/** `--uid`. */
export const parseUid: (text: string) => number = parseWhole(0, MAX_UID, "a numeric user id");

/** `--comm`: the name of a thread as the kernel has it. */
export function parseComm(text: string): string {
  const bytes = encoder.encode(text).length;
  return bytes > 0 && bytes <= MAX_COMM_BYTES
    ? text
    : bad(`a name of 1 to ${MAX_COMM_BYTES} bytes`);
}

/** `--cgroup`: a directory of the cgroup v2 hierarchy. */
export function parseCgroup(text: string): string {
  const what = "an existing directory of the cgroup v2 hierarchy, such as " +
    "/sys/fs/cgroup/system.slice";
  try {
    return statfsSync(text).type === CGROUP2_SUPER_MAGIC ? text : bad(what);
  } catch {
    return bad(what);
  }
}

/** `--path-prefix`: an absolute path. */
export function parsePrefix(text: string): string {
  const isShort = encoder.encode(text).length <= MAX_PREFIX_BYTES;
  return text.startsWith("/") && isShort
    ? text
    : bad(`an absolute path of at most ${MAX_PREFIX_BYTES} bytes`);
}

/** `--ring-mb`: fractions too, for a ring that is small on purpose. */
export const parseRingMb: (text: string) => number = parseNumber(
  0.001,
  MAX_RING_MB,
  `a number of megabytes up to ${MAX_RING_MB}, rounded up to a power of two`,
);

/** Bytes of a ring: a power of two, at least a page. */
export function ringBytes(megabytes: number): number {
  let bytes = 4096;
  while (bytes < megabytes * 2 ** 20) bytes *= 2;
  return bytes;
}
