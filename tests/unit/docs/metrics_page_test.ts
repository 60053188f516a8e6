/**
 * docs/metrics.md is made of the descriptors of collectors and of the agent itself.
 * @module
 */
import assert from "node:assert/strict";
import { metricsMarkdown } from "../../../packaging/gen_metrics_docs.ts";
import { COLLECTOR_METRICS } from "../../../src/collect/registry.ts";
import { OWN_METRICS } from "../../../src/service/platform/own_metrics.ts";

Deno.test("docs/metrics.md is up to date", () => {
  const path = new URL("../../../docs/metrics.md", import.meta.url);
  assert.equal(
    Deno.readTextFileSync(path),
    metricsMarkdown(),
    "deno run -A packaging/gen_metrics_docs.ts",
  );
});

Deno.test("docs/metrics.md: every key has a row with its unit and metric_type", () => {
  const rows = metricsMarkdown().split("\n");
  for (const { key, unit, metric_type } of [...COLLECTOR_METRICS, ...OWN_METRICS]) {
    const wanted = `| \`${key}\` | ${unit} | ${metric_type} | `;
    assert.equal(rows.filter((row) => row.startsWith(wanted)).length, 1, wanted);
  }
});
