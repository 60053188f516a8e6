/**
 * Writes metrics.jsonl of a bundle.
 * @module
 */
import type { NamedMetricAnomaly } from "../detect/metrics/metric_anomaly.ts";
import { type MetricsAnswer, metricsLines, type MetricsRequest } from "./host_metrics.ts";
import type { MetricsSummary } from "./manifest.ts";
import { OutputFile } from "./output_file.ts";
import type { Redactor } from "./redact.ts";

/**
 * Writes the series into a new file.
 * @param found what left its range at that time
 * @returns what the manifest says of it
 */
export async function writeMetrics(
  path: string,
  answer: MetricsAnswer,
  request: MetricsRequest,
  found: readonly NamedMetricAnomaly[],
  redactor: Redactor,
): Promise<MetricsSummary> {
  const file = await OutputFile.create(path, redactor);
  try {
    for (const line of metricsLines(answer, request)) await file.print(line);
  } finally {
    await file.close();
  }
  return {
    series: answer.series.length,
    points: answer.series.reduce((sum, { values }) => sum + values.length, 0),
    left_out: answer.left_out,
    coinciding: [...new Set(found.map(({ metric_key }) => metric_key))],
  };
}
