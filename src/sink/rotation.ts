/**
 * Names of rotated files, and which of them go: `events.jsonl` becomes
 * `events.jsonl.20260131T081500.123Z`, later perhaps with `.zst`. Names sort by age, also where the
 * clock was set back.
 * @module
 */
import { lstatSync, readdirSync } from "node:fs";
import { basename, dirname, join } from "node:path";

/** A rotated file. */
export interface Rotated {
  /** Its path. */
  path: string;
  /** The time in its name. */
  stamp: string;
  /** Ends with `.zst`. */
  compressed: boolean;
}

/** Suffix of a file that is being compressed. */
export const TEMPORARY = ".zst.tmp";

const SUFFIX = /^\.(\d{8}T\d{6}\.\d{3}Z)(\.zst|\.zst\.tmp)?$/;

/** A time as names have it: `20260131T081500.123Z`. */
export function stampOf(time: Date): string {
  return time.toISOString().replaceAll(/[-:]/g, "");
}

function timeOf(stamp: string): number {
  const [, y, mo, d, h, mi, s] = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)([\d.]+)Z$/.exec(stamp) ?? [];
  return Date.parse(`${y}-${mo}-${d}T${h}:${mi}:${s}Z`);
}

/** Rotated files of `path`, oldest first, and what a run that died left half-compressed. */
export function listRotated(path: string): { rotated: Rotated[]; leftovers: string[] } {
  const directory = dirname(path);
  const base = basename(path);
  const rotated: Rotated[] = [];
  const leftovers: string[] = [];
  for (const name of readdirSync(directory)) {
    if (!name.startsWith(base)) continue;
    const found = SUFFIX.exec(name.slice(base.length));
    const full = join(directory, name);
    if (found === null || !isRegular(full)) continue;
    if (found[2] === TEMPORARY) leftovers.push(full);
    else rotated.push({ path: full, stamp: found[1], compressed: found[2] === ".zst" });
  }
  rotated.sort((a, b) => a.path < b.path ? -1 : 1);
  return { rotated, leftovers };
}

function isRegular(path: string): boolean {
  return lstatSync(path, { throwIfNoEntry: false })?.isFile() === true;
}

/** Name for a file that is rotated now: later than those that are there. */
export function nextName(path: string, rotated: readonly Rotated[], now: Date): string {
  const last = rotated.at(-1)?.stamp;
  const stamp = stampOf(now);
  if (last === undefined || stamp > last) return `${path}.${stamp}`;
  const after = timeOf(last) + 1;
  return `${path}.${stampOf(new Date(Number.isFinite(after) ? after : now.getTime()))}`;
}

/**
 * Which files go so that `keep` are left, oldest first. A file that is there both plain and
 * compressed (a run died between the two) counts once.
 */
export function surplus(rotated: readonly Rotated[], keep: number): Rotated[] {
  const stamps = [...new Set(rotated.map(({ stamp }) => stamp))].sort();
  const gone = new Set(stamps.slice(0, Math.max(0, stamps.length - keep)));
  return rotated.filter(({ stamp }) => gone.has(stamp));
}
