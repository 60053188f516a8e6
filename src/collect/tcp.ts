/**
 * TCP's counters of /proc/net/snmp: a line of names and a line of values, both begun by `Tcp:`.
 * @module
 */
import { type CPath, cPath, type ProcReader } from "../os/proc_reader.ts";
import type { MetricDescriptor } from "./collector.ts";
import { growth } from "./counter.ts";
import { delta, gauge } from "./describe.ts";
import { ascii, Fields } from "./fields.ts";
import type { Points } from "./points.ts";

const TCP = ascii("Tcp:");

/** Names of RFC 4022 as snmp_seq_show_tcp_udp() prints them, with keys; the kernel may add others. */
const COUNTERS: Readonly<Record<string, string>> = {
  ActiveOpens: "tcp.active_opens_delta",
  PassiveOpens: "tcp.passive_opens_delta",
  AttemptFails: "tcp.attempt_fails_delta",
  EstabResets: "tcp.resets_delta",
  InSegs: "tcp.in_segments_delta",
  OutSegs: "tcp.out_segments_delta",
  RetransSegs: "tcp.retransmits_delta",
  InErrs: "tcp.in_errors_delta",
};
const ESTABLISHED = "CurrEstab";

/** Columns that a file may have. */
const MAX_COLUMNS = 64;

/** Follows the file. */
export class TcpCounters {
  readonly #path: CPath;
  readonly #fields = new Fields();
  readonly #before = new Float64Array(MAX_COLUMNS).fill(NaN);
  /** Key of each column; null for those not used. The names do not change while the kernel runs. */
  #keys: (string | null)[] | null = null;

  /** Nothing is known yet. */
  constructor(proc: string) {
    this.#path = cPath(`${proc}/net/snmp`);
  }

  /** Looks, and adds what was counted since the look before. */
  add(reader: ProcReader, points: Points): void {
    if (!reader.read(this.#path)) return;
    const fields = this.#fields.start(reader.bytes, reader.length);
    while (fields.line()) {
      if (!fields.take(TCP)) continue;
      this.#keys ??= keysOf(fields);
      if (fields.line() && fields.take(TCP)) this.#values(fields, this.#keys, points);
      return;
    }
  }

  #values(fields: Fields, keys: readonly (string | null)[], points: Points): void {
    for (let i = 0; i < keys.length; i++) {
      const key = keys[i];
      if (key === null) {
        fields.skip(1); // MaxConn is -1
        continue;
      }
      const now = fields.number();
      if (key === "tcp.established") points.add(key, now);
      else points.add(key, growth(this.#before[i], now));
      this.#before[i] = now;
    }
  }
}

function keysOf(fields: Fields): (string | null)[] {
  const keys: (string | null)[] = [];
  for (let name = fields.text(); name !== "" && keys.length < MAX_COLUMNS; name = fields.text()) {
    keys.push(name === ESTABLISHED ? "tcp.established" : COUNTERS[name] ?? null);
  }
  return keys;
}

/** Descriptors of what {@link TcpCounters} adds. */
export const TCP_METRICS: readonly MetricDescriptor[] = [
  delta("tcp.retransmits_delta", "segments", "Sent again"),
  delta("tcp.out_segments_delta", "segments", "Sent, those sent again left out"),
  delta("tcp.in_segments_delta", "segments", "Received"),
  delta("tcp.in_errors_delta", "segments", "Received with an error"),
  delta("tcp.active_opens_delta", "connections", "Begun by this host"),
  delta("tcp.passive_opens_delta", "connections", "Begun by others"),
  delta("tcp.attempt_fails_delta", "connections", "Attempts that failed"),
  delta("tcp.resets_delta", "connections", "Ended by a reset"),
  gauge("tcp.established", "connections", "Connections there are"),
];
