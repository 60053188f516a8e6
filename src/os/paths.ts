/**
 * Where the running agent keeps its lock, socket and state, and directories made safely: owned by
 * the caller, closed to others, and no symbolic link.
 * @module
 */
import { constants, openSync } from "node:fs";
import { effectiveUid } from "./process.ts";
import { reasonOf } from "./reason.ts";

/** Default directory of the lock, the control socket and saved state. */
export const RUN_DIR = "/run/aod";

/** The files below a run directory. */
export interface RunPaths {
  /** The directory itself. */
  dir: string;
  /** Control socket. */
  socket: string;
  /** Held by the one instance. */
  lock: string;
  /** State for a successor. */
  state: string;
}

/**
 * The files in a run directory.
 * @param dir absolute
 */
export function runPaths(dir: string = RUN_DIR): RunPaths {
  return { dir, socket: `${dir}/aod.sock`, lock: `${dir}/aod.lock`, state: `${dir}/state.json` };
}

/**
 * Makes a directory 0700, parents included, or checks the one that is there.
 * @throws {Error} "Cannot use ...: because ..." when it is a link, no directory, or someone else's
 */
export function ensurePrivateDirectory(path: string): void {
  let info: Deno.FileInfo;
  try {
    info = Deno.lstatSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw cannotUse(path, reasonOf(error));
    try {
      Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
      info = Deno.lstatSync(path);
    } catch (reason) {
      throw cannotUse(path, reasonOf(reason));
    }
  }
  if (info.isSymlink) throw cannotUse(path, "it is a symbolic link");
  if (!info.isDirectory) throw cannotUse(path, "it is not a directory");
  const uid = effectiveUid();
  if (info.uid !== uid) throw cannotUse(path, `it belongs to uid ${info.uid}, not ${uid}`);
  if (((info.mode ?? 0) & 0o077) !== 0) Deno.chmodSync(path, 0o700);
}

/**
 * Opens a private file (0600) for reading and writing, made when missing, following no link.
 * @returns its descriptor, closed on exec
 */
export function openPrivateFile(path: string, flags = 0): number {
  const always = constants.O_RDWR | constants.O_CREAT | constants.O_NOFOLLOW;
  return openSync(path, always | flags, 0o600);
}

function cannotUse(path: string, reason: string): Error {
  return new Error(`Cannot use the directory ${path}: because ${reason}`);
}
