/**
 * The bundles that lie in the output directory, as `/bundles` tells them.
 * @module
 */
import { lstat, readdir } from "node:fs/promises";
import { type BundleMeta, readMeta } from "../evidence/bundle_index.ts";
import { hasCode } from "../evidence/files.ts";
import { BATCHES, classify } from "../evidence/names.ts";

/** What the index says of a bundle beside its id. */
export type BundleKeyData = Omit<BundleMeta, "id">;

/** One sealed bundle. */
export interface BundleRow {
  /** 19 digits: wall-clock nanoseconds. */
  id: string;
  /** The same as ISO 8601. */
  detected_at: string;
  /** Size of the file. */
  bytes: number;
  /** Path of the download. */
  url: string;
  /** Key data; null when neither the index nor the bundle can be read. */
  meta: BundleKeyData | null;
}

/** The newest `limit` bundles, newest first, and how many there are. */
export async function newestBundles(
  output_dir: string,
  limit: number,
): Promise<{ bundles: BundleRow[]; total: number }> {
  const batches = `${output_dir}/${BATCHES}`;
  const sealed = (await namesIn(batches)).flatMap((name) => {
    const known = classify(name);
    return known?.kind === "sealed" ? [{ name, id: known.id }] : [];
  }).sort((a, b) => a.id < b.id ? 1 : -1);
  const bundles: BundleRow[] = [];
  for (const { name, id } of sealed.slice(0, limit)) {
    const bytes = await sizeOf(`${batches}/${name}`);
    if (bytes === null) continue;
    const meta = await readMeta(batches, id);
    bundles.push({
      id,
      detected_at: isoOf(id),
      bytes,
      url: `/bundles/${id}`,
      meta: withoutId(meta),
    });
  }
  return { bundles, total: sealed.length };
}

async function namesIn(directory: string): Promise<string[]> {
  try {
    return await readdir(directory);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
}

/** null for what is no file, or has gone since. */
async function sizeOf(path: string): Promise<number | null> {
  try {
    const info = await lstat(path);
    return info.isFile() ? info.size : null;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return null;
    throw error;
  }
}

function withoutId(meta: BundleMeta | null): BundleKeyData | null {
  if (meta === null) return null;
  const { id: _id, ...rest } = meta;
  return rest;
}

function isoOf(id: string): string {
  const ms = Number(BigInt(id) / 1_000_000n);
  return ms <= 8.64e15 ? new Date(ms).toISOString() : "";
}
