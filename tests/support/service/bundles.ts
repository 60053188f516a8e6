/**
 * What a snapshot of a running agent came to.
 * @module
 */
import assert from "node:assert/strict";
import { readBundle, verifyBundle } from "../../../src/evidence/bundle_read.ts";
import type { ActionRecord } from "../../../src/evidence/actions/record.ts";
import type { Manifest } from "../../../src/evidence/manifest.ts";
import { ZstdReader } from "../../../src/evidence/zstd_read.ts";
import type { TestAgent } from "./agent.ts";

new ZstdReader()[Symbol.dispose](); // opens the library outside of the tests

/** A verified bundle. */
export interface TakenBundle {
  path: string;
  manifest: Manifest;
  action: (name: string) => ActionRecord;
}

/** Verifies a bundle and reads its manifest. */
export async function openBundleFile(path: string): Promise<TakenBundle> {
  assert.deepEqual((await verifyBundle(path)).faults, []);
  const { texts } = await readBundle(path, { texts: ["manifest.json"] });
  const manifest = JSON.parse(texts.get("manifest.json") ?? "") as Manifest;
  const action = (name: string) => {
    const found = manifest.actions.find((record) => record.name === name);
    assert.ok(found !== undefined, `${name} is not in the manifest`);
    return found;
  };
  return { path, manifest, action };
}

/** Takes a snapshot; fails with the agent's answer and log when there is none. */
export async function takeSnapshot(agent: TestAgent): Promise<TakenBundle> {
  const response = await agent.ask("snapshot");
  assert.ok(response.ok, `${JSON.stringify(response)}\n${agent.log}`);
  return await openBundleFile((response.result as { path: string }).path);
}

/** Names in the directory of the bundles; none when there is no directory. */
export function batchNames(outputDir: string): string[] {
  try {
    return [...Deno.readDirSync(`${outputDir}/batches`)].map((entry) => entry.name).sort();
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return [];
    throw error;
  }
}

/** Waits for an anomaly in the agent's log, and opens the bundle that came of it. */
export async function nextBundle(agent: TestAgent, anomaly: RegExp): Promise<TakenBundle> {
  const fired = new RegExp(`${anomaly.source}.*: (\\d{19})`);
  await agent.saw(fired);
  const sealed = new RegExp(`sealed (\\S+_${fired.exec(agent.log)?.[1]}\\.tar\\.zst)`);
  await agent.saw(sealed);
  return await openBundleFile(sealed.exec(agent.log)?.[1] ?? "");
}
