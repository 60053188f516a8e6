/**
 * The space watcher: keeps the output directory within its age and size. It deletes sealed bundles
 * with their sidecars, nothing else; it follows no link and stays on one file system.
 * @module
 */
import type { Stats } from "node:fs";
import { lstat, readdir, rmdir, statfs, unlink } from "node:fs/promises";
import type { Config } from "../config/types.ts";
import { readMeta } from "./bundle_index.ts";
import { exists, hasCode, reasonOf } from "./files.ts";
import { BATCHES, classify, followupName, metaName, partialName, sealedName } from "./names.ts";
import { type DeletionReason, planSpace, type StoredBundle } from "./space_plan.ts";

/** What the space watcher is given. */
export interface SpaceWatcherOptions {
  /** The effective configuration, asked for at every pass. */
  config: () => Config;
  log?: (level: "INFO" | "WARNING" | "ERROR", text: string) => void;
  audit?: (event: string, fields: Record<string, unknown>) => void;
  /** Wall-clock ms; for tests. */
  now?: () => number;
}

/** A bundle that was deleted. */
export interface Deletion {
  id: string;
  path: string;
  bytes: number;
  reason: DeletionReason;
}

/** What one pass found and did. */
export interface PassReport {
  /** Bytes of everything in the output directory, before and after. */
  before_bytes: number;
  after_bytes: number;
  bundles: number;
  deletions: Deletion[];
  /** What stands in the way, one sentence each. */
  warnings: string[];
  /** Free space of the file system; null where it could not be told. */
  free_bytes: number | null;
  /** Free space is below `cleanup.min_free_mb`: nothing is collected. */
  paused: boolean;
}

const DAY_MS = 86_400_000;
/** Directories deeper than this are left alone. */
const MOST_DEPTH = 8;
/** Files looked at in one pass. */
const MOST_FILES = 200_000;
/** Metadata that is remembered: bundles do not change. */
const MOST_REMEMBERED = 10_000;

interface Scan {
  device: number;
  bytes: number;
  files: number;
  bundles: StoredBundle[];
  /** Followup and meta files by directory and id. */
  sidecars: Map<string, Sidecars>;
  warnings: string[];
}

/** The files beside one bundle. */
interface Sidecars {
  dir: string;
  id: string;
  bytes: number;
  newest_ms: number;
}

/** Watches one output directory. */
export class SpaceWatcher {
  readonly #options: SpaceWatcherOptions;
  readonly #known = new Map<string, { kind: string; emergency: boolean }>();

  constructor(options: SpaceWatcherOptions) {
    this.#options = options;
  }

  /** One pass: looks at everything, deletes what has to go. One failing file never ends it. */
  async pass(): Promise<PassReport> {
    const { aod_output_dir: root, cleanup } = this.#options.config();
    const scan = await this.#scan(root.replace(/(?<=.)\/+$/, ""));
    const plan = planSpace(
      scan.bundles,
      scan.bytes,
      {
        max_age_ms: cleanup.max_log_age_days * DAY_MS,
        max_bytes: cleanup.max_total_log_size_mb * 2 ** 20,
      },
      this.#now(),
    );
    const report: PassReport = {
      before_bytes: scan.bytes,
      after_bytes: scan.bytes,
      bundles: scan.bundles.length,
      deletions: [],
      warnings: scan.warnings,
      free_bytes: null,
      paused: false,
    };
    for (const { bundle, reason } of plan.deletions) {
      await this.#delete(bundle, reason, root, report);
    }
    await this.#orphans(scan, cleanup.max_log_age_days * DAY_MS, report);
    if (plan.over_bytes > 0) {
      report.warnings.push(
        `${root} stays ${plan.over_bytes} bytes over cleanup.max_total_log_size_mb ` +
          `${cleanup.max_total_log_size_mb}: only the newest bundle and other files are left`,
      );
    }
    await this.#freeSpace(root, cleanup.min_free_mb, report);
    this.#tell(report);
    return report;
  }

  async #scan(root: string): Promise<Scan> {
    const scan: Scan = {
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

  async #walk(dir: string, depth: number, scan: Scan): Promise<void> {
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
      } else if (info.isFile()) {
        scan.bytes += info.size;
        await this.#file(dir, name, info, scan);
      }
    }
  }

  async #file(dir: string, name: string, info: Stats, scan: Scan): Promise<void> {
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

  async #delete(
    bundle: StoredBundle,
    reason: DeletionReason,
    root: string,
    report: PassReport,
  ): Promise<void> {
    const { dir, id, bytes } = bundle;
    const path = `${dir}/${sealedName(id)}`;
    try {
      await unlink(path);
    } catch (error) {
      if (!hasCode(error, "ENOENT")) {
        report.warnings.push(`Cannot delete ${path}: because ${reasonOf(error)}`);
        return;
      }
    }
    for (const name of [followupName(id), metaName(id)]) {
      await unlink(`${dir}/${name}`).catch(() => {}); // most bundles lack one of them
    }
    this.#known.delete(id);
    report.after_bytes -= bytes;
    report.deletions.push({ id, path, bytes, reason });
    // A directory that this has emptied goes too, but not the one bundles are made in.
    if (dir !== root && dir !== `${root}/${BATCHES}`) await rmdir(dir).catch(() => {});
  }

  /** Files beside a bundle that is gone: a follow-up can come in while its bundle is deleted. */
  async #orphans(scan: Scan, max_age_ms: number, report: PassReport): Promise<void> {
    const now = this.#now();
    for (const { dir, id, bytes, newest_ms } of scan.sidecars.values()) {
      const young = now - newest_ms <= max_age_ms;
      if (young || await exists(`${dir}/${partialName(id)}`)) continue;
      for (const name of [followupName(id), metaName(id)]) {
        await unlink(`${dir}/${name}`).catch(() => {}); // there may be one of them only
      }
      report.after_bytes -= bytes;
    }
  }

  #now(): number {
    return (this.#options.now ?? Date.now)();
  }

  async #freeSpace(root: string, min_free_mb: number, report: PassReport): Promise<void> {
    const info = await quietly(() => statfs(root), report.warnings);
    if (info === null) return;
    report.free_bytes = info.bavail * info.bsize;
    report.paused = report.free_bytes < min_free_mb * 2 ** 20;
    if (report.paused) {
      report.warnings.push(
        `Collection is paused: because the file system of ${root} has ` +
          `${(report.free_bytes / 2 ** 20).toFixed(1)} MB free, less than ${min_free_mb} MB`,
      );
    }
  }

  #tell(report: PassReport): void {
    const { log, audit } = this.#options;
    for (const warning of report.warnings) log?.("WARNING", warning);
    for (const deletion of report.deletions) {
      log?.(
        "INFO",
        `deleted ${deletion.path} (${deletion.bytes} bytes) for its ${deletion.reason}`,
      );
      audit?.("deleted", { ...deletion });
    }
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
async function quietly<T>(call: () => Promise<T>, warnings: string[]): Promise<T | null> {
  try {
    return await call();
  } catch (error) {
    if (!hasCode(error, "ENOENT") && warnings.length < 20) {
      warnings.push(`Cannot look at a file: because ${reasonOf(error)}`);
    }
    return null;
  }
}
