/**
 * Writing results: 0600, made beside its place and moved there when it is whole, so that whoever
 * looks finds the old file or the new one.
 * @module
 */
import { randomBytes } from "node:crypto";
import { closeSync, constants, fsyncSync, lstatSync, openSync, renameSync } from "node:fs";
import { unlinkSync, writeSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { reasonOf } from "../os/reason.ts";

/** A result that cannot be written. */
export class OutputError extends Error {
  /** Name of the class. */
  override name = "OutputError";
}

const NEW_FILE = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/**
 * Writes a file. One that is there is replaced if it is a regular file; a link is never followed.
 * @throws {OutputError} "Cannot write ...: because ..."; what was there is left as it was
 */
export function replaceFile(path: string, content: Uint8Array | string): void {
  const bytes = typeof content === "string" ? new TextEncoder().encode(content) : content;
  try {
    refuseOthers(path);
    const beside = join(dirname(path), `.${basename(path)}.${randomBytes(6).toString("hex")}`);
    const fd = openSync(beside, NEW_FILE, 0o600);
    try {
      try {
        for (let done = 0; done < bytes.length;) done += writeSync(fd, bytes, done);
        fsyncSync(fd);
      } finally {
        closeSync(fd);
      }
      renameSync(beside, path);
    } catch (error) {
      unlinkSync(beside);
      throw error;
    }
  } catch (error) {
    throw new OutputError(`Cannot write ${path}: because ${reasonOf(error)}`);
  }
}

/** @throws {Error} where something is that must not be replaced */
function refuseOthers(path: string): void {
  const info = lstatSync(path, { throwIfNoEntry: false });
  if (info === undefined || info.isFile()) return;
  throw new Error(info.isSymbolicLink() ? "it is a symbolic link" : "it is not a regular file");
}

/**
 * Path of a chart without its ending.
 * @param wanted what was asked for: a file, with or without the ending .png or .svg, or a directory
 *   that is there; undefined for the working directory
 * @param name without ending, where `wanted` names no file
 * @throws {OutputError} where the name is empty
 */
export function chartBase(wanted: string | undefined, name: string): string {
  if (wanted === undefined) return name;
  if (wanted === "") throw new OutputError("Cannot write a chart: because its name is empty");
  return isDirectory(wanted) ? join(wanted, name) : wanted.replace(/\.(png|svg)$/i, "");
}

function isDirectory(path: string): boolean {
  // What has a slash at its end and is not there is told when the file is written.
  return path.endsWith("/") || lstatSync(path, { throwIfNoEntry: false })?.isDirectory() === true;
}
