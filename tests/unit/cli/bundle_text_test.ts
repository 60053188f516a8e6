/**
 * The list of bundles as text.
 * @module
 */
import assert from "node:assert/strict";
import { listText, manifestSummary } from "../../../src/cli/bundle_text.ts";
import type { Manifest } from "../../../src/evidence/manifest.ts";

const BUNDLE = {
  id: "1795170937878811294",
  path: "/var/log/aod/batches/aod_quick_1795170937878811294.tar.zst",
  bytes: 15_637,
  meta: null,
  followup: null,
};

Deno.test("on a terminal the list is as wide as the terminal allows, id and verdict stay", () => {
  const wide = listText([BUNDLE], 200);
  assert.match(wide, /│ id .*│ time .*│ anomaly .*│ reason .*│ verdict .*│ size .*│ follow-ups │/);
  for (const columns of [80, 60, 40]) {
    const text = listText([BUNDLE], columns);
    assert.match(text, /│ id .*│ anomaly .*│ verdict /);
    if (columns < 60) continue;
    for (const line of text.split("\n")) assert.ok(line.length <= columns, `${columns}: ${line}`);
  }
});

Deno.test("elsewhere it is plain and whole", () => {
  assert.match(listText([BUNDLE], null), /^id +time +anomaly +reason +verdict +size +follow-ups\n/);
});

Deno.test("what a metric bundle is about, and which metrics left their range beside an SMB anomaly", () => {
  const manifest = {
    id: BUNDLE.id,
    status: "complete",
    detected: "2026-11-20T19:45:11.882791406Z",
    anomaly: { name: "busy", type: "metric", reason: "count", group: "", count: 1 },
    metrics: { series: 64, points: 7965, left_out: 60, coinciding: ["cpu.system", "cpu.total"] },
    host: { name: "h", os: "o", kernel: "k" },
    versions: { aod: "0.1.0" },
    timing: { snapshot_done_ms: 1, tail_done_ms: 2, accepted_ms: 0 },
    problems: [],
    actions: [],
    files: [],
  } as unknown as Manifest;
  const text = manifestSummary(manifest, null);
  assert.match(text, /^anomaly {4}busy \(metric, count\), 1 metric\nhost /m);
  assert.match(text, /^metrics {4}out of range: cpu\.system, cpu\.total$/m);
  const { metrics: _metrics, ...older } = manifest;
  const smb = { ...older, anomaly: { ...manifest.anomaly, type: "latency", count: 12 } };
  const before = manifestSummary(smb as Manifest, null);
  assert.match(before, /\(latency, count\), 12 requests\n/);
  assert.doesNotMatch(before, /^metrics/m);
});
