/**
 * Values of the live tools' options. A bad one ends with exit code 2 and says what is allowed.
 * @module
 */
import { InvalidArgumentError } from "commander";
import { ERRNO_NAMES, errnoByName } from "../../config/names/errno.ts";
import { ntstatusByName, ntstatusNames } from "../../config/names/ntstatus.ts";
import { SMB_COMMAND_NAMES, smbCommandByName } from "../../config/names/smb_commands.ts";
import { didYouMean } from "../../config/suggest.ts";
import type { Code } from "../../config/types.ts";

/** What both live tools are asked for. */
export interface LiveOptions {
  /** Only requests of this process (thread group id). */
  pid?: number;
  /** Ends after this many seconds; null: at Ctrl-C. */
  duration_sec: number | null;
  /** One JSON object a line. */
  json: boolean;
}

/** `pid_max` cannot be higher (include/linux/threads.h, PID_MAX_LIMIT). */
const MAX_PID = 4_194_304;
/** Longest timer of the runtime, in seconds. */
const MAX_SECONDS = 2_147_483;
/** A threshold in ns fits in 53 bits. */
const MAX_MS = 9_000_000_000;

/** A decimal number between two others. */
function numberBetween(text: string, least: number, most: number, what: string): number {
  const value = /^\d+(\.\d+)?$/.test(text) ? Number(text) : NaN;
  if (!(value >= least && value <= most)) {
    throw new InvalidArgumentError(`Allowed: ${what}.`);
  }
  return value;
}

/** `-m`: milliseconds from 0, fractions too. */
export function parseMilliseconds(text: string): number {
  return numberBetween(text, 0, MAX_MS, "a number of milliseconds from 0, such as 10 or 0.5");
}

/** `-d`: seconds above 0. */
export function parseSeconds(text: string): number {
  return numberBetween(text, 0.001, MAX_SECONDS, "a number of seconds above 0, such as 10 or 0.5");
}

/** `-p`: a process id. */
export function parsePid(text: string): number {
  const pid = numberBetween(text, 1, MAX_PID, `a process id from 1 to ${MAX_PID}`);
  if (!Number.isInteger(pid)) throw new InvalidArgumentError("Allowed: a whole process id.");
  return pid;
}

/** Entries of a comma-separated list, none of them empty. */
function list(text: string, what: string): string[] {
  const entries = text.split(",").map((entry) => entry.trim());
  if (entries.includes("")) {
    throw new InvalidArgumentError(`Allowed: ${what}, separated by commas.`);
  }
  return entries;
}

const SHORT_NAMES = SMB_COMMAND_NAMES.map((name) => name.replace("SMB2_", ""));

/** `-c`, `-x`: SMB2 command names in any case, with or without `SMB2_`; their codes, ascending. */
export function parseCommands(text: string): number[] {
  const codes = list(text, "names of SMB2 commands").map((name) => {
    const code = smbCommandByName(name);
    if (code !== undefined) return code;
    const hint = didYouMean(name, [...SMB_COMMAND_NAMES, ...SHORT_NAMES]);
    throw new InvalidArgumentError(
      `No command ${JSON.stringify(name)}${hint || `. Allowed: ${SMB_COMMAND_NAMES.join(", ")}.`}`,
    );
  });
  return [...new Set(codes)].sort((a, b) => a - b);
}

/** `-e`: errno and NTSTATUS names. */
export function parseCodes(text: string): Code[] {
  return list(text, "names of errnos and NTSTATUS codes").map((name): Code => {
    const errno = errnoByName(name);
    if (errno !== undefined) return { kind: "errno", value: errno, name: name.toUpperCase() };
    const status = ntstatusByName(name);
    if (status !== undefined) return { kind: "ntstatus", value: status, name: name.toUpperCase() };
    const known = [...ERRNO_NAMES, ...ntstatusNames()];
    const hint = didYouMean(name, known);
    throw new InvalidArgumentError(
      `No code ${JSON.stringify(name)}${
        hint ||
        `. Allowed: ${ERRNO_NAMES.join(", ")}; any STATUS_ name of MS-ERREF that the CIFS client ` +
          `knows (${ntstatusNames().length}), or its value such as 0xC0000022.`
      }`,
    );
  });
}
