/**
 * Seals a directory of evidence into a bundle: hashes, manifest, tar, zstd, fsync, rename.
 * @module
 */
import { createHash } from "node:crypto";
import { type FileHandle, lstat, readdir, rename, rm } from "node:fs/promises";
import { chunksOf, openRegular, syncDirectory } from "./files.ts";
import { bundleStem, sealedName, sealingName } from "./names.ts";
import { openNew } from "./output_file.ts";
import { tarEnd, tarHeader, tarPadding } from "./tar.ts";
import { ZstdWriter } from "../os/zstd_write.ts";

/** A file of a bundle as its manifest lists it. */
export interface FileEntry {
  /** Name in the top folder. */
  name: string;
  /** Size of its content. */
  size_bytes: number;
  /** 64 hex digits. */
  sha256: string;
}

/** Name of the manifest in a bundle. */
export const MANIFEST = "manifest.json";

/** These come first in the archive, so that `show` and `list` read only its beginning. */
const FIRST = ["README.txt", MANIFEST, "anomaly.json"];

/** Size and SHA-256 of every regular file in the directory but the manifest, in archive order. */
export async function hashFiles(dir: string): Promise<FileEntry[]> {
  const entries: FileEntry[] = [];
  for (const name of await fileNames(dir)) {
    if (name === MANIFEST) continue;
    const handle = await openRegular(`${dir}/${name}`);
    try {
      const hash = createHash("sha256");
      let size_bytes = 0;
      for await (const chunk of chunksOf(handle)) {
        hash.update(chunk);
        size_bytes += chunk.byteLength;
      }
      entries.push({ name, size_bytes, sha256: hash.digest("hex") });
    } finally {
      await handle.close();
    }
  }
  return entries;
}

/**
 * Archives every regular file of `dir` as `<batches>/aod_quick_<id>.tar.zst`. The bundle has that
 * name only when it is whole and on disk. `dir` stays as it is.
 * @returns path and size of the bundle
 */
export async function sealBundle(
  batches: string,
  id: string,
  dir: string,
): Promise<{ path: string; bytes: number }> {
  const temporary = `${batches}/${sealingName(id)}`;
  const path = `${batches}/${sealedName(id)}`;
  await rm(temporary, { force: true });
  const handle = await openNew(temporary);
  let bytes = 0;
  const writer = new ZstdWriter(async (chunk) => {
    bytes += chunk.byteLength;
    await writeAll(handle, chunk);
  });
  try {
    await archive(writer, id, dir);
    await writer.end();
    await handle.sync();
  } catch (error) {
    writer.destroy();
    await handle.close();
    await rm(temporary, { force: true });
    throw error;
  }
  await handle.close();
  await rename(temporary, path);
  await syncDirectory(batches);
  return { path, bytes };
}

async function archive(writer: ZstdWriter, id: string, dir: string): Promise<void> {
  const top = bundleStem(id);
  const mtime_sec = Math.floor((await lstat(dir)).mtimeMs / 1000);
  await writer.write(tarHeader({ name: top, type: "directory", size_bytes: 0, mtime_sec }));
  for (const name of await fileNames(dir)) {
    const handle = await openRegular(`${dir}/${name}`);
    try {
      const { size: size_bytes, mtimeMs } = await handle.stat();
      const mtime_sec = Math.floor(mtimeMs / 1000);
      await writer.write(
        tarHeader({ name: `${top}/${name}`, type: "file", size_bytes, mtime_sec }),
      );
      let left = size_bytes;
      for await (const chunk of chunksOf(handle, size_bytes)) {
        await writer.write(chunk);
        left -= chunk.byteLength;
      }
      if (left !== 0) throw new Error(`Cannot archive ${name}: because it became shorter`);
      await writer.write(tarPadding(size_bytes));
    } finally {
      await handle.close();
    }
  }
  await writer.write(tarEnd());
}

/** Regular files of the directory in archive order; what is not a file is left out. */
async function fileNames(dir: string): Promise<string[]> {
  const names = (await readdir(dir, { withFileTypes: true }))
    .filter((entry) => entry.isFile())
    .map((entry) => entry.name)
    .sort();
  const rank = (name: string) => FIRST.indexOf(name) < 0 ? FIRST.length : FIRST.indexOf(name);
  return names.sort((a, b) => rank(a) - rank(b));
}

async function writeAll(handle: FileHandle, chunk: Uint8Array): Promise<void> {
  let at = 0;
  while (at < chunk.byteLength) {
    const { bytesWritten } = await handle.write(chunk, at, chunk.byteLength - at);
    if (bytesWritten === 0) throw new Error("Cannot write: because nothing was taken");
    at += bytesWritten;
  }
}
