/**
 * What a metric anomaly's keys come to, and what it needs beside them.
 * @module
 */
import type * as z from "zod";
import { type ConfigPath, type Diagnostics, quote } from "../diagnostics.ts";
import type { PlatformConfig } from "../platform.ts";
import type { metric } from "../schema/metric.ts";
import type { AnomalyConfig, MetricTrigger } from "../types.ts";
import { PLACEHOLDER } from "./names.ts";

/** Keys of its own. */
export type MetricRules = Pick<
  MetricTrigger,
  "metrics" | "min_z_score" | "min_score" | "window_sec"
>;

/**
 * Takes repeated patterns out.
 * @internal
 */
export function resolveMetric(
  input: z.output<typeof metric>,
  path: ConfigPath,
  diagnostics: Diagnostics,
): MetricRules {
  const { metrics, min_z_score, min_score, window_sec } = input;
  const known = new Set<string>();
  metrics.forEach((pattern, i) => {
    if (pattern === PLACEHOLDER) return;
    if (known.has(pattern)) {
      const message = `${quote(pattern)} is there already; the first entry counts`;
      diagnostics.warning([...path, "metrics", i], message);
    }
    known.add(pattern);
  });
  return { metrics: [...known], min_z_score, min_score, window_sec };
}

/**
 * A metric anomaly that nothing feeds is a fault: it would never fire.
 * @internal
 */
export function refuseUnfed(
  anomalies: readonly AnomalyConfig[],
  { collectors, ml }: Pick<PlatformConfig, "collectors" | "ml">,
  diagnostics: Diagnostics,
): void {
  const off = [...collectors.enabled ? [] : ["collectors"], ...ml.enabled ? [] : ["ml"]];
  if (off.length === 0) return;
  for (const { name, type } of anomalies) {
    if (type !== "metric") continue;
    const verb = off.length === 1 ? "is" : "are";
    diagnostics.error(
      ["guardian", "anomalies", name, "type"],
      `type Metric needs the sections collectors and ml, and ${off.join(" and ")} ${verb} off`,
    );
  }
}
