/**
 * README.txt: the verdict first, then what fired and where to look.
 * @module
 */
import { hostname, release } from "node:os";
import { smbCommandName } from "../config/names/smb_commands.ts";
import { AOD_VERSION } from "../os/build_info.ts";
import { isoOfWallNs, wallOfMonotonic } from "../os/clock.ts";
import { SMB_FLAG } from "../probe/smb/layout.gen.ts";
import { whyOf } from "./anomaly_json.ts";
import type { Findings, VerdictLine } from "./contents.ts";
import { COINCIDES_BEFORE_SEC } from "./host_metrics.ts";
import { metricText } from "./metric_text.ts";
import type { Recording } from "./recorder.ts";
import { milliseconds } from "./requests_jsonl.ts";

/** Worst requests shown. */
const SHOWN = 5;
/** Metrics shown, the newest. */
const MOST_METRICS = 10;

/** Text of README.txt. */
export function readmeText(
  findings: Findings,
  verdict: VerdictLine,
  recording: Recording | null,
  offsetNs: bigint,
): string {
  const { anomaly, actions } = findings;
  const iso = (ns: bigint) => isoOfWallNs(wallOfMonotonic(ns, offsetNs));
  const out = [`Verdict: ${verdict.line}`, ""];
  out.push(...verdict.evidence.map((text) => `  - ${text}`));
  if (verdict.evidence.length > 0) out.push("");
  out.push(
    `Anomaly "${anomaly.name}" (${anomaly.type}, ${anomaly.reason}): ${whyOf(anomaly)}.`,
    anomaly.type === "snapshot"
      ? `Taken ${iso(anomaly.detected_ns)}.`
      : `Detected ${iso(anomaly.detected_ns)}, ${
        anomaly.type === "metric" ? "first value outside" : "first offending request began"
      } ${iso(anomaly.first_start_ns)}.`,
    `Host ${hostname()}, kernel ${release()}, aod ${AOD_VERSION}. All times are UTC.`,
    "",
  );
  if (anomaly.patterns.length > 0) {
    out.push("Commonest patterns:");
    for (const p of anomaly.patterns) {
      const where = [p.server, p.share].filter((word) => word !== "").join(" ");
      out.push(`  ${p.count}x ${[p.code, p.command, where, p.process].filter(Boolean).join(", ")}`);
    }
    out.push("");
  }
  if (anomaly.worst.length > 0) {
    out.push("Worst requests:");
    for (const r of anomaly.worst.slice(0, SHOWN)) {
      const state = (r.flags & SMB_FLAG.IN_FLIGHT) !== 0 ? "without an answer after " : "";
      out.push(
        `  ${state}${milliseconds(r.latency_ns).toFixed(3)} ms ${smbCommandName(r.command)}` +
          ` mid ${r.message_id} by ${r.comm || "?"}[${r.pid}]${r.name ? ` on ${r.name}` : ""}`,
      );
    }
    out.push("");
  }
  out.push(...metricsPart(findings));
  out.push(
    "Files:",
    "  anomaly.json    what fired and why, the worst requests, the commonest patterns",
    `  requests.jsonl  ${coverage(recording, iso)}`,
    "  manifest.json   every file with its hash, every action with its outcome, the loss ledger",
  );
  if (findings.series !== null) {
    out.push(`  metrics.jsonl   ${findings.series} metrics of the host, from 5 minutes before on`);
  }
  for (const action of actions) {
    const state = action.status === "ok" ? "" : `  (${action.status}${note(action.note)})`;
    out.push(`  ${action.files.join(" ") || `${action.name}: no file`}${state}`);
  }
  out.push("", "If the trouble went on, <id>.followup.json beside the bundle counts it.", "");
  return out.join("\n");
}

/** What of the host was unusual, beside what the verdict says. */
function metricsPart({ anomaly, metrics }: Findings): string[] {
  const own = new Set(anomaly.metrics?.map(metricText));
  const others = metrics.filter((found) => !own.has(metricText(found)));
  if (others.length === 0) return [];
  return [
    `Metrics of the host that left their range, from ${COINCIDES_BEFORE_SEC} s before on:`,
    ...others.slice(-MOST_METRICS).map((found) =>
      `  ${new Date(found.timestamp * 1000).toISOString()} ${metricText(found)}`
    ),
    "",
  ];
}

function coverage(recording: Recording | null, iso: (ns: bigint) => string): string {
  if (recording === null) return "no flight recorder: only the requests that fired";
  const { requests, covered_from_ns, covered_to_ns, overwritten } = recording;
  return `every SMB request from ${iso(covered_from_ns)} to ${iso(covered_to_ns)}: ` +
    `${requests.length} (${overwritten} earlier ones were overwritten since the probe's start)`;
}

function note(text: string): string {
  const first = text.split("\n", 1)[0].slice(0, 120);
  return first === "" ? "" : `: ${first}`;
}
