/**
 * The loss ledger: at every hop, what came in is what went out plus what was dropped, by cause.
 * @module
 */
import { sumPerCpu } from "../bpf/map.ts";
import type { ProbeHandles } from "../probe/smb/handles.ts";
import { SMB_COUNTER } from "../probe/smb/layout.gen.ts";
import type { AnomalyLedger } from "./anomaly_queue.ts";
import type { ControlBlock } from "./control.ts";
import type { QueueLedger } from "./event_queues.ts";

/** The hops from the kernel to the bundle. Numbers are totals of this life of the agent. */
export interface Ledger {
  /** Counters of the kernel side by the names of `enum aod_smb_counter`; null without a probe. */
  kernel: Record<string, number> | null;
  /** Ring to queue. */
  dispatcher: { records: number; queued: number; malformed: number };
  /** The event queue. */
  queue: QueueLedger;
  /** Queue to anomalies. */
  watcher: { records: number; counted: number; anomalies: number; cooled_down: number };
  /** Anomalies to the collector. */
  anomalies: AnomalyLedger;
  /** An acknowledged anomaly was accepted, and is then sealed or failed, or is in one of the last three. */
  collector: {
    accepted: number;
    sealed: number;
    failed: number;
    refused_space: number;
    refused_output_dir: number;
    dropped_full: number;
  };
}

/** Reads every hop's counters. */
export function readLedger(
  control: ControlBlock,
  queue: QueueLedger,
  anomalies: AnomalyLedger,
  handles: ProbeHandles | null,
): Ledger {
  const c = control.counters();
  return {
    kernel: handles === null ? null : kernelCounters(handles),
    dispatcher: {
      records: c.dispatcher_records,
      queued: c.dispatcher_queued,
      malformed: c.dispatcher_dropped_malformed,
    },
    queue,
    watcher: {
      records: c.watcher_records,
      counted: c.watcher_counted,
      anomalies: c.watcher_anomalies,
      cooled_down: c.watcher_cooled_down,
    },
    anomalies,
    collector: {
      accepted: c.collector_accepted,
      sealed: c.collector_sealed,
      failed: c.collector_failed,
      refused_space: c.collector_refused_space,
      refused_output_dir: c.collector_refused_output_dir,
      dropped_full: c.collector_dropped_full,
    },
  };
}

/** Requests go on while the counters are read: so often a read is tried until nothing came in it. */
const STILL_TRIES = 10;

/**
 * Sums over CPUs of every kernel counter, by lower-case name (`drop_ring_full`, ...), of one moment
 * where the probe is not busy all the time.
 */
function kernelCounters(handles: ProbeHandles): Record<string, number> | null {
  let counters = readCounters(handles);
  for (let tries = 0; counters !== null && tries < STILL_TRIES; tries++) {
    const before: Record<string, number> = counters;
    counters = readCounters(handles);
    if (Object.entries(counters ?? {}).every(([name, value]) => before[name] === value)) break;
  }
  return counters;
}

function readCounters(handles: ProbeHandles): Record<string, number> | null {
  const fd = handles.maps.smb_counters;
  if (fd === undefined) return null;
  const counters: Record<string, number> = {};
  for (const [name, index] of Object.entries(SMB_COUNTER)) {
    if (name === "MAX") continue;
    counters[name.toLowerCase()] = Number(sumPerCpu(fd, index, handles.possible_cpus));
  }
  return counters;
}
