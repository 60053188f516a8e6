/**
 * What an agent that died has left in `batches`: finished where there is something to finish, removed
 * otherwise. Nothing half-written ever has the name of a bundle, so sealed ones are not looked at.
 * @module
 */
import { lstat, readdir, rm } from "node:fs/promises";
import * as z from "zod";
import { isoOfWallNs } from "../os/clock.ts";
import { metaOf, writeMeta } from "./bundle_index.ts";
import { hashFiles, MANIFEST, sealBundle } from "./bundle_write.ts";
import { exists, hasCode, readStart, reasonOf, replaceFile } from "./files.ts";
import { hostFacts, type Manifest, MANIFEST_SCHEMA, manifestText } from "./manifest.ts";
import { classify, sealedName } from "./names.ts";
import { writeText } from "./output_file.ts";
import { Redactor } from "./redact.ts";
import { versions } from "./versions.ts";

/** What happened to one leftover. */
export interface Leftover {
  /** Name in `batches`. */
  name: string;
  /** Id of the anomaly. */
  id: string;
  /** What became of it. */
  outcome: "sealed" | "removed" | "failed";
  /** Path of the bundle for "sealed", the reason for "failed". */
  detail: string;
  /** Size of the bundle for "sealed". */
  bytes: number;
}

const LIMIT_BYTES = 4 * 1_048_576;
const LINE = "the agent stopped while this bundle was collected";

/** What is taken over from the manifest that was there. */
const OLD = z.object({
  anomaly: z.object({
    name: z.string(),
    type: z.string(),
    reason: z.string(),
    group: z.string(),
    count: z.number(),
  }),
  actions: z.array(z.unknown()).catch([]),
  problems: z.array(z.string()).catch([]),
  config: z.unknown(),
  ledger: z.unknown(),
});

/**
 * Deals with every leftover but those of `active` ids. One that fails does not stop the others.
 * @returns one entry a leftover; empty where there is no directory
 */
export async function recoverLeftovers(
  batches: string,
  active: Pick<ReadonlySet<string>, "has"> = new Set<string>(),
): Promise<Leftover[]> {
  let names: string[];
  try {
    names = await readdir(batches);
  } catch (error) {
    if (hasCode(error, "ENOENT")) return [];
    throw error;
  }
  const result: Leftover[] = [];
  for (const name of names.sort()) {
    const known = classify(name);
    if (known === null || active.has(known.id)) continue;
    if (!["partial", "sealing", "temporary"].includes(known.kind)) continue;
    const entry = { name, id: known.id, bytes: 0 };
    try {
      const sealed = known.kind === "partial" && await finish(batches, name, known.id);
      if (sealed) result.push({ ...entry, ...sealed, outcome: "sealed", detail: sealed.path });
      else result.push({ ...entry, outcome: "removed", detail: "" });
      await rm(`${batches}/${name}`, { recursive: true, force: true });
    } catch (error) {
      result.push({ ...entry, outcome: "failed", detail: reasonOf(error) });
    }
  }
  return result;
}

/** Seals what is there; null where there is nothing worth it. */
async function finish(
  batches: string,
  name: string,
  id: string,
): Promise<{ path: string; bytes: number } | null> {
  const dir = `${batches}/${name}`;
  if (!(await lstat(dir)).isDirectory()) return null;
  if (await exists(`${batches}/${sealedName(id)}`)) return null;
  if (!await exists(`${dir}/anomaly.json`)) return null;
  for (const file of await readdir(dir)) {
    if (file.startsWith(".")) await rm(`${dir}/${file}`, { recursive: true, force: true });
  }
  const redactor = new Redactor();
  if (!await exists(`${dir}/README.txt`)) {
    await writeText(
      `${dir}/README.txt`,
      `Verdict: unclear: ${LINE}\n\nFiles may be incomplete; manifest.json lists them.\n`,
      redactor,
    );
  }
  const text = manifestText(await recoveredManifest(dir, id), redactor);
  await replaceFile(dir, MANIFEST, text);
  const sealed = await sealBundle(batches, id, dir);
  await writeMeta(batches, metaOf(text)).catch(() => {}); // made again when it is asked for
  return sealed;
}

async function recoveredManifest(dir: string, id: string): Promise<Manifest> {
  const old = await oldManifest(dir);
  return {
    schema: MANIFEST_SCHEMA,
    id,
    status: "recovered",
    anomaly: old?.anomaly ?? { name: "", type: "", reason: "", group: "", count: 0 },
    verdict: { kind: "unclear", line: LINE, evidence: [] },
    detected: isoOfWallNs(BigInt(id)),
    written: new Date().toISOString(),
    timing: { accepted_ms: null, snapshot_done_ms: null, tail_done_ms: null },
    metrics: null,
    problems: [...old?.problems ?? [], LINE],
    actions: (old?.actions ?? []) as Manifest["actions"],
    files: await hashFiles(dir),
    redactions: {},
    ledger: old?.ledger ?? null,
    host: hostFacts(),
    versions: versions(),
    config: (old?.config ?? null) as Manifest["config"],
  };
}

async function oldManifest(dir: string): Promise<z.infer<typeof OLD> | null> {
  try {
    return OLD.parse(JSON.parse(await readStart(`${dir}/${MANIFEST}`, LIMIT_BYTES)));
  } catch {
    return null;
  }
}
