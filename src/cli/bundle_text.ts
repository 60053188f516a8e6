/**
 * Bundles as text: the list and the summary of a manifest.
 * @module
 */
import Table from "cli-table3";
import type { BundleEntry } from "../evidence/bundle_store.ts";
import type { FollowupFile } from "../evidence/followups.ts";
import type { Manifest } from "../evidence/manifest.ts";
import { isoOfWallNs } from "../os/clock.ts";

const HEAD = ["id", "time", "anomaly", "reason", "verdict", "size", "follow-ups"];

/** One bundle of `aod bundle list --json`. */
export function listJson(bundle: BundleEntry): Record<string, unknown> {
  const { id, path, bytes, meta, followup } = bundle;
  return {
    id,
    time: timeOf(id),
    anomaly: meta?.name ?? null,
    type: meta?.type ?? null,
    reason: meta?.reason ?? null,
    count: meta?.count ?? null,
    status: meta?.status ?? null,
    verdict: meta?.verdict ?? null,
    verdict_line: meta?.verdict_line ?? null,
    bytes,
    followups: followup?.count ?? 0,
    path,
  };
}

/** Columns that a narrow terminal goes without, the least telling first. */
const OPTIONAL = ["size", "reason", "follow-ups", "time"];

/**
 * The list as a table: drawn on a terminal of this many columns, with what fits there; plain and
 * whole elsewhere (null).
 */
export function listText(bundles: readonly BundleEntry[], columns: number | null): string {
  const rows = bundles.map(({ id, bytes, meta, followup }) =>
    [
      id,
      timeOf(id).replace(/\.\d+Z$/, "Z"),
      meta?.name ?? "?",
      meta?.reason ?? "?",
      meta?.verdict ?? "unreadable",
      size(bytes),
      followup === null ? "" : String(followup.count),
    ].map(printable)
  );
  const all = [HEAD, ...rows];
  const widths = HEAD.map((_, column) => Math.max(...all.map((row) => row[column].length)));
  if (columns !== null) {
    let shown = HEAD.map((_, column) => column);
    const drawnWidth = () => shown.reduce((sum, column) => sum + widths[column] + 3, 1);
    for (const title of OPTIONAL) {
      if (drawnWidth() > columns) shown = shown.filter((column) => HEAD[column] !== title);
    }
    const cells = (row: string[]) => shown.map((column) => row[column]);
    const table = new Table({ head: cells(HEAD), style: { head: [], border: [] } });
    table.push(...rows.map(cells));
    return `${table.toString()}\n`;
  }
  return all.map((row) =>
    `${row.map((cell, column) => cell.padEnd(widths[column])).join("  ").trimEnd()}\n`
  ).join("");
}

/** What a reader wants of a manifest. */
export function manifestSummary(manifest: Manifest, followup: FollowupFile | null): string {
  const { anomaly, host, versions, timing } = manifest;
  const counted = anomaly.type === "metric" ? "metric" : "request";
  const lines = [
    `bundle     ${manifest.id}, ${manifest.status}`,
    `detected   ${manifest.detected}`,
    `anomaly    ${anomaly.name} (${anomaly.type}, ${anomaly.reason}), ${anomaly.count} ${counted}${
      anomaly.count === 1 ? "" : "s"
    }`,
    `host       ${host.name}, ${host.os}, kernel ${host.kernel}`,
    `aod        ${versions.aod}`,
    `timing     snapshot ${ms(timing.snapshot_done_ms)}, tail ${ms(timing.tail_done_ms)}`,
  ];
  if (followup !== null) {
    const { count, worst_latency_ms, updated } = followup;
    lines.push(`followed   by ${count} more until ${updated}, worst ${worst_latency_ms} ms`);
  }
  // A bundle of an older version has none.
  const coinciding = manifest.metrics?.coinciding ?? [];
  if (coinciding.length > 0) lines.push(`metrics    out of range: ${coinciding.join(", ")}`);
  for (const problem of manifest.problems) lines.push(`problem    ${problem}`);
  lines.push("actions");
  for (const action of manifest.actions) {
    const note = action.note === "" ? "" : `  ${action.note}`;
    const figures = `${action.status.padEnd(9)} ${String(action.duration_ms).padStart(6)} ms`;
    lines.push(`  ${action.name.padEnd(12)} ${figures}${note}`);
  }
  lines.push("files");
  for (const file of manifest.files) {
    lines.push(`  ${String(file.size_bytes).padStart(10)}  ${file.name}`);
  }
  return `${lines.join("\n")}\n`;
}

/** Text from a bundle for a terminal: no control characters but line ends and tabs. */
export function printable(text: string): string {
  return text.replace(/[^\P{C}\n\t]/gu, "\uFFFD");
}

function timeOf(id: string): string {
  return id === "" ? "" : isoOfWallNs(BigInt(id));
}

function ms(value: number | null): string {
  return value === null ? "not reached" : `${Math.round(value)} ms`;
}

function size(bytes: number): string {
  if (bytes < 1024) return `${bytes} B`;
  const units = ["KiB", "MiB", "GiB"];
  let value = bytes / 1024;
  let unit = 0;
  while (value >= 1024 && unit < units.length - 1) {
    value /= 1024;
    unit++;
  }
  return `${value.toFixed(1)} ${units[unit]}`;
}
