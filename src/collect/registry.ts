/**
 * All collectors. A new one is a file and a line here; an interval of its own is one more key of the
 * configuration's section `collectors`.
 * @module
 */
import type { CollectorEntry, MetricDescriptor } from "./collector.ts";
import { cpu } from "./cpu.ts";
import { KeyDescriber } from "./describe.ts";
import { disks } from "./disks.ts";
import { memory } from "./memory.ts";
import { network } from "./network.ts";
import { processes } from "./processes.ts";
import { RUNNER_METRICS } from "./runner.ts";
import { smb } from "./smb.ts";

/** Every collector, in the order in which they run when several are due. */
export const COLLECTORS: readonly CollectorEntry[] = [cpu, memory, disks, network, processes, smb];

/** Everything that collectors and their runner give. */
export const COLLECTOR_METRICS: readonly MetricDescriptor[] = [
  ...COLLECTORS.flatMap(({ metrics }) => metrics),
  ...RUNNER_METRICS,
];

/** A finder of descriptors for the keys of collectors. */
export function collectorKeys(): KeyDescriber {
  return new KeyDescriber(COLLECTOR_METRICS);
}
