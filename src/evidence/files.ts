/**
 * Small file operations that follow no link, leave nothing half-written and wait for the disk.
 * @module
 */
import { constants } from "node:fs";
import { type FileHandle, lstat, open, rename, rm } from "node:fs/promises";
import { openNew } from "./output_file.ts";

export { reasonOf } from "../os/reason.ts";

/** True for an error with this code ("ENOENT", ...). */
export function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && (error as Error & { code?: string }).code === code;
}

/** Opens an existing regular file for reading; not a link, a device or a FIFO. */
export async function openRegular(path: string): Promise<FileHandle> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const handle = await open(path, flags);
  try {
    if (!(await handle.stat()).isFile()) {
      throw new Error(`Cannot read ${path}: because it is not a regular file`);
    }
    return handle;
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** The chunks of an open file, at most `limit` bytes; the chunk is reused. */
export async function* chunksOf(
  handle: FileHandle,
  limit = Number.MAX_SAFE_INTEGER,
): AsyncGenerator<Uint8Array> {
  const buffer = new Uint8Array(65_536);
  let left = limit;
  while (left > 0) {
    const { bytesRead } = await handle.read(buffer, 0, Math.min(buffer.byteLength, left), null);
    if (bytesRead === 0) return;
    left -= bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}

/** The first `limit` bytes of a regular file as text. */
export async function readStart(path: string, limit: number): Promise<string> {
  const handle = await openRegular(path);
  try {
    const decoder = new TextDecoder();
    let text = "";
    for await (const chunk of chunksOf(handle, limit)) {
      text += decoder.decode(chunk, { stream: true });
    }
    return text + decoder.decode();
  } finally {
    await handle.close();
  }
}

/** Makes what was renamed in this directory durable. */
export async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

/** Replaces (or makes) a 0600 file in one step. The temporary name is `.<name>.tmp`. */
export async function replaceFile(dir: string, name: string, text: string): Promise<void> {
  const temporary = `${dir}/.${name}.tmp`;
  await rm(temporary, { force: true });
  const handle = await openNew(temporary);
  try {
    await handle.writeFile(text);
    await handle.sync();
  } finally {
    await handle.close();
  }
  await rename(temporary, `${dir}/${name}`);
  await syncDirectory(dir);
}

/** True when something has this name, a dangling link too. */
export async function exists(path: string): Promise<boolean> {
  try {
    await lstat(path);
    return true;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return false;
    throw error;
  }
}
