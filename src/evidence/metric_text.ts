/**
 * Metric anomalies in words, for README.txt and the verdict.
 * @module
 */
import type { NamedMetricAnomaly } from "../detect/metrics/metric_anomaly.ts";

/** Three digits are what a person compares. */
function digits(value: number): string {
  if (Number.isInteger(value) && Math.abs(value) < 1e15) return String(value);
  return String(Number(value.toPrecision(3)));
}

function withUnit(value: number, unit: string): string {
  return unit === "" ? digits(value) : `${digits(value)} ${unit}`;
}

/** What left its range and by how much, in one line. */
export function metricText(found: NamedMetricAnomaly): string {
  const { metric_key, value, mean, z_score, method, unit, shares = [] } = found;
  const far = `${digits(Math.abs(z_score))} deviations ${
    z_score < 0 ? "below" : "above"
  }, ${method}`;
  if (method !== "isolation_forest") {
    return `${metric_key} left its range: ${withUnit(value, unit)} where ${
      withUnit(mean, unit)
    } is usual (${far})`;
  }
  const parts = shares.map((share) =>
    `${share.metric_key} ${digits(share.value)} where ${digits(share.mean)} is usual`
  );
  const what = parts.length === 0 ? "" : `; farthest: ${parts.join(", ")}`;
  return `the host as a whole left its range: score ${digits(value)} where ${
    digits(mean)
  } is usual (${method})${what}`;
}

/** The farthest of several: the one that a verdict names. */
export function farthest(all: readonly NamedMetricAnomaly[]): NamedMetricAnomaly | null {
  let most: NamedMetricAnomaly | null = null;
  for (const found of all) {
    if (most === null || Math.abs(found.z_score) > Math.abs(most.z_score)) most = found;
  }
  return most;
}
