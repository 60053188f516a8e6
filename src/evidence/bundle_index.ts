/**
 * `<id>.meta.json` beside a bundle: what listing and cleaning need, without opening the bundle. It is
 * written when the bundle is sealed and made again from the bundle where it is missing.
 * @module
 */
import * as z from "zod";
import { readBundle } from "./bundle_read.ts";
import { MANIFEST } from "./bundle_write.ts";
import { readStart, replaceFile } from "./files.ts";
import { ID, metaName, sealedName } from "./names.ts";

/** Key data of a sealed bundle. */
export interface BundleMeta {
  /** 19 digits. */
  id: string;
  /** The anomaly's key in the configuration. */
  name: string;
  /** Its type. */
  type: string;
  /** Why it fired. */
  reason: string;
  /** Offending requests at firing. */
  count: number;
  /** Whether the bundle is whole, see the manifest. */
  status: string;
  /** Machine name of the verdict. */
  verdict: string;
  /** The verdict for people. */
  verdict_line: string;
}

const META: z.ZodType<BundleMeta> = z.object({
  id: z.string().regex(ID),
  name: z.string(),
  type: z.string(),
  reason: z.string(),
  count: z.number(),
  status: z.string(),
  verdict: z.string(),
  verdict_line: z.string(),
});

const LIMIT_BYTES = 65_536;

/** The parts of a manifest that the index takes; other parts may be anything. */
const SOURCE = z.object({
  id: z.string(),
  status: z.string(),
  anomaly: z.object({
    name: z.string(),
    type: z.string(),
    reason: z.string(),
    count: z.number(),
  }),
  verdict: z.object({ kind: z.string(), line: z.string() }),
});

/** Index data from a manifest's text. */
export function metaOf(manifest: string): BundleMeta {
  const { id, status, anomaly, verdict } = SOURCE.parse(JSON.parse(manifest));
  return META.parse({
    id,
    ...anomaly,
    status,
    verdict: verdict.kind,
    verdict_line: verdict.line,
  });
}

/** Writes the index of a bundle. */
export async function writeMeta(batches: string, meta: BundleMeta): Promise<void> {
  await replaceFile(batches, metaName(meta.id), `${JSON.stringify(meta)}\n`);
}

/**
 * The index of a bundle; read from the bundle itself where the file is missing or not sound.
 * @returns null when the bundle does not say either
 */
export async function readMeta(batches: string, id: string): Promise<BundleMeta | null> {
  try {
    const meta = META.parse(JSON.parse(await readStart(`${batches}/${metaName(id)}`, LIMIT_BYTES)));
    if (meta.id === id) return meta;
  } catch {
    // Made again below.
  }
  try {
    const path = `${batches}/${sealedName(id)}`;
    const { texts } = await readBundle(path, { texts: [MANIFEST], stopEarly: true });
    return metaOf(texts.get(MANIFEST) ?? "");
  } catch {
    return null;
  }
}
