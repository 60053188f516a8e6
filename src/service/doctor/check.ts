/**
 * What a check of `aod doctor` is: a look at one thing, with a finding and its remedy.
 * @module
 */
import type { Config } from "../../config/types.ts";

/** How bad a finding is. */
export type FindingStatus = "ok" | "warn" | "fail";

/** What a check found. */
export interface Finding {
  /** How bad it is. */
  status: FindingStatus;
  /** What is the case. */
  text: string;
  /** What to do about it; "" when there is nothing to do. */
  remedy: string;
  /** True: aod cannot watch anything on this machine as it is. */
  hopeless?: boolean;
}

/** A probe that was loaded and attached. */
export interface WorkingTrial {
  /** The mode chosen. */
  mode: "fentry" | "raw_tp";
  /** Every program, and what kept it out. */
  programs: { name: string; attached: boolean; error?: string }[];
  /** Why it is not fentry although it may be; "" otherwise. */
  fallback_reason: string;
}

/** What a probe that was tried came to. */
export type ProbeTrial =
  | WorkingTrial
  /** `code` as in the probe's error, for example "cifs_absent". */
  | { error: string; code: string };

/** What a check may look at. */
export interface DoctorContext {
  /** What the agent would run with. */
  config: Config;
  /** Effective user. */
  uid: number;
  /** `uname -r`. */
  kernel: string;
  /** Text of a file of /proc, /sys or /boot, or null where it cannot be read. */
  read: (path: string) => string | null;
  /** True when the path exists. */
  exists: (path: string) => boolean;
  /** Loads the probe and closes it again. */
  tryProbe: () => Promise<ProbeTrial>;
  /** Loads the event log's programs as configured and unloads them; what is left out, or the error. */
  tryEventLog: () => { missing: string[] } | { error: string };
  /** Absolute path of a program, or null. */
  findProgram: (name: string) => string | null;
}

/** One check; a new one is a file and a line in registry.ts. */
export interface Check {
  /** Short, one word. */
  name: string;
  /** What it looks at, for the docs. */
  about: string;
  /** Looks; starts and changes nothing. */
  run: (context: DoctorContext) => Finding[] | Promise<Finding[]>;
}

/** A finding that needs nothing done. */
export function ok(text: string): Finding {
  return { status: "ok", text, remedy: "" };
}

/** Something that works less well than it could. */
export function warn(text: string, remedy: string): Finding {
  return { status: "warn", text, remedy };
}

/** Something that does not work. */
export function fail(text: string, remedy: string): Finding {
  return { status: "fail", text, remedy };
}

/** Something without which nothing works. */
export function hopeless(text: string, remedy: string): Finding {
  return { status: "fail", text, remedy, hopeless: true };
}
