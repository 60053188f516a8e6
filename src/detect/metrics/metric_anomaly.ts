/**
 * What the detectors of metrics find, and the event that goes over the bus.
 * @module
 */
import type { BusEvent } from "../../stream/bus_event.ts";

/** How it was found. */
export type MetricMethod = "z_score" | "three_sigma" | "robust" | "isolation_forest";

/** One metric's part in an anomaly of the host. */
export interface MetricShare {
  /** One of the eight. */
  metric_key: string;
  /** Now. */
  value: number;
  /** Of the window before. */
  mean: number;
  /** Distance from the mean in standard deviations. */
  z_score: number;
}

/** A value that is not like those before it. All numbers are finite. */
export interface MetricAnomaly extends MetricShare {
  /** The metric; `host` where all eight were judged together, `value` and `mean` being the score's. */
  metric_key: string;
  /** How it was found. */
  method: MetricMethod;
  /** Isolation forest: the score, 0 to 1. */
  score?: number;
  /** Isolation forest: the metrics that are farthest from their means, at most three. */
  shares?: MetricShare[];
  /** Seconds since the epoch. */
  timestamp: number;
}

/** The same for bundles, where nobody is at hand who knows the unit. */
export interface NamedMetricAnomaly extends MetricAnomaly {
  /** Of `value` and `mean`, as in docs/metrics.md; "" for a score. */
  unit: string;
}

/** `source` of the events. */
export const ANOMALY_SOURCE = "ml::anomaly_detector";

/**
 * The event of an anomaly.
 * @param event_id a fresh id
 */
export function anomalyEvent(event_id: string, anomaly: MetricAnomaly): BusEvent {
  const { timestamp, ...data } = anomaly;
  return { event_id, event_type: "anomaly", timestamp, source: ANOMALY_SOURCE, data };
}
