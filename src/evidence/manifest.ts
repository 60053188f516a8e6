/**
 * manifest.json: what is in a bundle, how it was collected, on what, and what was lost.
 * @module
 */
import { readFileSync } from "node:fs";
import { cpus, hostname, machine, release, version } from "node:os";
import type { Config } from "../config/types.ts";
import type { Anomaly } from "../detect/anomaly.ts";
import type { ActionRecord } from "./actions/record.ts";
import type { FileEntry } from "./bundle_write.ts";
import type { VerdictLine } from "./contents.ts";
import type { Redactor } from "./redact.ts";

/** Version of the manifest's shape. */
export const MANIFEST_SCHEMA = 1;

/**
 * "complete": everything ran to its end (an action may still have failed); "cut_short": the agent
 * stopped meanwhile; "recovered": the agent died meanwhile and the next start sealed what was there.
 */
export type BundleStatus = "complete" | "cut_short" | "recovered";

/** Milliseconds from detection to the steps of a collection; null where one was not reached. */
export interface Timing {
  /** A crash loses the anomaly no more. */
  accepted_ms: number | null;
  /** The quick actions are done. */
  snapshot_done_ms: number | null;
  /** The wait and the long actions are done. */
  tail_done_ms: number | null;
}

/** metrics.jsonl in short. */
export interface MetricsSummary {
  /** Series in it. */
  series: number;
  /** Points of all of them. */
  points: number;
  /** Keys that are not in it. */
  left_out: number;
  /** Keys of the metrics that left their range at that time. */
  coinciding: string[];
}

/** manifest.json. */
export interface Manifest {
  /** {@linkcode MANIFEST_SCHEMA} */
  schema: number;
  /** Id of the anomaly. */
  id: string;
  /** Whether the bundle is whole. */
  status: BundleStatus;
  /** What fired. */
  anomaly: { name: string; type: string; reason: string; group: string; count: number };
  /** The most likely cause. */
  verdict: VerdictLine;
  /** ISO 8601, UTC. */
  detected: string;
  /** ISO 8601, UTC. */
  written: string;
  /** How long the steps took. */
  timing: Timing;
  /** What metrics.jsonl holds; null where the platform is off or gave no answer. */
  metrics: MetricsSummary | null;
  /** What went wrong outside of the actions, one sentence each. */
  problems: string[];
  /** How the actions went, in the order of their ends. */
  actions: ActionRecord[];
  /** Every file but the manifest. */
  files: FileEntry[];
  /** Replacements by rule of docs/bundles.md. */
  redactions: Record<string, number>;
  /** At every hop: in = out + dropped by cause. null where the agent could not say. */
  ledger: unknown;
  /** Where it was collected. */
  host: HostFacts;
  /** What collected it. */
  versions: Record<string, string>;
  /** The effective configuration, redacted; null in a recovered bundle. */
  config: Config | null;
}

/** The machine a bundle comes from. */
export interface HostFacts {
  /** Host name. */
  name: string;
  /** Release, as `uname -r`. */
  kernel: string;
  /** As `uname -v`. */
  kernel_version: string;
  /** PRETTY_NAME of /etc/os-release. */
  os: string;
  /** As `uname -m`. */
  machine: string;
  /** CPUs that are online. */
  cpus: number;
  /** /proc/sys/kernel/random/boot_id */
  boot_id: string;
}

/** Reads the machine's facts; what cannot be read is "". */
export function hostFacts(): HostFacts {
  const os = /^PRETTY_NAME="?([^"\n]*)/m.exec(textOf("/etc/os-release"))?.[1] ?? "";
  return {
    name: hostname(),
    kernel: release(),
    kernel_version: version(),
    os,
    machine: machine(),
    cpus: cpus().length,
    boot_id: textOf("/proc/sys/kernel/random/boot_id").trim(),
  };
}

/** The part of the manifest that describes the anomaly. */
export function anomalySummary(anomaly: Anomaly): Manifest["anomaly"] {
  const { name, type, reason, group, count } = anomaly;
  return { name, type, reason, group, count };
}

/** The manifest's text: indented JSON, every string in it redacted. */
export function manifestText(manifest: Manifest, redactor: Redactor): string {
  const clean = (key: string, value: unknown): unknown => {
    if (typeof value === "bigint") return value.toString();
    if (key === "command" && Array.isArray(value)) return redactor.argv(value as string[]);
    return typeof value === "string" ? redactor.text(value) : value;
  };
  return `${JSON.stringify(manifest, clean, 2)}\n`;
}

function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
