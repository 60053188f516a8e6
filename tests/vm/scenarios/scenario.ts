/**
 * One row of the fault table: trouble is made, a bundle comes, and its files say what it was.
 * @module
 */
import assert from "node:assert/strict";
import type { Agent, Wanted } from "../support/agent.ts";
import { type Bundle, type RequestRow, textOf } from "../support/bundle.ts";
import type { Vm } from "../support/vm.ts";
import { load, READ } from "./workload.ts";

/** What the test of a fault needs to know. */
export interface Scenario {
  name: string;
  /** The bundle that it is about; others may come too. */
  wanted: Wanted;
  /** Kind of the verdict, and what its line says. */
  verdict: string;
  line: RegExp;
  /**
   * Makes the trouble and the requests that meet it; disposing of it ends the trouble, which is when
   * the bundle is sealed. `pids`: processes whose requests offend.
   */
  trouble(vm: Vm): Promise<Trouble>;
  /** Fields of an offending request, exactly. */
  offender: Partial<RequestRow>;
  /** More to look at. */
  check?(bundle: Bundle, agent: Agent): Promise<void> | void;
}

/** Trouble in force. */
export interface Trouble {
  pids: Set<number> | null;
  undo(): Promise<void>;
}

/** The words a verdict begins with. */
export const WORDS: Record<string, string> = {
  server_slow: "server slow",
  server_error: "server error",
  network: "network",
  server_gone: "reconnect or server gone",
  auth: "authentication or permission",
  disk_full: "server disk full",
};

/** The share of the tests, as a request names it. */
export const ON_SHARE = { server: "127.0.0.1", share: "\\\\127.0.0.1\\s", mount: ["/mnt/s"] };

/** Makes the trouble, takes the bundle and looks at all that is in it. */
export async function play(vm: Vm, agent: Agent, scenario: Scenario): Promise<void> {
  // What was slow or failed before is out of the window: it would count, and colour the verdict.
  await vm.check("usleep 3200000");
  await agent.settled();
  // What is fast before the trouble has to be in the bundle too.
  const early = await load(vm, READ, { rounds: 1, processes: 1 });
  const trouble = await scenario.trouble(vm);
  let bundle: Bundle;
  try {
    bundle = await agent.bundle(scenario.wanted);
  } finally {
    await trouble.undo();
  }
  const { verdict } = bundle.manifest;
  const why = `${verdict.line}: ${verdict.evidence.join("; ")}`;
  assert.equal(verdict.kind, scenario.verdict, why);
  assert.match(bundle.readme, new RegExp(`^Verdict: ${WORDS[scenario.verdict]}: `));
  assert.match(verdict.line, scenario.line);
  for (const text of verdict.evidence) assert.ok(bundle.readme.includes(`  - ${text}\n`), text);
  checkAnomaly(bundle, scenario);
  const offender = findOffender(bundle, scenario.offender, trouble.pids);
  checkRequests(bundle, offender, early);
  checkActions(bundle, offender);
  checkLedger(bundle);
  await scenario.check?.(bundle, agent);
}

/** The rules of the configuration are in force, and enough requests broke them. */
function checkAnomaly({ anomaly, manifest, readme }: Bundle, { wanted }: Scenario): void {
  const { name, reason, count, rules } = anomaly;
  assert.equal(name, wanted.anomaly);
  assert.equal(reason, wanted.reason ?? "count");
  assert.equal(anomaly.watch_interval_sec, 3);
  if (anomaly.anomaly === "latency") {
    const { SMB2_READ, SMB2_WRITE, SMB2_FLUSH, emergency_ms } = rules;
    assert.deepEqual([SMB2_READ, SMB2_WRITE, SMB2_FLUSH, emergency_ms], [60, 50, 200, 1000]);
    assert.ok(!("SMB2_CHANGE_NOTIFY" in rules));
  }
  if (reason === "count") assert.ok(count >= anomaly.acceptable_count);
  assert.deepEqual(manifest.anomaly, { name, type: anomaly.anomaly, reason, group: "", count });
  const patterns = anomaly.patterns.map((pattern) => pattern.count);
  assert.deepEqual(patterns, [...patterns].sort((a, b) => b - a), "commonest first");
  const latencies = anomaly.worst.map((request) => request.latency_ms);
  assert.deepEqual(latencies, [...latencies].sort((a, b) => b - a), "longest first");
  assert.ok(readme.includes(`Anomaly "${name}" (${anomaly.anomaly}, ${reason}): ${anomaly.why}.`));
}

/** One of the worst requests is what it should be, made by whom it should be. */
function findOffender(
  { anomaly }: Bundle,
  expected: Partial<RequestRow>,
  pids: Set<number> | null,
): RequestRow {
  const keys = Object.keys(expected) as (keyof RequestRow)[];
  const found = anomaly.worst.find((request) =>
    keys.every((key) => JSON.stringify(request[key]) === JSON.stringify(expected[key])) &&
    (pids === null || pids.has(request.pid))
  );
  const wanted = `${JSON.stringify(expected)} by ${[...pids ?? []].join(" ")}`;
  assert.ok(found, `no ${wanted} in ${JSON.stringify(anomaly.worst, null, 1)}`);
  return found;
}

/** requests.jsonl: the offender as it was judged, what was fast before it, the span it tells. */
function checkRequests({ head, requests }: Bundle, offender: RequestRow, early: Set<number>): void {
  if (offender.type === "request") {
    const row = requests.find(({ request_id }) => request_id === offender.request_id);
    assert.ok(row, `request ${offender.request_id} is not in requests.jsonl`);
    const { command, name, pid, comm, message_id } = offender;
    assert.deepEqual(
      { ...{ command, name, pid, comm, message_id } },
      {
        ...{ command: row.command, name: row.name, pid: row.pid },
        ...{ comm: row.comm, message_id: row.message_id },
      },
    );
    if (!offender.in_flight) assert.equal(row.latency_ms, offender.latency_ms);
  }
  const before = requests.filter(({ pid }) => early.has(pid));
  assert.ok(before.some((r) => r.command === "SMB2_READ" && r.status === "STATUS_SUCCESS"));
  assert.ok(BigInt(head.covered_from_ns) <= BigInt(before[0].end_ns));
  assert.ok(BigInt(head.covered_to_ns) >= BigInt(offender.end_ns));
}

/** Every action that the guest can run did, and its log has its words in it. */
function checkActions(bundle: Bundle, offender: RequestRow): void {
  const { manifest } = bundle;
  const config = manifest.config!.guardian.anomalies.find((a) => a.name === manifest.anomaly.name);
  const configured = config!.actions.map(({ name }) => name).sort();
  const ran = manifest.actions.filter(({ implied }) => !implied).map(({ name }) => name).sort();
  assert.deepEqual(ran, configured);
  for (const { name, status, note, stderr } of manifest.actions) {
    // The guest has no journal.
    const expected = name === "journalctl" ? "missing" : "ok";
    const why = `${name}: ${note} ${stderr}`;
    // A server that does not answer ends smbinfo.
    if (name === "smbinfo") assert.match(status, /^(ok|timeout|failed)$/, why);
    else assert.equal(status, expected, why);
  }
  for (const [name, words] of Object.entries(LOGS)) {
    if (!manifest.actions.some((action) => action.name === name)) continue;
    for (const word of words) assert.match(textOf(bundle, `${name}.log`), word, name);
  }
  if (ran.includes("tcpdump")) {
    const pcap = bundle.files.get("tcpdump.pcap")!;
    const view = new DataView(pcap.buffer, pcap.byteOffset, pcap.byteLength);
    assert.equal(view.getUint32(0, true), 0xa1b2c3d4);
    // The ring has what was on the wire before: its first packet is older than the offender.
    const first = view.getUint32(24, true) + view.getUint32(28, true) / 1e6;
    assert.ok(first < Date.parse(offender.start) / 1000, `${first} and ${offender.start}`);
  }
}

const LOGS: Record<string, RegExp[]> = {
  dmesg: [/Linux version|CIFS/i],
  debugdata: [/^# \/proc\/fs\/cifs\/DebugData/m, /Display Internal CIFS Data Structures/],
  stats: [/Resources in use/, /\(\+\d+\)/],
  mounts: [/\/\/127\.0\.0\.1\/s \/mnt\/s cifs /],
  ss: [/^State .*Peer Address/m],
  lsof: [/^COMMAND /m, /^smbd .*:445 \(LISTEN\)$/m],
  syslogs: [/aod/],
};

/** in = out + dropped, from the kernel to the bundle. */
export function checkLedger({ manifest }: Bundle): void {
  const { kernel, dispatcher, watcher, anomalies, collector } = manifest.ledger as Record<
    string,
    Record<string, number>
  >;
  const { seen, emitted, filtered, drop_ring_full, no_start } = kernel;
  // Each of the two processors may be between the two counters of a request.
  const told = emitted + filtered + drop_ring_full + no_start;
  assert.ok(Math.abs(seen - told) <= 2, `${seen} seen, ${told} told`);
  assert.equal(drop_ring_full, 0);
  // What the kernel has emitted since the last look is under way.
  assert.ok(emitted >= dispatcher.records && dispatcher.records > 0);
  const { queued, malformed } = dispatcher;
  assert.equal(dispatcher.records, queued + malformed);
  assert.deepEqual([malformed, anomalies.dropped_full], [0, 0]);
  assert.ok(watcher.records <= queued && watcher.anomalies >= 1);
  assert.ok(anomalies.received >= 1 && collector.accepted >= 1);
  assert.deepEqual([collector.failed, collector.refused_space, collector.dropped_full], [0, 0, 0]);
}
