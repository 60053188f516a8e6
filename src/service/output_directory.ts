/**
 * The output directory at start: made 0700 when missing, and refused when using it would let someone
 * else decide what root writes where.
 * @module
 */
import { StartError } from "./start_error.ts";
import { effectiveUid } from "../os/process.ts";
import { reasonOf } from "../os/reason.ts";

/**
 * Makes or checks the directory of bundles and audit files.
 * @throws {StartError} "environment": "Cannot use the output directory ...: because ..."
 */
export function prepareOutputDirectory(path: string): void {
  const refuse = (reason: string): never => {
    throw new StartError(
      "environment",
      `Cannot use the output directory ${path}: because ${reason}`,
    );
  };
  let info: Deno.FileInfo;
  try {
    info = lstatOrMake(path);
  } catch (error) {
    return refuse(reasonOf(error));
  }
  if (info.isSymlink) refuse("it is a symbolic link");
  if (!info.isDirectory) refuse("it is not a directory");
  const uid = effectiveUid();
  if (info.uid !== uid) refuse(`it belongs to uid ${info.uid}, not ${uid}`);
  if (((info.mode ?? 0) & 0o022) !== 0) refuse("others may write to it (chmod go-w)");
  try {
    const probe = Deno.makeTempFileSync({ dir: path, prefix: ".aod-" });
    Deno.removeSync(probe);
  } catch (error) {
    refuse(reasonOf(error));
  }
}

function lstatOrMake(path: string): Deno.FileInfo {
  try {
    return Deno.lstatSync(path);
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
    Deno.mkdirSync(path, { recursive: true, mode: 0o700 });
    return Deno.lstatSync(path);
  }
}
