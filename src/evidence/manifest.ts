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
  accepted_ms: number | null;
  snapshot_done_ms: number | null;
  tail_done_ms: number | null;
}

/** manifest.json. */
export interface Manifest {
  schema: number;
  id: string;
  status: BundleStatus;
  anomaly: { name: string; type: string; reason: string; group: string; count: number };
  verdict: VerdictLine;
  /** ISO 8601, UTC. */
  detected: string;
  written: string;
  timing: Timing;
  /** What went wrong outside of the actions, one sentence each. */
  problems: string[];
  actions: ActionRecord[];
  files: FileEntry[];
  /** Replacements by rule of docs/bundles.md. */
  redactions: Record<string, number>;
  /** At every hop: in = out + dropped by cause. null where the agent could not say. */
  ledger: unknown;
  host: HostFacts;
  versions: Record<string, string>;
  /** The effective configuration, redacted; null in a recovered bundle. */
  config: Config | null;
}

/** The machine a bundle comes from. */
export interface HostFacts {
  name: string;
  kernel: string;
  kernel_version: string;
  os: string;
  machine: string;
  cpus: number;
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
