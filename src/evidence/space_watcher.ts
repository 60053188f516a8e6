/**
 * The space watcher: keeps the output directory within its age and size. It deletes sealed bundles
 * with their sidecars, nothing else; it follows no link and stays on one file system. The event log
 * keeps its own files within bounds: they are not counted.
 * @module
 */
import { rmdir, statfs, unlink } from "node:fs/promises";
import { eventLogPath, isEventLogFile } from "../config/event_log.ts";
import type { Config } from "../config/types.ts";
import { exists, hasCode, reasonOf } from "./files.ts";
import { BATCHES, followupName, metaName, partialName, sealedName } from "./names.ts";
import { type DeletionReason, planSpace, type StoredBundle } from "./space_plan.ts";
import { quietly, type SpaceScan, SpaceScanner } from "./space_scan.ts";

/** What the space watcher is given. */
export interface SpaceWatcherOptions {
  /** The effective configuration, asked for at every pass. */
  config: () => Config;
  /** Takes warnings and deletions as text. */
  log?: (level: "INFO" | "WARNING" | "ERROR", text: string) => void;
  /** Takes deletions as `deleted`. */
  audit?: (event: string, fields: Record<string, unknown>) => void;
  /** Wall-clock ms; for tests. */
  now?: () => number;
  /** Milliseconds that are never set; for tests. */
  steady?: () => number;
}

/** A bundle that was deleted. */
export interface Deletion {
  /** Id of the anomaly. */
  id: string;
  /** Where it was. */
  path: string;
  /** Its size with what lay beside it. */
  bytes: number;
  /** Why it had to go. */
  reason: DeletionReason;
}

/** What one pass found and did. */
export interface PassReport {
  /** Bytes of everything in the output directory but the event log, before and after. */
  before_bytes: number;
  /** See `before_bytes`. */
  after_bytes: number;
  /** Sealed bundles found. */
  bundles: number;
  /** What was deleted, in order. */
  deletions: Deletion[];
  /** What stands in the way, one sentence each. */
  warnings: string[];
  /** Free space of the file system; null where it could not be told. */
  free_bytes: number | null;
  /** Free space is below `cleanup.min_free_mb`: nothing is collected. */
  paused: boolean;
}

const DAY_MS = 86_400_000;
/** A wall clock that gains more than this on the steady one was set. */
const JUMP_MS = 600_000;
/** How long ages are not trusted then: time to set the clock right. */
const DISTRUST_MS = 3_600_000;

/** Watches one output directory. */
export class SpaceWatcher {
  readonly #options: SpaceWatcherOptions;
  readonly #scanner = new SpaceScanner();
  #clock: { wall_ms: number; steady_ms: number } | null = null;
  #no_age_until_ms = -Infinity;

  /**
   * A watcher that has looked at nothing yet.
   * @param options whose output directory to watch
   */
  constructor(options: SpaceWatcherOptions) {
    this.#options = options;
  }

  /** One pass: looks at everything, deletes what has to go. One failing file never ends it. */
  async pass(): Promise<PassReport> {
    const config = this.#options.config();
    const { aod_output_dir, cleanup } = config;
    const root = aod_output_dir.replace(/(?<=.)\/+$/, "");
    const eventLog = eventLogPath(config);
    const scan = await this.#scanner.scan(root, (path) => isEventLogFile(eventLog, path));
    const max_age_ms = this.#clockIsSteady(scan.warnings)
      ? cleanup.max_log_age_days * DAY_MS
      : Infinity;
    const max_bytes = cleanup.max_total_log_size_mb * 2 ** 20;
    const plan = planSpace(scan.bundles, scan.bytes, { max_age_ms, max_bytes }, this.#now());
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
    await this.#orphans(scan, max_age_ms, report);
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
    this.#scanner.forget(id);
    report.after_bytes -= bytes;
    report.deletions.push({ id, path, bytes, reason });
    // A directory that this has emptied goes too, but not the one bundles are made in.
    if (dir !== root && dir !== `${root}/${BATCHES}`) await rmdir(dir).catch(() => {});
  }

  /** Files beside a bundle that is gone: a follow-up can come in while its bundle is deleted. */
  async #orphans(scan: SpaceScan, max_age_ms: number, report: PassReport): Promise<void> {
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

  /**
   * False for a while after the wall clock was set forward: bundles must not look old because of it.
   * (After a suspend it is the same; the bundles go an hour later.)
   */
  #clockIsSteady(warnings: string[]): boolean {
    const wall_ms = this.#now();
    const steady_ms = (this.#options.steady ?? (() => performance.now()))();
    const before = this.#clock;
    this.#clock = { wall_ms, steady_ms };
    if (before !== null) {
      const ahead_ms = wall_ms - before.wall_ms - (steady_ms - before.steady_ms);
      if (ahead_ms > JUMP_MS) {
        this.#no_age_until_ms = steady_ms + DISTRUST_MS;
        const ahead_sec = Math.round(ahead_ms / 1000);
        warnings.push(`The clock jumped ${ahead_sec} s ahead: nothing is deleted for its age now`);
      }
    }
    return steady_ms >= this.#no_age_until_ms;
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
