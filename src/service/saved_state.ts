/**
 * What survives when the process replaces itself (a second hang) or ends before everything was
 * collected: anomalies that no collector accepted, and how often it has happened.
 * @module
 */
import { closeSync, constants, fstatSync, ftruncateSync, readFileSync, writeSync } from "node:fs";
import * as z from "zod";
import type { AnomalyType } from "../config/types.ts";
import type { Anomaly } from "../detect/anomaly.ts";
import { ANOMALY_KINDS } from "../detect/registry.ts";
import { MOST_STUCK, type StuckChild } from "../evidence/stuck.ts";
import { openPrivateFile } from "../os/paths.ts";
import { reasonOf } from "../os/reason.ts";

/** The state of one life, handed to the next. */
export interface SavedState {
  /** Why the life ended. */
  reason: string;
  /** Wall-clock ms of every replacement of the process in the last ten minutes. */
  replaced_at: number[];
  /** Children of this process that are stuck in the kernel; they stay its children. */
  stuck: StuckChild[];
  /** Not yet accepted by a collector. */
  anomalies: Anomaly[];
}

/** 256 anomalies of 20 requests stay well below. */
const MAX_BYTES = 16 * 1024 * 1024;

const requestShape = z.record(z.string(), z.union([z.number(), z.bigint(), z.string()]));
const shareShape = {
  metric_key: z.string().max(200),
  value: z.number(),
  mean: z.number(),
  z_score: z.number(),
};
const metricShape = z.object({
  ...shareShape,
  unit: z.string().max(40),
  method: z.enum(["z_score", "three_sigma", "robust", "isolation_forest"]),
  score: z.number().optional(),
  shares: z.array(z.object(shareShape)).max(8).optional(),
  timestamp: z.number(),
});
const anomalyShape = z.object({
  id: z.string().regex(/^\d{19}$/),
  name: z.string().max(200),
  type: z.custom<AnomalyType>((v) =>
    v === "snapshot" || ANOMALY_KINDS.some((kind) => kind.type === v)
  ),
  reason: z.enum(["count", "emergency", "hung", "manual"]),
  group: z.string(),
  count: z.number(),
  acceptable_count: z.number(),
  watch_interval_sec: z.number(),
  window_start_ns: z.bigint(),
  window_end_ns: z.bigint(),
  first_start_ns: z.bigint(),
  detected_ns: z.bigint(),
  worst: z.array(requestShape).max(20),
  patterns: z.array(z.record(z.string(), z.union([z.number(), z.string()]))).max(5),
  rules: z.record(z.string(), z.union([z.number(), z.string()])),
  metrics: z.array(metricShape).max(20).optional(),
});
const stateShape = z.object({
  reason: z.string(),
  replaced_at: z.array(z.number()).max(100),
  stuck: z.array(z.object({ action: z.string(), pid: z.int(), start_ticks: z.number() }))
    .max(MOST_STUCK),
  anomalies: z.array(anomalyShape).max(256),
});

/** Writes the state, 0600, replacing what was there. */
export function saveState(path: string, state: SavedState): void {
  const text = JSON.stringify(
    state,
    (_key, value) => typeof value === "bigint" ? { $bigint: value.toString() } : value,
  );
  const fd = openPrivateFile(path);
  try {
    ftruncateSync(fd, 0);
    writeSync(fd, new TextEncoder().encode(text), 0, undefined, 0);
  } finally {
    closeSync(fd);
  }
}

/**
 * Keeps what no collector has accepted for the next start.
 * @param failed told where that cannot be: the agent ends in order all the same
 */
export function keepAnomalies(
  path: string,
  anomalies: Anomaly[],
  failed: (text: string) => void,
): void {
  if (anomalies.length === 0) return;
  try {
    saveState(path, { reason: "", replaced_at: [], stuck: [], anomalies });
  } catch (error) {
    const lost = `${anomalies.length} anomalies`;
    failed(`Cannot keep ${lost} for the next start: because ${reasonOf(error)}`);
  }
}

/**
 * Reads the state and removes the file: it is used once.
 * @returns null when there is none, or none that can be trusted
 */
export function takeState(path: string): SavedState | null {
  let text: string;
  try {
    Deno.lstatSync(path);
    const fd = openPrivateFile(path, constants.O_NONBLOCK);
    try {
      const info = fstatSync(fd);
      if (!info.isFile() || info.size > MAX_BYTES) return null;
      text = readFileSync(fd, "utf8");
    } finally {
      closeSync(fd);
    }
    Deno.removeSync(path);
  } catch {
    return null;
  }
  try {
    const value: unknown = JSON.parse(text, (_key, v) => {
      const inner = v?.$bigint;
      return typeof inner === "string" && /^-?\d{1,20}$/.test(inner) ? BigInt(inner) : v;
    });
    const parsed = stateShape.safeParse(value);
    return parsed.success ? parsed.data as unknown as SavedState : null;
  } catch {
    return null;
  }
}
