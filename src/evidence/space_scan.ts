/**
 * Looks at everything in the output directory: follows no link, stays on one file system, survives
 * files that vanish.
 * @module
 */
import type { Stats } from "node:fs";
import { lstat, readdir } from "node:fs/promises";
import { readMeta } from "./bundle_index.ts";
import { hasCode, reasonOf } from "./files.ts";
import { classify } from "./names.ts";
import type { StoredBundle } from "./space_plan.ts";

/** Directories deeper than this are left alone. */
const MOST_DEPTH = 8;
/** Files looked at in one pass. */
const MOST_FILES = 200_000;
/** Metadata that is remembered: bundles do not change. */
const MOST_REMEMBERED = 10_000;

/** What lies in the output directory. */
export interface SpaceScan {
  /** Number of the file system. */
  device: number;
  /** Bytes of all files, those of bundles under way included. */
  bytes: number;
  /** Files and directories looked at. */
  files: number;
  /** Sealed bundles, in no order. */
  bundles: StoredBundle[];
  /** Followup and meta files by directory and id, of bundles that are not there. */
  sidecars: Map<string, Sidecars>;
  /** What could not be looked at. */
  warnings: string[];
}

/** The files beside one bundle. */
export interface Sidecars {
  /** Directory they are in. */
  dir: string;
  /** Id of the bundle. */
  id: string;
  /** Their size together. */
  bytes: number;
  /** Newest modification, wall-clock ms. */
  newest_ms: number;
}

/** Scans one output directory; remembers what bundles are, because they do not change. */
export class SpaceScanner {
  readonly #known = new Map<string, { kind: string; emergency: boolean }>();
  #isForeign: (path: string) => boolean = () => false;

  /**
   * Looks at everything below `root`; what cannot be looked at is a warning.
   * @param isForeign files that are another one's to keep within bounds: they are not counted
   */
  async scan(root: string, isForeign: (path: string) => boolean): Promise<SpaceScan> {
    this.#isForeign = isForeign;
    const scan: SpaceScan = {
      device: -1,
      bytes: 0,
      files: 0,
      bundles: [],
      sidecars: new Map(),
      warnings: [],
    };
    const info = await quietly(() => lstat(root), scan.warnings);
    if (info === null) return scan;
    if (!info.isDirectory()) {
      scan.warnings.push(`Cannot clean ${root}: because it is not a directory`);
      return scan;
    }
    scan.device = info.dev;
    await this.#walk(root, 0, scan);
    for (const bundle of scan.bundles) {
      const key = `${bundle.dir}/${bundle.id}`;
      bundle.bytes += scan.sidecars.get(key)?.bytes ?? 0;
      scan.sidecars.delete(key);
    }
    return scan;
  }

  async #walk(dir: string, depth: number, scan: SpaceScan): Promise<void> {
    const entries = await quietly(() => readdir(dir), scan.warnings);
    for (const name of entries ?? []) {
      if (++scan.files > MOST_FILES) {
        if (scan.files === MOST_FILES + 1) {
          scan.warnings.push(
            `Cannot look at all of ${dir}: because it has over ${MOST_FILES} files`,
          );
        }
        return;
      }
      const info = await quietly(() => lstat(`${dir}/${name}`), scan.warnings);
      if (info === null) continue;
      if (info.isDirectory()) {
        const known = classify(name)?.kind === "partial";
        if (info.dev === scan.device && depth < MOST_DEPTH) {
          if (known) scan.bytes += await sizeOf(`${dir}/${name}`, scan.warnings);
          else await this.#walk(`${dir}/${name}`, depth + 1, scan);
        }
      } else if (info.isFile() && !this.#isForeign(`${dir}/${name}`)) {
        scan.bytes += info.size;
        await this.#file(dir, name, info, scan);
      }
    }
  }

  async #file(dir: string, name: string, info: Stats, scan: SpaceScan): Promise<void> {
    const known = classify(name);
    if (known === null) return;
    const key = `${dir}/${known.id}`;
    if (known.kind === "followup" || known.kind === "meta") {
      const beside = scan.sidecars.get(key) ?? { dir, id: known.id, bytes: 0, newest_ms: 0 };
      beside.bytes += info.size;
      beside.newest_ms = Math.max(beside.newest_ms, info.mtimeMs);
      scan.sidecars.set(key, beside);
    }
    if (known.kind !== "sealed") return;
    const idTime_ms = Number(BigInt(known.id) / 1_000_000n);
    const { kind, emergency } = await this.#meta(dir, known.id);
    scan.bundles.push({
      id: known.id,
      dir,
      bytes: info.size,
      time_ms: Math.max(idTime_ms, info.mtimeMs),
      kind,
      emergency,
    });
  }

  async #meta(dir: string, id: string): Promise<{ kind: string; emergency: boolean }> {
    const known = this.#known.get(id);
    if (known !== undefined) return known;
    const meta = await readMeta(dir, id);
    const emergency = meta !== null && ["emergency", "hung"].includes(meta.reason);
    const result = { kind: meta?.name ?? "", emergency };
    if (this.#known.size >= MOST_REMEMBERED) this.#known.clear();
    this.#known.set(id, result);
    return result;
  }

  /** A bundle is gone. */
  forget(id: string): void {
    this.#known.delete(id);
  }
}

/** Bytes of a directory's files, one level: bundles under way have no deeper one. */
async function sizeOf(dir: string, warnings: string[]): Promise<number> {
  let bytes = 0;
  for (const name of await quietly(() => readdir(dir), warnings) ?? []) {
    bytes += (await quietly(() => lstat(`${dir}/${name}`), warnings))?.size ?? 0;
  }
  return bytes;
}

/** The result, or null: silently when the file has vanished, with a warning otherwise. */
export async function quietly<T>(call: () => Promise<T>, warnings: string[]): Promise<T | null> {
  try {
    return await call();
  } catch (error) {
    if (!hasCode(error, "ENOENT") && warnings.length < 20) {
      warnings.push(`Cannot look at a file: because ${reasonOf(error)}`);
    }
    return null;
  }
}
