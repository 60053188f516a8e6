/**
 * Network: /proc/net/dev by interface and TCP's counters of /proc/net/snmp, both of the agent's own
 * network namespace.
 * @module
 */
import { type CPath, cPath, ProcReader } from "../os/proc_reader.ts";
import {
  clocksOf,
  type CollectEnvironment,
  type Collector,
  type CollectorEntry,
  type Sample,
} from "./collector.ts";
import { CounterTable, growth } from "./counter.ts";
import { delta, gauge } from "./describe.ts";
import { Fields } from "./fields.ts";
import { Points } from "./points.ts";
import { TCP_METRICS, TcpCounters } from "./tcp.ts";

const COLON = 58;
/** Columns of net/dev behind the name: eight received, eight sent (dev_seq_printf_stats). */
const COLUMNS = 16;
/** Column, and what it is called below `network.<interface>`. */
const COUNTERS: readonly [number, string][] = [
  [0, "rx_bytes_delta"],
  [1, "rx_packets_delta"],
  [2, "rx_errors_delta"],
  [3, "rx_drops_delta"],
  [8, "tx_bytes_delta"],
  [9, "tx_packets_delta"],
  [10, "tx_errors_delta"],
  [11, "tx_drops_delta"],
];
/** A host of containers has some thousands; these are enough to have series of. */
const MAX_INTERFACES = 256;
/** Name of the sum, which no interface's counters may go by. */
const TOTAL = "total";

class Interface {
  round = -1;
  readonly before = new Float64Array(COLUMNS).fill(NaN);
  readonly keys: string[];
  /** The loopback device is no part of the sum: what it sends it receives. */
  readonly loopback: boolean;

  constructor(name: string) {
    this.loopback = name === "lo";
    this.keys = COUNTERS.map(([, counter]) => `network.${name}.${counter}`);
  }
}

const SUM_KEYS = COUNTERS.map(([, counter]) => `network.${TOTAL}.${counter}`);

class NetworkCollector implements Collector {
  readonly name = "network";
  readonly #reader = new ProcReader();
  readonly #fields = new Fields();
  readonly #clocks: ReturnType<typeof clocksOf>;
  readonly #dev: CPath;
  readonly #tcp: TcpCounters;
  readonly #interfaces = new CounterTable(MAX_INTERFACES, (name) => new Interface(name));
  readonly #now = new Float64Array(COLUMNS);
  readonly #sums = new Float64Array(COUNTERS.length);
  #first = true;

  constructor(env: CollectEnvironment) {
    this.#clocks = clocksOf(env);
    this.#dev = cPath(`${env.proc}/net/dev`);
    this.#tcp = new TcpCounters(env.proc);
  }

  sample(): Sample {
    const timestamp = this.#clocks.wall_ms() / 1000;
    const points = new Points();
    // A kernel without network has no such file.
    if (this.#reader.read(this.#dev)) this.#devices(points);
    else if (!this.#reader.missing) throw this.#reader.failure(this.#dev);
    this.#tcp.add(this.#reader, points);
    return { timestamp, points: points.list };
  }

  #devices(points: Points): void {
    const fields = this.#fields.start(this.#reader.bytes, this.#reader.length);
    this.#sums.fill(0);
    while (fields.line()) this.#device(fields, points);
    if (!this.#first) SUM_KEYS.forEach((key, i) => points.add(key, this.#sums[i]));
    this.#first = false;
    points.add("network.interfaces", this.#interfaces.named);
    points.add("network.left_out", this.#interfaces.beyond);
    this.#interfaces.sweep();
  }

  #device(fields: Fields, points: Points): void {
    const name = fields.textBefore(COLON);
    // The two lines of headings have no colon.
    if (name === "" || name === TOTAL) return;
    const device = this.#interfaces.row(name);
    if (device === null) return;
    const { before, keys, loopback } = device;
    const now = this.#now;
    for (let i = 0; i < COLUMNS; i++) now[i] = fields.number();
    for (let i = 0; i < COUNTERS.length; i++) {
      const column = COUNTERS[i][0];
      const grown = growth(before[column], now[column]);
      points.add(keys[i], grown);
      if (!loopback && !Number.isNaN(grown)) this.#sums[i] += grown;
    }
    before.set(now);
  }
}

const NAMES: readonly [string, string, string][] = [
  ["rx_bytes_delta", "bytes", "Received"],
  ["rx_packets_delta", "packets", "Received"],
  ["rx_errors_delta", "packets", "Received with an error"],
  ["rx_drops_delta", "packets", "Received and thrown away"],
  ["tx_bytes_delta", "bytes", "Sent"],
  ["tx_packets_delta", "packets", "Sent"],
  ["tx_errors_delta", "packets", "Could not be sent because of an error"],
  ["tx_drops_delta", "packets", "Thrown away on their way out"],
];

/** The collector `network`. */
export const network: CollectorEntry = {
  name: "network",
  interval: "network_interval",
  description: "Network interfaces: bytes, packets, errors, drops; TCP with its retransmissions.",
  metrics: [
    ...NAMES.map(([counter, unit, text]) =>
      delta(`network.<interface>.${counter}`, unit, `${text}, of an interface`)
    ),
    ...NAMES.map(([counter, unit, text]) =>
      delta(`network.${TOTAL}.${counter}`, unit, `${text}, of all interfaces but loopback`)
    ),
    gauge("network.interfaces", "interfaces", "Interfaces there are, loopback included"),
    gauge(
      "network.left_out",
      "interfaces",
      `Interfaces beyond the first ${MAX_INTERFACES}: they have no series`,
    ),
    ...TCP_METRICS,
  ],
  make: (env) => new NetworkCollector(env),
};
