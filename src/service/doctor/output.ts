/**
 * The output directory: whether it can be used, and how much room it has.
 * @module
 */
import { statfsSync } from "node:fs";
import { dirname } from "node:path";
import { type Check, fail, type Finding, ok, warn } from "./check.ts";

/** The check of the output directory. */
export const output: Check = {
  name: "output",
  about: "the output directory and its free space",
  run({ config, uid }) {
    const path = config.aod_output_dir;
    return [...directory(path, uid), space(path, config)];
  },
};

function directory(path: string, uid: number): Finding[] {
  let info: Deno.FileInfo;
  try {
    info = Deno.lstatSync(path);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [ok(`${path} will be made (0700)`)];
    return [fail(`${path}: ${error instanceof Error ? error.message : error}`, "")];
  }
  if (info.isSymlink) return [fail(`${path} is a symbolic link`, "name the directory itself")];
  if (!info.isDirectory) return [fail(`${path} is not a directory`, "name a directory")];
  const mode = (info.mode ?? 0) & 0o777;
  if ((mode & 0o022) !== 0) {
    return [fail(`${path} can be written by others (${mode.toString(8)})`, `chmod 700 ${path}`)];
  }
  if (uid === 0 && info.uid !== 0) {
    return [fail(`${path} belongs to uid ${info.uid}`, `chown root ${path}`)];
  }
  if ((mode & 0o055) !== 0) {
    return [warn(`${path} can be read by others (${mode.toString(8)})`, `chmod 700 ${path}`)];
  }
  return [ok(`${path} is there, for the owner only`)];
}

function space(path: string, { cleanup }: { cleanup: Cleanup }): Finding {
  const existing = nearest(path);
  const { bavail, bsize } = statfsSync(existing);
  const free_mb = Math.floor(bavail * bsize / 2 ** 20);
  const { min_free_mb, max_total_log_size_mb } = cleanup;
  const text = `${free_mb} MB free on the file system of ${path}`;
  if (free_mb < min_free_mb) {
    return fail(`${text}, less than min_free_mb ${min_free_mb}: nothing is collected`, "free some");
  }
  if (free_mb < min_free_mb + max_total_log_size_mb) {
    return warn(
      `${text}: too little for max_total_log_size_mb ${max_total_log_size_mb} and the reserve`,
      "free some, or lower cleanup.max_total_log_size_mb",
    );
  }
  return ok(text);
}

type Cleanup = { min_free_mb: number; max_total_log_size_mb: number };

/** The path, or the nearest directory above it that exists. */
function nearest(path: string): string {
  try {
    Deno.lstatSync(path);
    return path;
  } catch {
    return path === "/" ? path : nearest(dirname(path));
  }
}
