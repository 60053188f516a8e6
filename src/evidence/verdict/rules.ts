/**
 * The verdict rules, as data: the first that holds is the verdict. docs/detection.md has them as a
 * table.
 * @module
 */
import { ACCESS, DISK_FULL, GONE, SERVER_FAULT, UNREACHABLE } from "./codes.ts";
import {
  goneEvidence,
  list,
  ms,
  pendingEvidence,
  slowEvidence,
  tcpEvidence,
  within,
} from "./evidence.ts";
import type { Facts, Failure } from "./facts.ts";
import { METRIC_RANGE } from "./metric.ts";
import type { VerdictRule } from "./rule.ts";

/** A round trip that is this part of the slow requests' time explains them. */
const RTT_PART = 0.5;
/** One that is below this part does not. */
const SMALL_RTT_PART = 0.3;
/**
 * Where everything waits alike, a smaller part does: with Nagle's algorithm a request also waits for
 * the acknowledgement of the one before, and the measured round trip falls once the trouble is over.
 */
const ALIKE_RTT_PART = 0.25;
/**
 * Everything waits alike when the fastest answers take this part of the slow requests' time: as much as
 * {@link SMALL_RTT_PART}, so that between a long round trip and a slow server no gap is left.
 */
const ALIKE_PART = SMALL_RTT_PART;
/** Delayed acknowledgements (40 ms) cannot make a round trip this long by themselves. */
const ALIKE_RTT_LEAST_MS = 50;
/** A round trip shorter than this is no network trouble whatever it is compared with. */
const RTT_LEAST_MS = 5;
/** Failures with a code of a cause are at least this part of all, or the cause is another one. */
const CODE_PART = 0.3;
/** Commands that only wait for the server's storage. */
const STORAGE = new Set(["SMB2_READ", "SMB2_WRITE", "SMB2_FLUSH"]);

const isLatency = (f: Facts) => f.anomaly.type === "latency";
const isHung = (f: Facts) => f.anomaly.reason === "hung" || f.pending.length > 0;
const total = (failures: readonly Failure[]) => failures.reduce((n, x) => n + x.count, 0);
/** Whether these codes are a good part of the failures: a stray one names no cause. */
const failing = (f: Facts, codes: ReadonlySet<string>) =>
  !isLatency(f) && total(within(f, codes)) > 0 &&
  total(within(f, codes)) >= CODE_PART * total(f.failures);
/** What the network takes of every request: the round trip, but never more than the fastest answer. */
function networkMs(f: Facts): number | null {
  if (f.rtt_ms === null) return null;
  // Delayed acknowledgements (40 ms and more) inflate the measured round trip to a slow server.
  return f.fastest_ms === null ? f.rtt_ms : Math.min(f.rtt_ms, f.fastest_ms);
}

/** In order: what names its cause by a code, then the connection, then where the time went. */
export const VERDICT_RULES: readonly VerdictRule[] = [
  METRIC_RANGE,
  {
    name: "disk-full-code",
    kind: "disk_full",
    when: "a failure says that the disk or the quota is full",
    holds: (f) => failing(f, DISK_FULL),
    line: () => "the server's disk, or the user's quota on it, is full",
    evidence: (f) => [list(within(f, DISK_FULL))],
  },
  {
    name: "access-code",
    kind: "auth",
    when: "a failure refuses a logon, an access or a share",
    holds: (f) => failing(f, ACCESS),
    line: (f) => {
      const [first] = within(f, ACCESS);
      if (first.code === "STATUS_BAD_NETWORK_NAME") return "the server has no such share";
      if (first.command === "SMB2_SESSION_SETUP") return "the server refuses the logon";
      return "the server refuses access";
    },
    evidence: (f) => [list(within(f, ACCESS))],
  },
  {
    name: "credit-events",
    kind: "credits",
    when: "requests waited in vain for credits",
    holds: (f) => f.anomaly.type === "credit" || f.credit_events > 0,
    line: () => "the server grants too few credits: requests wait before they are sent",
    evidence: (f) => [
      `${f.credit_events} credit events, ${f.waiting} tasks waiting, ${
        f.credits ?? "?"
      } credits left`,
      ...tcpEvidence(f),
    ],
  },
  {
    name: "unreachable-code",
    kind: "network",
    when: "no route to the server",
    holds: (f) => failing(f, UNREACHABLE),
    line: () => "the server cannot be reached: no route to it",
    evidence: goneEvidence,
  },
  {
    name: "losses-hung",
    kind: "network",
    when: "requests hang or the connection breaks while TCP is retransmitting",
    holds: (f) =>
      f.sockets.some((s) => s.backoff > 0 || s.retrans_now > 1) &&
      (isHung(f) || f.reconnects > 0 || f.dropped > 0),
    line: () =>
      "packets to the server are not acknowledged: the network, or the server's host, is down",
    evidence: (f) => [...tcpEvidence(f), ...pendingEvidence(f)],
  },
  {
    name: "gone-code",
    kind: "server_gone",
    when: "a failure says that connection, session or server are gone",
    holds: (f) => failing(f, GONE),
    line: () => "the server or its service is gone, or dropped the connection",
    evidence: goneEvidence,
  },
  {
    name: "server-fault-code",
    kind: "server_error",
    when: "a failure of the server's storage or resources",
    holds: (f) => failing(f, SERVER_FAULT),
    line: (f) => `the server fails ${within(f, SERVER_FAULT)[0].command}: its storage or resources`,
    evidence: (f) => [list(within(f, SERVER_FAULT)), ...tcpEvidence(f)],
  },
  {
    name: "connection-lost",
    kind: "server_gone",
    when: "a reconnect, a broken connection, or requests released without an answer",
    holds: (f) =>
      f.anomaly.type === "reconnect" || f.reconnects > 0 || f.broken > 0 ||
      (f.dropped > 0 && isLatency(f)),
    line: () => "the connection to the server was lost",
    evidence: (f) => [...goneEvidence(f), ...pendingEvidence(f)],
  },
  {
    name: "hung-storage",
    kind: "server_slow",
    when: "only READ, WRITE or FLUSH hang, or others are answered meanwhile",
    holds: (f) =>
      isLatency(f) && f.anomaly.reason === "hung" &&
      (f.answers_since > 0 || f.pending.every((command) => STORAGE.has(command))),
    line: (f) => `the server holds ${f.pending[0]} back: its storage or a lock`,
    evidence: (f) => [...pendingEvidence(f), ...tcpEvidence(f)],
  },
  {
    name: "hung-all",
    kind: "server_gone",
    when: "requests hang and nothing is answered, though TCP is acknowledged",
    holds: (f) => isLatency(f) && f.anomaly.reason === "hung",
    line: () => "the server has stopped answering",
    evidence: (f) => [...pendingEvidence(f), ...tcpEvidence(f)],
  },
  {
    name: "round-trip",
    kind: "network",
    when: "the network's round trip is half of the slow requests' time, or more",
    holds: (f) => {
      const network = networkMs(f);
      return isLatency(f) && network !== null && network >= RTT_LEAST_MS &&
        network >= RTT_PART * f.slow_ms;
    },
    line: (f) => `every request waits for the network: a round trip takes ${ms(f.rtt_ms ?? 0)}`,
    evidence: (f) => [...tcpEvidence(f), ...slowEvidence(f)],
  },
  {
    name: "all-alike",
    kind: "network",
    when: "everything waits alike, and a long round trip explains a quarter of it or more",
    holds: (f) =>
      isLatency(f) && f.rtt_ms !== null && f.rtt_ms >= ALIKE_RTT_LEAST_MS &&
      f.rtt_ms >= ALIKE_RTT_PART * f.slow_ms && f.fastest_ms !== null &&
      f.fastest_ms >= ALIKE_PART * f.slow_ms,
    line: (f) => `every request waits for the network: a round trip takes ${ms(f.rtt_ms ?? 0)}`,
    evidence: (f) => [...tcpEvidence(f), ...slowEvidence(f)],
  },
  {
    name: "losses",
    kind: "network",
    when: "TCP retransmits more than one byte in a hundred",
    holds: (f) => isLatency(f) && f.lossy,
    line: () => "packets are lost on the way",
    evidence: (f) => [...tcpEvidence(f), ...slowEvidence(f)],
  },
  {
    name: "queue-or-wake",
    kind: "local",
    when: "most of the time passed before the wire or after the answer",
    holds: (f) => isLatency(f) && f.split !== null && f.split.queue + f.split.wake > 0.6,
    line: (f) =>
      f.split!.queue >= f.split!.wake
        ? "requests wait on this host before they are sent: locks, or a full send buffer"
        : "answers wait on this host: the issuer's processor is busy",
    evidence: slowEvidence,
  },
  {
    name: "server-time",
    kind: "server_slow",
    when: "the round trip explains less than 30 % of the slow requests' time",
    holds: (f) => {
      const network = networkMs(f);
      return isLatency(f) && network !== null && f.slow_ms > 0 &&
        network < SMALL_RTT_PART * f.slow_ms;
    },
    line: (f) => slowServerLine(f),
    evidence: (f) => [...slowEvidence(f), ...tcpEvidence(f)],
  },
  {
    name: "some-commands",
    kind: "server_slow",
    when: "some commands are slow while others are answered fast",
    holds: (f) => isLatency(f) && f.fast_commands.length > 0,
    line: (f) => slowServerLine(f),
    evidence: (f) => [...slowEvidence(f), ...tcpEvidence(f)],
  },
];

function slowServerLine(f: Facts): string {
  const [slowest] = f.slow_commands;
  const storage = f.slow_commands.length > 0 && f.slow_commands.every((c) => STORAGE.has(c));
  return `the server is slow${slowest ? ` at ${slowest}` : ""}${storage ? ": its storage" : ""}`;
}
