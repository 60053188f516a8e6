/**
 * The directory bundles are made in: `<aod_output_dir>/batches`, made 0700 where it is missing.
 * @module
 */
import { lstat, mkdir, statfs, utimes } from "node:fs/promises";
import { hasCode, reasonOf } from "./files.ts";
import { cifsMounts } from "./mounts.ts";
import { BATCHES } from "./names.ts";

/** Why nothing can be collected now. */
export type RefusalCause = "output_dir" | "no_space";

/** Collection is not possible at the moment; trying again later may help. */
export class RefusedError extends Error {
  /** Name of the class. */
  override name = "RefusedError";
  /** What stands in the way. */
  readonly refusal: RefusalCause;

  /**
   * Refuses.
   * @param refusal what stands in the way
   */
  constructor(refusal: RefusalCause, message: string) {
    super(message);
    this.refusal = refusal;
  }
}

/**
 * Makes sure that bundles can be written; returns the path of `batches`.
 * @param min_free_mb refuse below this much free space (2^20 bytes)
 * @throws {RefusedError} "Cannot collect: because ..."
 */
export async function prepareBatches(outputDir: string, min_free_mb: number): Promise<string> {
  refuseSmb(outputDir);
  await ensureDirectory(outputDir);
  const batches = `${outputDir.replace(/\/+$/, "")}/${BATCHES}`;
  await ensureDirectory(batches);
  try {
    // Refused on a file system that is read-only, also for root; access(2) of node:fs looks at modes.
    await utimes(batches, new Date(), new Date());
  } catch (error) {
    throw new RefusedError(
      "output_dir",
      `Cannot collect: because ${batches} cannot be written to: ${reasonOf(error)}`,
    );
  }
  const { bavail, bsize } = await statfs(batches);
  const free_mb = bavail * bsize / 2 ** 20;
  if (free_mb < min_free_mb) {
    throw new RefusedError(
      "no_space",
      `Cannot collect: because the file system of ${outputDir} has ${free_mb.toFixed(1)} MB ` +
        `free, less than cleanup.min_free_mb ${min_free_mb}`,
    );
  }
  return batches;
}

async function ensureDirectory(path: string): Promise<void> {
  const refuse = (reason: string) =>
    new RefusedError("output_dir", `Cannot collect: because ${path} ${reason}`);
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      const info = await lstat(path);
      if (info.isSymbolicLink()) throw refuse("is a symbolic link");
      if (!info.isDirectory()) throw refuse("is not a directory");
      return;
    } catch (error) {
      if (error instanceof RefusedError) throw error;
      if (!hasCode(error, "ENOENT")) throw refuse(`cannot be used: ${reasonOf(error)}`);
    }
    try {
      await mkdir(path, { recursive: true, mode: 0o700 });
    } catch (error) {
      throw refuse(`cannot be made: ${reasonOf(error)}`);
    }
  }
}

/** A bundle about a hung share must not be written to one. */
function refuseSmb(path: string): void {
  for (const { mount_point } of cifsMounts()) {
    if (path === mount_point || path.startsWith(`${mount_point}/`)) {
      throw new RefusedError(
        "output_dir",
        `Cannot collect: because ${path} lies on the SMB mount ${mount_point}`,
      );
    }
  }
}
