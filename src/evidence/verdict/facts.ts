/**
 * What the verdict rules look at: plain figures drawn from an anomaly, the requests around it and the
 * logs of the quick actions.
 * @module
 */
import { BENIGN_NTSTATUS, ntstatusName } from "../../config/names/ntstatus.ts";
import { errnoName } from "../../config/names/errno.ts";
import { smbCommandName } from "../../config/names/smb_commands.ts";
import { type Anomaly, EVERY_FAILURE } from "../../detect/anomaly.ts";
import { parseDebugData } from "../../probe/smb/debug_data.ts";
import { SMB_FLAG, SMB_TYPE } from "../../probe/smb/layout.gen.ts";
import type { SmbRequest } from "../../probe/smb/request.ts";
import { GONE } from "./codes.ts";
import { isLossy, parseSocketStats, roundTripMs, type SmbSocket } from "./socket_stats.ts";

/** All that a verdict is made from. */
export interface JudgeInput {
  /** What fired. */
  anomaly: Anomaly;
  /** What the flight recorder held around the anomaly, by end. */
  requests: readonly SmbRequest[];
  /** Text of the logs by action; `ss`, `debugdata` and `stats` are used. */
  logs: ReadonlyMap<string, string>;
}

/** A failure and how often it was seen. */
export interface Failure {
  /** NTSTATUS or errno name. */
  code: string;
  /** SMB2 command. */
  command: string;
  /** How often. */
  count: number;
}

/** The figures. Times in ms. */
export interface Facts {
  /** What fired. */
  anomaly: Anomaly;
  /** By code and command, most frequent first: of those that the anomaly counts. */
  failures: Failure[];
  /** Connections made again. */
  reconnects: number;
  /** Waits for credits in vain. */
  credit_events: number;
  /** Requests released without an answer. */
  dropped: number;
  /** Commands that wait for an answer, from in-flight reports and DebugData. */
  pending: string[];
  /** Age of the oldest of them. */
  oldest_pending_ms: number;
  /** Answers that came after the oldest pending request had waited half a second. */
  answers_since: number;
  /** Half of the time that offending requests took was in requests of this latency or more. */
  slow_ms: number;
  /** Offending commands, the slowest first (by median). */
  slow_commands: string[];
  /** Commands that were answered fast in the same time. */
  fast_commands: string[];
  /**
   * A quarter of the requests between the first offender's start and the detection took less. Not the
   * fastest of all: the trouble may have begun a moment after the first offender.
   */
  fastest_ms: number | null;
  /** Parts of the offending requests' time; null where the kernel does not say. */
  split: { queue: number; wire: number; wake: number } | null;
  /** Median of the ECHOs. */
  echo_ms: number | null;
  /** TCP connections to the servers. */
  sockets: SmbSocket[];
  /** TCP round trip, the longest. */
  rtt_ms: number | null;
  /** TCP retransmits too much. */
  lossy: boolean;
  /** Connections that DebugData calls broken: the client tries to make them again. */
  broken: number;
  /** Tasks that wait for credits, and credits left, from DebugData. */
  waiting: number;
  /** Credits left. */
  credits: number | null;
}

const BENIGN = new Set(BENIGN_NTSTATUS);
const EAGAIN = 11;
const HALF_SECOND_NS = 500_000_000n;

/** Draws the figures. */
export function gatherFacts(input: JudgeInput): Facts {
  const { anomaly, requests, logs } = input;
  const from = anomaly.first_start_ns;
  const around = requests.filter((r) => r.end_ns >= from);
  const answered = around.filter((r) => isAnswer(r) && !waits(r));
  // What began afterwards may have found the trouble over.
  const meanwhile = answered.filter((r) =>
    r.end_ns - r.latency_ns >= from && r.end_ns - r.latency_ns <= anomaly.detected_ns
  );
  const offenders = offendersOf(anomaly, answered);
  const slowNs = weightedMedianNs(offenders.map((r) => r.latency_ns));
  const sockets = parseSocketStats(logs.get("ss") ?? "");
  const servers = parseDebugData(logs.get("debugdata") ?? "");
  const events = anomaly.worst;
  const hung = events.filter((r) => (r.flags & SMB_FLAG.IN_FLIGHT) !== 0);
  const oldest = hung.reduce((ns, r) => (r.latency_ns > ns ? r.latency_ns : ns), 0n);
  const oldestStart = hung.map((r) => r.end_ns - r.latency_ns).sort(ascending)[0];
  const rtts = sockets.map(roundTripMs).filter((ms) => ms !== null);
  const echoes = answered.filter((r) => smbCommandName(r.command) === "SMB2_ECHO");
  const pending = [
    ...hung.map((r) => smbCommandName(r.command)),
    ...servers.flatMap((s) => s.pending.map((p) => smbCommandName(p.command))),
  ].filter((command) => command !== "SMB2_CHANGE_NOTIFY");
  const slowCommands = slowestFirst(offenders);
  const broken = brokenIn(logs.get("debugdata") ?? "");
  const lost = unique([...around, ...events]).filter(wasLost).length;
  const fast = meanwhile.filter((r) => r.latency_ns * 3n < slowNs);
  return {
    anomaly,
    failures: failuresOf(anomaly, [...around, ...events]),
    reconnects: events.filter((r) => r.type === SMB_TYPE.RECONNECT).length +
      (broken > 0 || lost > 0 || around.some(isNegotiate)
        ? reconnectsIn(logs.get("stats") ?? "")
        : 0),
    credit_events: events.filter((r) => r.type === SMB_TYPE.CREDIT).length,
    dropped: lost,
    pending,
    oldest_pending_ms: ms(oldest),
    answers_since: oldestStart === undefined
      ? 0
      : requests.filter((r) => isAnswer(r) && r.end_ns > oldestStart + HALF_SECOND_NS).length,
    slow_ms: ms(slowNs),
    slow_commands: slowCommands,
    fast_commands: byFrequency(fast.map((r) => smbCommandName(r.command)))
      .filter((c) => !slowCommands.includes(c)),
    fastest_ms: meanwhile.length === 0
      ? null
      : ms(quantileNs(meanwhile.map((r) => r.latency_ns), 0.25)),
    split: splitOf(offenders),
    echo_ms: echoes.length === 0 ? null : ms(medianNs(echoes.map((r) => r.latency_ns))),
    sockets,
    rtt_ms: rtts.length === 0 ? null : Math.max(...rtts),
    lossy: sockets.some(isLossy),
    broken,
    waiting: servers.reduce((n, s) => n + s.waiting, 0),
    credits: servers.length === 0 ? null : Math.min(...servers.map((s) => s.credits)),
  };
}

/** The slow requests of the time around a latency anomaly; what fired where none is recorded. */
function offendersOf(anomaly: Anomaly, answered: readonly SmbRequest[]): SmbRequest[] {
  const limit = (r: SmbRequest) => {
    const threshold = anomaly.rules[smbCommandName(r.command)];
    return typeof threshold === "number" ? threshold : Infinity;
  };
  const slow = anomaly.type === "latency"
    ? answered.filter((r) => ms(r.latency_ns) >= limit(r))
    : [];
  const fired = anomaly.worst.filter((r) => r.type === SMB_TYPE.REQUEST);
  return unique(slow.length >= fired.length ? slow : [...slow, ...fired]);
}

function failuresOf(anomaly: Anomaly, requests: readonly SmbRequest[]): Failure[] {
  const fired = new Set(anomaly.patterns.map((pattern) => pattern.code));
  const all = anomaly.type !== "error" || EVERY_FAILURE in anomaly.rules;
  const counted = (code: string) =>
    anomaly.rules[code] !== "excluded" && (all || fired.has(code) || code in anomaly.rules);
  const counts = new Map<string, Failure>();
  for (const r of unique(requests)) {
    const code = failureCode(r);
    if (code === null || !counted(code)) continue;
    const command = r.type === SMB_TYPE.REQUEST ? smbCommandName(r.command) : typeWord(r.type);
    const key = `${code} ${command}`;
    const known = counts.get(key);
    if (known) known.count++;
    else counts.set(key, { code, command, count: 1 });
  }
  return [...counts.values()].sort((a, b) => b.count - a.count);
}

function failureCode(r: SmbRequest): string | null {
  if ((r.flags & SMB_FLAG.IN_FLIGHT) !== 0) return null;
  if ((r.flags & SMB_FLAG.STATUS_VALID) !== 0 && r.status !== 0) {
    return BENIGN.has(r.status) || r.status < 0xc0000000 ? null : ntstatusName(r.status);
  }
  return r.error === 0 ? null : errnoName(r.error);
}

function typeWord(type: number): string {
  return type === SMB_TYPE.CONNECT_ERROR ? "connect" : "operation";
}

function isAnswer(r: SmbRequest): boolean {
  return r.type === SMB_TYPE.REQUEST && (r.flags & SMB_FLAG.STATUS_VALID) !== 0 &&
    (r.flags & (SMB_FLAG.IN_FLIGHT | SMB_FLAG.DROPPED)) === 0;
}

function waits(r: SmbRequest): boolean {
  return (r.flags & SMB_FLAG.WAITS_BY_DESIGN) !== 0;
}

/**
 * Released without an answer because the connection broke (EAGAIN: cifs will try again). The tail of
 * a failed compound and what its caller gave up are released so as well, with other errors.
 */
function wasLost(r: SmbRequest): boolean {
  if ((r.flags & SMB_FLAG.DROPPED) === 0 || waits(r)) return false;
  return r.error === -EAGAIN || (r.error !== 0 && GONE.has(errnoName(r.error)));
}

/** Sums; the wire's part is what neither queue nor wake-up took. */
function splitOf(requests: readonly SmbRequest[]): Facts["split"] {
  const known = requests.filter((r) => (r.flags & SMB_FLAG.SPLIT_VALID) !== 0);
  if (known.length === 0) return null;
  const sum = { queue: 0, wire: 0, wake: 0 };
  for (const r of known) {
    sum.queue += r.queue_us / 1000;
    sum.wire += r.wire_us / 1000;
    sum.wake += r.wake_us / 1000;
  }
  const total = sum.queue + sum.wire + sum.wake;
  if (total === 0) return null;
  return { queue: sum.queue / total, wire: sum.wire / total, wake: sum.wake / total };
}

/** Every connection that is made again begins with it. */
function isNegotiate(r: SmbRequest): boolean {
  return r.type === SMB_TYPE.REQUEST && smbCommandName(r.command) === "SMB2_NEGOTIATE";
}

/**
 * Reconnects of the client since its "before" reading, from the differences in the stats log. That
 * reading may be a minute old: they say something only where the requests show one too.
 */
function reconnectsIn(stats: string): number {
  let most = 0;
  for (const line of stats.split("\n")) {
    if (!line.includes("share reconnects")) continue;
    for (const [, n] of line.matchAll(/\(\+(\d+)\)/g)) most = Math.max(most, Number(n));
  }
  return most;
}

/** CifsNeedReconnect and CifsNeedNegotiate of `enum statusEnum` (fs/smb/client/cifsglob.h). */
function brokenIn(debugData: string): number {
  return [...debugData.matchAll(/^TCP status: [34] /gm)].length;
}

function unique(requests: readonly SmbRequest[]): SmbRequest[] {
  const seen = new Map<string, SmbRequest>();
  for (const r of requests) {
    seen.set(`${r.type}/${r.request_id}/${r.end_ns}/${r.tid}/${r.message_id}`, r);
  }
  return [...seen.values()];
}

function byFrequency(words: readonly string[]): string[] {
  const counts = new Map<string, number>();
  for (const word of words) counts.set(word, (counts.get(word) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1]).map(([word]) => word);
}

function slowestFirst(requests: readonly SmbRequest[]): string[] {
  const latencies = new Map<string, bigint[]>();
  for (const r of requests) {
    const command = smbCommandName(r.command);
    latencies.set(command, [...(latencies.get(command) ?? []), r.latency_ns]);
  }
  return [...latencies].map(([command, ns]) => ({ command, median: medianNs(ns) }))
    .sort((a, b) => ascending(b.median, a.median)).map(({ command }) => command);
}

function medianNs(values: readonly bigint[]): bigint {
  return quantileNs(values, 0.5);
}

/** Weighted by the latency itself: many that are hardly slow do not hide the few that hurt. */
function weightedMedianNs(values: readonly bigint[]): bigint {
  const sorted = [...values].sort(ascending).reverse();
  const half = values.reduce((sum, ns) => sum + ns, 0n) / 2n;
  let sum = 0n;
  for (const ns of sorted) {
    sum += ns;
    if (sum >= half) return ns;
  }
  return 0n;
}

function quantileNs(values: readonly bigint[], q: number): bigint {
  if (values.length === 0) return 0n;
  const sorted = [...values].sort(ascending);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * q))];
}

function ascending(a: bigint, b: bigint): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function ms(ns: bigint): number {
  return Number(ns) / 1e6;
}
