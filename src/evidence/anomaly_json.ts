/**
 * anomaly.json: what fired and why. `anomaly` and `timestamp` are the first keys, as readers of the
 * older format expect them; the timestamp is a number of 19 digits, written as it is.
 * @module
 */
import { anomalyKinds } from "../config/anomaly_kinds.ts";
// Declares the kinds: the collector's thread has no configuration loader that would.
import "../detect/registry.ts";
import type { Anomaly } from "../detect/anomaly.ts";
import type { NamedMetricAnomaly } from "../detect/metrics/metric_anomaly.ts";
import { isoOfWallNs, wallOfMonotonic } from "../os/clock.ts";
import { type PlaceNames, requestObject } from "./requests_jsonl.ts";

const METRICS_KEY = '\n  "metric_anomalies": ';

/** Text of anomaly.json; `metric_anomalies` comes last, see {@linkcode withMetrics}. */
export function anomalyJson(anomaly: Anomaly, names: PlaceNames, offsetNs: bigint): string {
  if (!/^[0-9]{1,19}$/.test(anomaly.id)) {
    throw new TypeError(`Cannot write anomaly.json: because the id "${anomaly.id}" is no number`);
  }
  const iso = (ns: bigint) => isoOfWallNs(wallOfMonotonic(ns, offsetNs));
  const rest = {
    id: anomaly.id,
    name: anomaly.name,
    reason: anomaly.reason,
    why: whyOf(anomaly),
    group: anomaly.group,
    count: anomaly.count,
    acceptable_count: anomaly.acceptable_count,
    watch_interval_sec: anomaly.watch_interval_sec,
    window_start: iso(anomaly.window_start_ns),
    window_end: iso(anomaly.window_end_ns),
    first_start: iso(anomaly.first_start_ns),
    detected: iso(anomaly.detected_ns),
    detection_delay_ms: Number(anomaly.detected_ns - anomaly.window_end_ns) / 1e6,
    rules: anomaly.rules,
    patterns: anomaly.patterns,
    worst: anomaly.worst.map((request) => requestObject(request, names, offsetNs)),
    metric_anomalies: anomaly.metrics ?? [],
  };
  // The timestamp goes in as text: as a double it would lose its last digits.
  const text = JSON.stringify(rest, null, 2).replace(/^\{\n/, "");
  return `{\n  "anomaly": ${
    JSON.stringify(anomaly.type)
  },\n  "timestamp": ${anomaly.id},\n${text}\n`;
}

/**
 * The text with other metric anomalies: those that coincide are known when the bundle's tail ends, and
 * the file is there before, so that a crash loses nothing.
 */
export function withMetrics(text: string, metrics: readonly NamedMetricAnomaly[]): string {
  const at = text.lastIndexOf(METRICS_KEY);
  if (at < 0) return text;
  const list = JSON.stringify(metrics, null, 2).replaceAll("\n", "\n  ");
  return `${text.slice(0, at)}${METRICS_KEY}${list}\n}\n`;
}

/** One sentence on why it fired. */
export function whyOf(anomaly: Anomaly): string {
  const { count, acceptable_count, watch_interval_sec, rules } = anomaly;
  const window = `within ${watch_interval_sec} s`;
  const limit = typeof rules.emergency_ms === "number" ? `${rules.emergency_ms} ms` : "its limit";
  const group = anomaly.group === "" ? "" : ` for ${anomaly.group}`;
  switch (anomaly.reason) {
    case "emergency":
      return `one request took ${limit} or longer${group}`;
    case "hung":
      return `one request was still without an answer after ${limit}${group}`;
    case "manual":
      return "asked for by a person";
    default:
      if (anomaly.type === "metric") {
        const metrics = count === 1 ? "a metric" : `${count} metrics`;
        return `${metrics} left the range ${window}, ${acceptable_count} ${
          acceptable_count === 1 ? "is" : "are"
        } enough`;
      }
      return `${count} ${nounOf(anomaly)} ${window}, ${acceptable_count} are too many${group}`;
  }
}

function nounOf(anomaly: Anomaly): string {
  return anomalyKinds().get(anomaly.type)?.noun ?? "events";
}
