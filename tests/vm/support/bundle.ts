/**
 * A bundle as others see it: unpacked by tar and zstd, its hashes computed anew.
 * @module
 */
import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { join } from "node:path";
import type { Manifest } from "../../../src/evidence/manifest.ts";
import { exec } from "./exec.ts";

/** A request as anomaly.json and requests.jsonl have it: the fields that tests look at. */
export interface RequestRow {
  type: string;
  command: string;
  latency_ms: number;
  status: string | null;
  error: string | null;
  server: string;
  share: string;
  mount: string[];
  name: string | null;
  pid: number;
  comm: string;
  /** ISO 8601, UTC. */
  start: string;
  end_ns: string;
  message_id: string;
  request_id: string;
  in_flight: boolean;
  dropped: boolean;
}

/** anomaly.json: the fields that tests look at. */
export interface AnomalyFile {
  anomaly: string;
  id: string;
  name: string;
  reason: string;
  why: string;
  count: number;
  acceptable_count: number;
  watch_interval_sec: number;
  rules: Record<string, number | string>;
  patterns: {
    count: number;
    code: string;
    command: string;
    server: string;
    share: string;
    process: string;
  }[];
  worst: RequestRow[];
}

/** The first line of requests.jsonl. */
export interface RequestsHead {
  schema: string;
  covered_from_ns: string;
  covered_to_ns: string;
  requests: number;
  in_flight: number;
  overwritten: number;
  torn: number;
}

/** An unpacked bundle. */
export interface Bundle {
  id: string;
  /** File name to content. */
  files: Map<string, Uint8Array>;
  manifest: Manifest;
  anomaly: AnomalyFile;
  head: RequestsHead;
  requests: RequestRow[];
  /** README.txt */
  readme: string;
}

/** Text of a file of the bundle. @throws AssertionError when it is not there. */
export function textOf(bundle: Bundle, name: string): string {
  const bytes = bundle.files.get(name);
  assert.ok(bytes, `the bundle has no ${name}, but ${[...bundle.files.keys()].join(" ")}`);
  return new TextDecoder().decode(bytes);
}

/** Unpacks an archive and checks what every bundle must keep to. */
export async function openBundle(archive: Uint8Array, id: string): Promise<Bundle> {
  const directory = await Deno.makeTempDir({ prefix: "aod-bundle-" });
  try {
    await Deno.writeFile(join(directory, "archive"), archive);
    await exec(["zstd", "-qt", join(directory, "archive")]);
    await exec(["tar", "--zstd", "-xf", join(directory, "archive"), "-C", directory]);
    const top = join(directory, `aod_quick_${id}`);
    const files = new Map<string, Uint8Array>();
    for (const { name } of Deno.readDirSync(top)) {
      files.set(name, Deno.readFileSync(join(top, name)));
    }
    return checked(id, files);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

function checked(id: string, files: Map<string, Uint8Array>): Bundle {
  const text = (name: string) => new TextDecoder().decode(files.get(name));
  const manifest: Manifest = JSON.parse(text("manifest.json"));
  const lines = text("requests.jsonl").trimEnd().split("\n").map((line) => JSON.parse(line));
  const bundle: Bundle = {
    ...{ id, files, manifest, readme: text("README.txt") },
    ...{ anomaly: JSON.parse(text("anomaly.json")), head: lines[0], requests: lines.slice(1) },
  };
  checkFiles(bundle);
  assert.equal(manifest.id, id);
  assert.equal(bundle.anomaly.id, id);
  // As text: a double does not hold 19 digits.
  assert.match(text("anomaly.json"), new RegExp(`"timestamp": ${id},\n`));
  assert.equal(bundle.readme.split("\n")[0], `Verdict: ${manifest.verdict.line}`);
  assert.equal(bundle.head.schema, "aod-requests-1");
  assert.equal(bundle.head.requests + bundle.head.in_flight, bundle.requests.length);
  assert.equal(bundle.head.torn, 0);
  const span = [bundle.head.covered_from_ns, bundle.head.covered_to_ns].map(BigInt);
  for (const { end_ns } of bundle.requests) {
    assert.ok(BigInt(end_ns) >= span[0] && BigInt(end_ns) <= span[1], `${end_ns} outside ${span}`);
  }
  return bundle;
}

/** Every file but the manifest is in the manifest, with its size and SHA-256, and the reverse. */
function checkFiles({ files, manifest }: Bundle): void {
  const found = [...files].filter(([name]) => name !== "manifest.json").map(([name, bytes]) => ({
    name,
    size_bytes: bytes.length,
    sha256: createHash("sha256").update(bytes).digest("hex"),
  }));
  const byName = (a: { name: string }, b: { name: string }) => a.name < b.name ? -1 : 1;
  assert.deepEqual([...manifest.files].sort(byName), found.sort(byName));
  for (const action of manifest.actions) {
    for (const file of action.files) assert.ok(files.has(file), `${action.name}: no ${file}`);
  }
}
