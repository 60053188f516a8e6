/**
 * Lists of names (commands, codes) from the file: unknown and overlapping ones are faults, repeated
 * ones warnings.
 * @module
 */
import { ERRNO_NAMES, errnoByName, errnoName } from "../names/errno.ts";
import { ntstatusByName, ntstatusName, ntstatusNames } from "../names/ntstatus.ts";
import { SMB_COMMAND_NAMES, smbCommandByName } from "../names/smb_commands.ts";
import { type ConfigPath, type Diagnostics, quote } from "../diagnostics.ts";
import { didYouMean, nearest } from "../suggest.ts";
import type { Code } from "../types.ts";

/** A name of the file and what it stands for. */
export interface Named<T> {
  /** What it stands for. */
  value: T;
  /** Same value, same key. */
  key: string;
  /** Where the name is in the file. */
  path: ConfigPath;
}

/** Stands for an entry whose fault is reported already. */
export const PLACEHOLDER = "\u0000";

/** Looks every name up; faults and repetitions are reported, what is left has no duplicate. */
export function lookUp<T>(
  names: readonly string[],
  at: (i: number) => ConfigPath,
  find: (name: string) => { value: T; key: string } | undefined,
  unknown: (name: string) => string,
  diagnostics: Diagnostics,
): Named<T>[] {
  const found = new Map<string, Named<T>>();
  names.forEach((name, i) => {
    if (name === PLACEHOLDER) return;
    const hit = find(name);
    if (hit === undefined) diagnostics.error(at(i), unknown(name));
    else if (found.has(hit.key)) {
      diagnostics.warning(at(i), `${quote(name)} is there already; the first entry counts`);
    } else found.set(hit.key, { ...hit, path: at(i) });
  });
  return [...found.values()];
}

/** A name may not be tracked and excluded at once, whatever the mode. */
export function refuseOverlap(
  tracked: readonly Named<unknown>[],
  excluded: readonly Named<unknown>[],
  lists: { track: string; exclude: string },
  diagnostics: Diagnostics,
): void {
  const keys = new Set(tracked.map((t) => t.key));
  for (const { key, path } of excluded) {
    if (keys.has(key)) {
      diagnostics.error(path, `${key} is in both ${lists.track} and ${lists.exclude}`);
    }
  }
}

/** For `lookUp`: SMB2 commands. */
export function findCommand(name: string): { value: number; key: string } | undefined {
  const value = smbCommandByName(name);
  return value === undefined ? undefined : { value, key: SMB_COMMAND_NAMES[value] };
}

/** What is said of a name that is no command. */
export function unknownCommand(name: string): string {
  const bare = (n: string) => n.toUpperCase().replace(/^SMB2?_/, "");
  // Compared without the prefix: it would make every name look alike.
  const near = nearest(bare(name), SMB_COMMAND_NAMES.map(bare));
  const hint = near === undefined
    ? `; allowed: ${SMB_COMMAND_NAMES.join(", ")}`
    : `; did you mean "SMB2_${near}"?`;
  return `unknown SMB2 command ${quote(name)}${hint}`;
}

/** For `lookUp`: errno and NTSTATUS names. No name is both: one begins with E, `STATUS_` may be left out. */
export function findCode(name: string): { value: Code; key: string } | undefined {
  const errno = errnoByName(name);
  if (errno !== undefined) {
    const key = errnoName(errno);
    return { value: { kind: "errno", value: errno, name: key }, key };
  }
  const status = ntstatusByName(name);
  // SUCCESS is no failure.
  if (status === undefined || status === 0) return undefined;
  const key = ntstatusName(status);
  return { value: { kind: "ntstatus", value: status, name: key }, key };
}

/** What is said of a name that is no code. */
export function unknownCode(name: string): string {
  const upper = name.toUpperCase().replace(/^NT_STATUS_/, "STATUS_");
  const hint = didYouMean(upper, ERRNO_NAMES) || didYouMean(upper, ntstatusNames()) ||
    didYouMean(`STATUS_${upper}`, ntstatusNames());
  return `unknown code ${quote(name)}${
    hint || "; allowed: errno names (EACCES), NTSTATUS names (STATUS_ACCESS_DENIED) or 0xC0000022"
  }`;
}
