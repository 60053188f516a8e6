/**
 * The verdict on recorded faults: real requests, TCP figures and DebugData of a CIFS client and a
 * Samba server in a VM, one fixture per fault and kernel. The recorded events go through the real
 * detectors; what fires is judged.
 */
import assert from "node:assert/strict";
import type { AnomalyConfig } from "../../../src/config/types.ts";
import type { Anomaly } from "../../../src/detect/anomaly.ts";
import type { SmbRequest } from "../../../src/probe/smb/request.ts";
import { judge, type VerdictKind } from "../../../src/evidence/verdict.ts";
import { Bed, configOf, latencyAnomaly, REAL_NAMES, SEC } from "../../support/detect.ts";

const FIXTURES = new URL("../../fixtures/verdict/", import.meta.url);

interface Recorded {
  events: SmbRequest[];
  requests: SmbRequest[];
  logs: Record<string, string>;
}

const BIG = ["end_ns", "latency_ns", "session_id", "message_id", "connection_id", "cgroup_id"];

/** Fields that are 0 are left out of the fixtures. */
function revive(fields: Record<string, unknown>): SmbRequest {
  const zero: Record<string, unknown> = { comm: "" };
  const numbers = ["type", "command", "flags", "tree_id", "status", "error", "bytes", "pid", "tid"];
  for (const key of [...numbers, "uid", "queue_us", "wire_us", "wake_us"]) zero[key] = 0;
  for (const key of [...BIG, "request_id"]) zero[key] = BigInt((fields[key] ?? "0") as string);
  return { ...fields, ...zero, ...pick(fields, BIG) } as unknown as SmbRequest;
}

function pick(fields: Record<string, unknown>, without: string[]): Record<string, unknown> {
  const entries = Object.entries(fields).filter(([key]) =>
    !without.includes(key) && key !== "request_id"
  );
  return Object.fromEntries(entries);
}

function load(name: string): Recorded {
  const raw = JSON.parse(Deno.readTextFileSync(new URL(`${name}.json`, FIXTURES)));
  return { ...raw, events: raw.events.map(revive), requests: raw.requests.map(revive) };
}

function anomalies(): AnomalyConfig[] {
  const base = { tool: "smbiosnoop", mode: "all", group_by: "none", cooldown_sec: 3600 } as const;
  const thresholds_ms = Object.fromEntries(Array.from({ length: 19 }, (_, code) => [code, 20]));
  const all = Array.from({ length: 19 }, (_, code) => code).filter((code) => code !== 15);
  const codes = { all_failures: true, track_codes: [], exclude_codes: [] };
  return [
    latencyAnomaly({ acceptable_count: 3, thresholds_ms, emergency_commands: all }),
    { ...base, ...codes, name: "error", type: "error", acceptable_count: 1, actions: [] },
    { ...base, name: "reconnect", type: "reconnect", acceptable_count: 1, actions: [], params: {} },
    { ...base, name: "credit", type: "credit", acceptable_count: 1, actions: [], params: {} },
  ];
}

/** What the real detectors make of the recorded events. */
function fire(recorded: Recorded): Anomaly[] {
  const first = recorded.events.map((e) => e.end_ns).sort((a, b) => a < b ? -1 : 1)[0];
  const bed = new Bed(configOf(anomalies(), 10), first - SEC, REAL_NAMES);
  for (const event of recorded.events) {
    bed.now = event.end_ns;
    bed.feed([event]);
  }
  return bed.anomalies;
}

function verdictOf(recorded: Recorded, anomaly: Anomaly) {
  const until = anomaly.detected_ns + 2n * SEC;
  return judge({
    anomaly,
    requests: recorded.requests.filter((r) => r.end_ns <= until),
    logs: new Map(Object.entries(recorded.logs)),
  });
}

/** Fault, the anomaly that it fires, its verdict, and a word of the line. */
const EXPECTED: [fault: string, type: Anomaly["type"], kind: VerdictKind, word: RegExp][] = [
  ["netem", "latency", "network", /round trip/],
  ["netem_oneway", "latency", "network", /round trip/],
  ["netem_loss", "latency", "network", /./],
  ["slow_read", "latency", "server_slow", /READ/],
  ["slow_flush", "latency", "server_slow", /FLUSH/],
  ["read_eio", "error", "server_error", /READ/],
  ["write_eio", "error", "server_error", /WRITE/],
  ["eacces", "error", "auth", /access/],
  ["bad_password", "error", "auth", /logon/],
  ["missing_share", "error", "auth", /no such share/],
  ["enospc", "error", "disk_full", /full/],
  ["hung", "latency", "server_gone", /stopped answering/],
  ["dead", "error", "server_gone", /gone/],
  ["dead", "reconnect", "server_gone", /lost/],
];

/** Recorded without the tcp_diag module: `ss` then has what /proc/net/tcp has, and no round trips. */
const NO_TCP_INFO: typeof EXPECTED = [
  ["netem_nodiag", "latency", "network", /round trip/],
  ["netem_loss_nodiag", "latency", "network", /lost/],
];

for (const kernel of ["6.1", "6.12"]) {
  for (const [fault, type, kind, word] of [...EXPECTED, ...(kernel === "6.1" ? NO_TCP_INFO : [])]) {
    Deno.test(`${fault} on ${kernel}: ${type} gets the verdict ${kind}`, () => {
      const recorded = load(`${fault}-${kernel}`);
      const anomaly = fire(recorded).find((a) => a.type === type);
      assert.ok(anomaly, "it fires");
      const verdict = verdictOf(recorded, anomaly);
      assert.equal(verdict.kind, kind, JSON.stringify(verdict));
      assert.match(verdict.line, word);
      assert.ok(verdict.evidence.length > 0 && verdict.evidence.every((text) => text !== ""));
    });
  }
}
