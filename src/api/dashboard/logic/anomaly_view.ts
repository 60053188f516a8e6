/**
 * An anomaly, of SMB or of a metric, as the page shows it.
 * @module
 */
import type { ApiEvent } from "../../data.ts";
import { formatValue, threeDigits } from "./units.ts";
import { unitOf } from "./metric_unit.ts";

/** One anomaly. */
export interface AnomalyView {
  /** The event's. */
  id: string;
  /** Seconds since the epoch. */
  timestamp: number;
  /** Which detector. */
  source: string;
  /** What is out of order: the metric's key or the anomaly's name. */
  name: string;
  /** In words. */
  detail: string;
  /** The bundle that it led to, null for none. */
  bundle: string | null;
  /** Nothing is wrong: somebody asked for a bundle. */
  asked: boolean;
}

const BUNDLE_ID = /^\d{19}$/;

function text(value: unknown): string {
  return typeof value === "string" || typeof value === "number" ? String(value) : "";
}

function number(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

function bundleOf(data: Record<string, unknown>): string | null {
  const ids = [data.bundle_id, data.bundle, data.anomaly_id, data.id].map(text);
  return ids.find((id) => BUNDLE_ID.test(id)) ?? null;
}

function metricDetail(data: Record<string, unknown>, key: string): string {
  const unit = unitOf(key, text(data.unit));
  const words = [`${formatValue(number(data.value), unit)}`];
  if (number(data.mean) !== null) words.push(`mean ${formatValue(number(data.mean), unit)}`);
  const z = number(data.z_score);
  if (z !== null) words.push(`z ${threeDigits(z)}`);
  const score = number(data.score);
  if (score !== null) words.push(`score ${threeDigits(score)}`);
  if (text(data.method) !== "") words.push(text(data.method).replaceAll("_", " "));
  return words.join(", ");
}

function smbDetail(data: Record<string, unknown>): string {
  const told = [data.message, data.detail, data.summary, data.verdict_line].map(text);
  const found = told.find((line) => line !== "");
  if (found !== undefined) return found;
  const count = number(data.count);
  return [
    text(data.type),
    text(data.reason),
    count === null ? "" : `${count} ${data.type === "metric" ? "out of range" : "requests"}`,
    text(data.group),
  ].filter((word) => word !== "").join(", ");
}

/** Reads an event of type "anomaly". */
export function anomalyView(event: ApiEvent): AnomalyView {
  const { data } = event;
  const key = text(data.metric_key);
  return {
    id: event.event_id,
    timestamp: event.timestamp,
    source: event.source,
    name: key || text(data.name) || text(data.anomaly) || "anomaly",
    detail: key === "" ? smbDetail(data) : metricDetail(data, key),
    bundle: bundleOf(data),
    asked: data.reason === "manual",
  };
}
