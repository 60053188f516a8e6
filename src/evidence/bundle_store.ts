/**
 * The sealed bundles of an output directory: list, find, extract.
 * @module
 */
import { lstat, mkdir, readdir, rm } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { type BundleMeta, readMeta } from "./bundle_index.ts";
import { type BundleContent, readBundle } from "./bundle_read.ts";
import { exists, hasCode } from "./files.ts";
import { type FollowupFile, readFollowup } from "./followups.ts";
import { BATCHES, bundleStem, classify } from "./names.ts";

/** A sealed bundle on disk. */
export interface BundleEntry {
  /** Id of the anomaly; "" for a file under another name. */
  id: string;
  /** Where it is. */
  path: string;
  /** Its size. */
  bytes: number;
  /** null when neither the index nor the bundle can be read. */
  meta: BundleMeta | null;
  /** What was counted after it; null for nothing. */
  followup: FollowupFile | null;
}

/** The bundle directories of `dir`: its `batches`, or itself where it has none. */
async function batchesOf(dir: string): Promise<string> {
  const batches = `${dir}/${BATCHES}`;
  return await exists(batches) ? batches : dir;
}

/**
 * Every sealed bundle, oldest first; none where there is no directory.
 * @throws when the directory cannot be read
 */
export async function listBundles(dir: string): Promise<BundleEntry[]> {
  const batches = await batchesOf(dir);
  const entries: BundleEntry[] = [];
  for (const name of await names(batches)) {
    const known = classify(name);
    if (known?.kind === "sealed") {
      const entry = await bundleEntry(`${batches}/${name}`, known.id);
      if (entry !== null) entries.push(entry);
    }
  }
  return entries;
}

async function names(dir: string): Promise<string[]> {
  try {
    return (await readdir(dir)).sort();
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}

/**
 * The bundle meant by a path, an id, the beginning of one id, or null for the newest.
 * @throws {Error} "Cannot find ...: because ..." when there is none or more than one
 */
export async function findBundle(dir: string, wanted: string | null): Promise<BundleEntry> {
  if (wanted?.includes("/")) return await byPath(wanted);
  if (wanted === "") throw new Error("Cannot find a bundle: because its id is empty");
  const batches = await batchesOf(dir);
  const ids = (await names(batches))
    .flatMap((name) => {
      const known = classify(name);
      return known?.kind === "sealed" ? [known.id] : [];
    })
    .filter((id) => wanted === null || id.startsWith(stripName(wanted)))
    .sort();
  const what = wanted ?? "a bundle";
  if (ids.length === 0) throw new Error(`Cannot find ${what}: because ${batches} has none`);
  if (wanted !== null && ids.length > 1) {
    throw new Error(`Cannot find ${what}: because ${ids.length} ids begin like this`);
  }
  const id = ids[ids.length - 1];
  const entry = await bundleEntry(`${batches}/${bundleStem(id)}.tar.zst`, id);
  if (entry === null) throw new Error(`Cannot find ${what}: because it was just deleted`);
  return entry;
}

async function byPath(path: string): Promise<BundleEntry> {
  const known = classify(basename(path));
  const id = known?.kind === "sealed" ? known.id : "";
  const entry = await bundleEntry(path, id);
  if (entry === null) throw new Error(`Cannot find ${path}: because there is no such file`);
  return entry;
}

function stripName(wanted: string): string {
  return wanted.replace(/^aod_quick_/, "").replace(/\.tar\.zst$/, "");
}

async function bundleEntry(path: string, id: string): Promise<BundleEntry | null> {
  try {
    const info = await lstat(path);
    if (!info.isFile()) return null;
    const dir = dirname(path);
    const meta = id === "" ? null : await readMeta(dir, id);
    const followup = id === "" ? null : await readFollowup(dir, id);
    return { id, path, bytes: info.size, meta, followup };
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
}

/**
 * Extracts a bundle to a new directory below `into`, named as its top folder: 0700, files 0600.
 * A bundle that is not sound leaves nothing.
 * @returns the new directory and what is in it
 */
export async function extractBundle(
  path: string,
  into: string,
): Promise<{ dir: string; content: BundleContent }> {
  const { top } = await readBundle(path, { texts: [], stopEarly: true });
  const dir = `${into}/${top}`;
  await mkdir(into, { recursive: true, mode: 0o700 });
  try {
    await mkdir(dir, { mode: 0o700 });
  } catch (error) {
    if (!hasCode(error, "EEXIST")) throw error;
    throw new Error(`Cannot extract: because ${dir} is there already`);
  }
  try {
    return { dir, content: await readBundle(path, { extractTo: dir }) };
  } catch (error) {
    await rm(dir, { recursive: true, force: true });
    throw error;
  }
}
