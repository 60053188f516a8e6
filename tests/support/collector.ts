/**
 * A collector as the tests drive it, and its bundles as they look into them.
 * @module
 */
import assert from "node:assert/strict";
import { readBundle, verifyBundle } from "../../src/evidence/bundle_read.ts";
import { Collector, type CollectorOptions } from "../../src/evidence/collector.ts";
import type { Manifest } from "../../src/evidence/manifest.ts";
import { ZstdReader } from "../../src/evidence/zstd_read.ts";
import { configOf, plainContents } from "./evidence.ts";
import type { ActionSpec } from "../../src/config/types.ts";

new ZstdReader()[Symbol.dispose](); // opens the library outside of the tests

/** A collector of real actions with plain contents. */
export function collectorFor(
  output: string,
  actions: ActionSpec[],
  over: Partial<CollectorOptions> = {},
): Collector {
  return new Collector({
    config: configOf(output, actions),
    probe: null,
    contents: plainContents,
    retry_ms: [],
    ...over,
  });
}

/** Texts of a bundle with its manifest, after it was verified. */
export async function openBundle(path: string, ...names: string[]) {
  assert.deepEqual((await verifyBundle(path)).faults, []);
  const { texts, files } = await readBundle(path, { texts: ["manifest.json", ...names] });
  const manifest = JSON.parse(texts.get("manifest.json") ?? "") as Manifest;
  const action = (name: string) => {
    const found = manifest.actions.find((a) => a.name === name);
    assert.ok(found !== undefined, `${name} is not in the manifest`);
    return found;
  };
  return { manifest, texts, action, names: files.map((file) => file.name) };
}

/** Permission bits. */
export function modeOf(path: string): number {
  return (Deno.lstatSync(path).mode ?? 0) & 0o777;
}
