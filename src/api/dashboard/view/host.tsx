/**
 * The host: processors, memory, disks, network.
 * @module
 */
import type { VNode } from "preact";
import { useState } from "preact/hooks";
import { devicesOf, ratesOf } from "../logic/rates.ts";
import type { Store } from "../state/store.ts";
import { Chart } from "./chart.tsx";
import { Section } from "./section.tsx";

interface Common {
  range: [from: number, to: number];
  marks: readonly { timestamp: number }[];
}

const CPU: readonly [label: string, key: string][] = [
  ["busy", "cpu.total"],
  ["kernel", "cpu.system"],
  ["waiting for I/O", "cpu.iowait"],
  ["steal", "cpu.steal"],
];
const MEMORY: readonly [label: string, key: string][] = [
  ["in use", "memory.virtual"],
  ["files", "memory.cached"],
  ["swap", "memory.swap"],
];
const PRESSURE: readonly [label: string, key: string][] = [
  ["CPU", "cpu.pressure_some"],
  ["memory", "memory.pressure_some"],
  ["I/O", "disk.pressure_some"],
];

const FAULTS: readonly [label: string, key: string][] = [
  ["TCP segments sent again", "tcp.retransmits_delta"],
  ["packets dropped", "network.total.rx_drops_delta"],
  ["with errors", "network.total.rx_errors_delta"],
];

function lines(store: Store, keys: readonly [label: string, key: string][]) {
  return keys.map(([label, key]) => ({ label, points: store.points(key) }));
}

/** A chart of two counters of a device that can be chosen. */
function DeviceChart(
  { store, common, title, prefix, label, counters }: {
    store: Store;
    common: Common;
    title: string;
    prefix: string;
    label: string;
    counters: readonly [label: string, counter: string][];
  },
): VNode {
  const devices = devicesOf(store.keys, prefix, counters[0][1]);
  const [wanted, setWanted] = useState("");
  const device = devices.includes(wanted) ? wanted : devices[0] ?? "";
  return (
    <div class="device">
      <Chart
        title={device === "" ? title : `${title}: ${device}`}
        unit="bytes/s"
        series={counters.map(([label, counter]) => ({
          label,
          points: ratesOf(store.points(`${prefix}.${device}.${counter}`)),
        }))}
        {...common}
      />
      <label>
        {label}{" "}
        <select value={device} onChange={(event) => setWanted(event.currentTarget.value)}>
          {devices.map((name) => <option key={name} value={name}>{name}</option>)}
        </select>
      </label>
    </div>
  );
}

/** See the module. */
export function HostSection({ store }: { store: Store }): VNode {
  const { now_sec, range_sec } = store;
  const common: Common = { range: [now_sec - range_sec, now_sec], marks: store.anomalies };
  return (
    <Section id="host" title="Host">
      <div class="grid">
        <Chart title="CPU" unit="%" series={lines(store, CPU)} {...common} />
        <Chart title="Memory" unit="bytes" series={lines(store, MEMORY)} {...common} />
        <DeviceChart
          store={store}
          common={common}
          title="Disk"
          prefix="disk"
          label="Disk"
          counters={[["read", "read_bytes_delta"], ["written", "write_bytes_delta"]]}
        />
        <DeviceChart
          store={store}
          common={common}
          title="Network"
          prefix="network"
          label="Interface"
          counters={[["received", "rx_bytes_delta"], ["sent", "tx_bytes_delta"]]}
        />
        <Chart title="Pressure" unit="%" series={lines(store, PRESSURE)} {...common} />
        <Chart
          title="Network faults"
          unit="/s"
          series={FAULTS.map(([label, key]) => ({ label, points: ratesOf(store.points(key)) }))}
          {...common}
        />
      </div>
    </Section>
  );
}
