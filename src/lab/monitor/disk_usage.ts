/**
 * How much of the disk a directory takes, as `du` counts: blocks, hard links once, one file system,
 * no symbolic link followed.
 * @module
 */
import { reasonOf } from "../../os/reason.ts";

/** st_blocks counts these, stat(2). */
const BLOCK_BYTES = 512;
/** Entries of one look; what is beyond is not counted. */
const MOST_ENTRIES = 500_000;
/** Directories deeper than this are not looked into. */
const MOST_DEPTH = 64;
/** The main thread is held no longer than so many entries take, a few ms. */
const ENTRIES_AT_ONCE = 500;

/** What one look found. */
export interface DiskSample {
  /** Blocks of everything, in bytes. */
  disk_bytes: number;
  /** Lengths of all files, in bytes. */
  apparent_bytes: number;
  /** Files and directories, the directory itself left out; those with several names once. */
  entries: number;
  /** False where the directory has more than is looked at, or a part could not be read. */
  complete: boolean;
  /** False where there is no such directory. */
  exists: boolean;
}

/** How much is looked at; less in tests. */
export interface DiskLimits {
  /** Entries. */
  entries?: number;
  /** Levels of directories. */
  depth?: number;
}

/**
 * The directory itself; null where there is none yet.
 * @throws {Error} "Cannot measure ...: because ..." when it is a symbolic link or no directory
 */
export function measurable(root: string): Deno.FileInfo | null {
  let info: Deno.FileInfo;
  try {
    info = Deno.lstatSync(root);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw new Error(`Cannot measure ${root}: because ${reasonOf(error)}`);
  }
  if (info.isSymlink) throw new Error(`Cannot measure ${root}: because it is a symbolic link`);
  if (!info.isDirectory) throw new Error(`Cannot measure ${root}: because it is no directory`);
  return info;
}

/**
 * Looks at everything below a directory. What vanishes meanwhile is left out; what is not there at
 * all takes nothing.
 * @throws {Error} as {@linkcode measurable}
 */
export async function diskUsage(root: string, limits: DiskLimits = {}): Promise<DiskSample> {
  const info = measurable(root);
  const sample = {
    disk_bytes: (info?.blocks ?? 0) * BLOCK_BYTES,
    apparent_bytes: 0,
    entries: 0,
    complete: true,
    exists: info !== null,
  };
  if (info !== null) await new Walk(info.dev, sample, limits).directory(root, 0);
  return sample;
}

/** One pass. */
class Walk {
  /** Inodes with several names that were counted. */
  readonly #counted = new Set<number>();
  readonly #most: number;
  readonly #depth: number;
  #looked = 0;

  constructor(readonly device: number, readonly sample: DiskSample, limits: DiskLimits) {
    this.#most = limits.entries ?? MOST_ENTRIES;
    this.#depth = limits.depth ?? MOST_DEPTH;
  }

  async directory(path: string, depth: number): Promise<void> {
    for (const name of namesIn(path, this.sample)) {
      if (this.#looked >= this.#most) {
        this.sample.complete = false;
        return;
      }
      if (++this.#looked % ENTRIES_AT_ONCE === 0) await breathe();
      const child = `${path}/${name}`;
      const info = lstat(child, this.sample);
      if (info === null || info.dev !== this.device) continue;
      this.#count(info);
      if (!info.isDirectory) continue;
      if (depth < this.#depth) await this.directory(child, depth + 1);
      else this.sample.complete = false;
    }
  }

  #count(info: Deno.FileInfo): void {
    if (!info.isDirectory && (info.nlink ?? 1) > 1 && info.ino !== null) {
      if (this.#counted.has(info.ino)) return;
      this.#counted.add(info.ino);
    }
    this.sample.entries++;
    this.sample.disk_bytes += (info.blocks ?? 0) * BLOCK_BYTES;
    if (info.isFile) this.sample.apparent_bytes += info.size;
  }
}

function lstat(path: string, sample: DiskSample): Deno.FileInfo | null {
  return orNull(() => Deno.lstatSync(path), sample);
}

function namesIn(path: string, sample: DiskSample): string[] {
  return orNull(() => Array.from(Deno.readDirSync(path), ({ name }) => name), sample) ?? [];
}

/** What vanished is nothing; what cannot be read makes the sample incomplete. */
function orNull<T>(call: () => T, sample: DiskSample): T | null {
  try {
    return call();
  } catch (error) {
    const gone = error instanceof Deno.errors.NotFound ||
      error instanceof Deno.errors.NotADirectory;
    if (!gone) sample.complete = false;
    return null;
  }
}

function breathe(): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, 0));
}
