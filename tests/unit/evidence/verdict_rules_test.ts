/** Verdict rules on figures that no recording has, and the parser of `ss`. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { judge } from "../../../src/evidence/verdict.ts";
import {
  isLossy,
  parseSocketStats,
  roundTripMs,
} from "../../../src/evidence/verdict/socket_stats.ts";
import { FLAG, TYPE } from "../../../src/detect/fields.ts";
import type { CountedAnomaly } from "../../../src/config/types.ts";
import type { Anomaly } from "../../../src/detect/anomaly.ts";
import type { SmbRequest } from "../../../src/probe/smb/request.ts";
import type { Row } from "../../support/columns.ts";
import {
  Bed,
  configOf,
  latencyAnomaly,
  MS,
  REAL_NAMES,
  SEC,
  slowRead,
} from "../../support/detect.ts";

const SS = `State Recv-Q Send-Q Local Address:Port Peer Address:Port Process
ESTAB 0      0      192.0.2.1:36054 192.0.2.7:445   ino:1221 sk:1 <->
\t ts sack cubic wscale:7,7 rto:204 rtt:3.008/1.337 ato:40 mss:65483 cwnd:2 ssthresh:2 bytes_sent:138284 bytes_retrans:8641 retrans:0/33 minrtt:0.329
ESTAB 0      0      192.0.2.7:445   192.0.2.1:36054 timer:(keepalive,119min,0) ino:249
\t ts sack cubic rto:328 rtt:43.767/53.074 cwnd:2 retrans:0/30
`;

function slow(rows: Row[], split?: { queue_us: number; wire_us: number; wake_us: number }) {
  const bed = new Bed(configOf([latencyAnomaly({ acceptable_count: 1 })]), 0n, REAL_NAMES);
  bed.feed(rows);
  const [anomaly] = bed.anomalies;
  const worst = anomaly.worst.map((r): SmbRequest =>
    split === undefined ? r : { ...r, ...split, flags: r.flags | FLAG.SPLIT_VALID }
  );
  return { ...anomaly, worst };
}

function verdict(anomaly: Anomaly, logs: Record<string, string> = {}) {
  return judge({ anomaly, requests: [], logs: new Map(Object.entries(logs)) });
}

Deno.test("ss: the client's side only, details from the following line", () => {
  const sockets = parseSocketStats(SS);
  assert.equal(sockets.length, 1);
  const [socket] = sockets;
  assert.deepEqual([socket.rtt_ms, socket.rttvar_ms, socket.minrtt_ms], [3.008, 1.337, 0.329]);
  assert.deepEqual([socket.retrans_now, socket.retrans_total], [0, 33]);
  assert.equal(roundTripMs(socket), 3.008);
  assert.ok(isLossy(socket));
});

Deno.test("ss: a connection to the port of a mount with port= is one too", () => {
  const line = "ESTAB 0 0 192.0.2.1:5 192.0.2.7:1445 ino:1 rtt:80/1 cwnd:10\n";
  const asked =
    "# ss -tinoemp ( dport = :445 or sport = :445 or dport = :1445 or sport = :1445 )\n";
  assert.deepEqual(parseSocketStats(asked + line).map((s) => s.rtt_ms), [80]);
  assert.deepEqual(parseSocketStats(line), []);
});

Deno.test("ss without tcp_diag: the round trip is what the retransmission timer leaves", () => {
  const [socket] = parseSocketStats(
    "ESTAB 0 0 192.0.2.1:5 192.0.2.7:445 ino:1 sk:9 rto:0.31 ato:0.04 cwnd:10 reordering:0\n",
  );
  assert.equal(Math.round(roundTripMs(socket)!), 110);
  assert.ok(!isLossy(socket));
});

Deno.test("ss: any text parses", () => {
  const word = fc.constantFrom(
    "ESTAB",
    "0",
    "1.2.3.4:445",
    "rtt:",
    "rtt:1/2",
    "\n",
    "\t",
    "rto:x",
    "[::1]:445",
  );
  fc.assert(fc.property(fc.array(fc.oneof(word, fc.string())), (words) => {
    for (const socket of parseSocketStats(words.join(" "))) assert.ok(socket.retrans_total >= 0);
  }));
});

Deno.test("time before the wire is local; so is a late wake-up", () => {
  const rows = [slowRead(SEC, { flags: FLAG.STATUS_VALID })];
  const queue = verdict(slow(rows, { queue_us: 45_000, wire_us: 4_000, wake_us: 0 }));
  assert.equal(queue.kind, "local");
  assert.match(queue.line, /before they are sent/);
  const wake = verdict(slow(rows, { queue_us: 0, wire_us: 4_000, wake_us: 45_000 }));
  assert.match(wake.line, /processor/);
});

Deno.test("a hung READ alone is the server's storage; a hung CREATE is a server that stopped", () => {
  const hung = (command: number) =>
    slow([{ command, end_ns: SEC, latency_ns: SEC, flags: FLAG.IN_FLIGHT, request_id: 1n }]);
  assert.equal(verdict(hung(8)).kind, "server_slow");
  const bed = new Bed(configOf([latencyAnomaly({ emergency_commands: [5] })]), 0n, REAL_NAMES);
  bed.feed([{ command: 5, end_ns: SEC, latency_ns: SEC, flags: FLAG.IN_FLIGHT, request_id: 1n }]);
  assert.equal(verdict(bed.anomalies[0]).kind, "server_gone");
});

Deno.test("a hung request while others are answered is a slow server", () => {
  const bed = new Bed(configOf([latencyAnomaly({ emergency_commands: [5] })]), 0n, REAL_NAMES);
  bed.feed([{ command: 5, end_ns: 9n * SEC, latency_ns: SEC, flags: FLAG.IN_FLIGHT }]);
  const [anomaly] = bed.anomalies;
  const answer = {
    ...anomaly.worst[0],
    flags: FLAG.STATUS_VALID,
    latency_ns: MS,
    end_ns: 9n * SEC - 100n * MS,
  };
  const got = judge({ anomaly, requests: [answer], logs: new Map() });
  assert.equal(got.kind, "server_slow");
});

Deno.test("a hung request over a connection that retransmits is the network", () => {
  const dead =
    "ESTAB 0 900 192.0.2.1:5 192.0.2.7:445\n\t rto:3200 backoff:4 rtt:2/1 unacked:3 retrans:1/5\n";
  const bed = new Bed(configOf([latencyAnomaly({ emergency_commands: [5] })]), 0n, REAL_NAMES);
  bed.feed([{ command: 5, end_ns: SEC, latency_ns: SEC, flags: FLAG.IN_FLIGHT }]);
  assert.equal(verdict(bed.anomalies[0], { ss: dead }).kind, "network");
});

Deno.test("credit starvation is credits; a snapshot is unclear and says so", () => {
  const credit: CountedAnomaly = {
    name: "credit",
    type: "credit",
    tool: "smbiosnoop",
    mode: "all",
    acceptable_count: 1,
    cooldown_sec: 30,
    group_by: "none",
    actions: [],
    params: {},
  };
  const bed = new Bed(configOf([credit]), 0n, REAL_NAMES);
  bed.feed([{ type: TYPE.CREDIT, end_ns: SEC }]);
  assert.equal(verdict(bed.anomalies[0]).kind, "credits");
  const snapshot = verdict({ ...bed.anomalies[0], type: "snapshot", reason: "manual", worst: [] });
  assert.equal(snapshot.kind, "unclear");
  assert.match(snapshot.line, /snapshot/);
});

Deno.test("everything as slow as the round trip says is the network, even when it is over", () => {
  // Recorded: 50 ms each way, twice because of Nagle's algorithm, gone before ss had asked.
  const rows = [105n, 194n, 194n, 194n].map((latency, i) =>
    slowRead(SEC + BigInt(i) * MS + latency * MS, {
      latency_ns: latency * MS,
      message_id: BigInt(i),
    })
  );
  const ss = "ESTAB 0 0 192.0.2.1:5 192.0.2.7:445\n\t rto:280 rtt:58/22 minrtt:0.2 retrans:0/0\n";
  const anomaly = { ...slow(rows), detected_ns: rows[0].end_ns! };
  const fast = (start_ns: bigint): SmbRequest => ({
    ...anomaly.worst[0],
    command: 5,
    latency_ns: 5n * MS,
    end_ns: start_ns + 5n * MS,
    request_id: start_ns,
    flags: FLAG.STATUS_VALID,
  });
  const requests = rows.map((row, i): SmbRequest => ({
    ...anomaly.worst[0],
    latency_ns: row.latency_ns!,
    end_ns: row.end_ns!,
    request_id: BigInt(i + 1),
    flags: FLAG.STATUS_VALID,
  }));
  const logs = new Map([["ss", ss]]);
  const over = requests.concat(fast(anomaly.detected_ns + MS));
  const got = judge({ anomaly, requests: over, logs });
  assert.deepEqual([got.kind, got.rule], ["network", "all-alike"]);
  // Others were answered fast meanwhile: it is not the network.
  const mixed = requests.concat([1n, 2n, 3n].map((n) => fast(anomaly.first_start_ns + n * MS)));
  assert.equal(judge({ anomaly, requests: mixed, logs }).kind, "server_slow");
});

Deno.test("a reconnect of a minute ago does not explain what is slow now", () => {
  const rows = [slowRead(SEC, { latency_ns: 300n * MS, flags: FLAG.STATUS_VALID })];
  const anomaly = { ...slow(rows), detected_ns: SEC };
  const logs = new Map([
    ["stats", "# change over the last 58 s\n  0 session 2 (+2) share reconnects\n"],
    ["ss", "ESTAB 0 0 192.0.2.1:5 192.0.2.7:445\n\t rto:204 rtt:1/1 retrans:0/0\n"],
  ]);
  assert.equal(judge({ anomaly, requests: anomaly.worst, logs }).kind, "server_slow");
  const negotiate = { ...anomaly.worst[0], command: 0, latency_ns: 2n * MS, request_id: 9n };
  const requests = [...anomaly.worst, negotiate];
  assert.equal(judge({ anomaly, requests, logs }).kind, "server_gone");
});
