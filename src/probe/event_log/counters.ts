/**
 * The kernel's part of the event log's ledger: seen = emitted + filtered + own + drop_ring_full +
 * drop_scratch, per CPU and in total.
 * @module
 */
import { indexKey, lookupElem, readPerCpu } from "../../bpf/map.ts";
import type { LogHandles } from "./handles.ts";
import { LOG_COUNTER, LOG_GAP_STATE_BYTES, LOG_GAP_STATE_OFFSET } from "./layout.gen.ts";

/** Names of `enum aod_log_counter`, in small letters. */
export type LogCounterName = Exclude<Lowercase<keyof typeof LOG_COUNTER>, "count">;

/** One counter. */
export interface LogCounter {
  /** Over all CPUs. */
  total: bigint;
  /** By CPU number. */
  per_cpu: bigint[];
}

/** Every counter. */
export type LogCounters = Record<LogCounterName, LogCounter>;

/** The counters' names, in the kernel's order. */
const NAMES = Object.keys(LOG_COUNTER).filter((name) => name !== "COUNT") as Exclude<
  keyof typeof LOG_COUNTER,
  "COUNT"
>[];

/**
 * Reads all counters. They are read one after the other: while events happen they need not add up.
 * @throws SyscallError
 */
export function readLogCounters(handles: LogHandles): LogCounters {
  const counters: Partial<LogCounters> = {};
  for (const name of NAMES) {
    const per_cpu = readPerCpu(
      handles.maps.log_counters,
      LOG_COUNTER[name],
      handles.possible_cpus,
    );
    const total = per_cpu.reduce((sum, value) => sum + value, 0n);
    counters[name.toLowerCase() as LogCounterName] = { total, per_cpu };
  }
  return counters as LogCounters;
}

/** Events of one CPU that found no room and that no gap record has told of yet. */
export interface OpenGap {
  /** CPU number. */
  cpu: number;
  /** How many. */
  events: bigint;
  /** CLOCK_MONOTONIC of the first, nanoseconds. */
  first_ns: bigint;
  /** Of the last. */
  last_ns: bigint;
}

/**
 * The gaps that are left when the log ends, CPUs without one left out.
 * @throws SyscallError
 */
export function readGaps(handles: LogHandles): OpenGap[] {
  const bytes = LOG_GAP_STATE_BYTES * handles.possible_cpus;
  const values = lookupElem(handles.maps.log_gaps, indexKey(0), bytes);
  if (values === null) return [];
  const view = new DataView(values.buffer, values.byteOffset, bytes);
  const gaps: OpenGap[] = [];
  for (let cpu = 0; cpu < handles.possible_cpus; cpu++) {
    const at = cpu * LOG_GAP_STATE_BYTES;
    const events = view.getBigUint64(at + LOG_GAP_STATE_OFFSET.events, true);
    if (events === 0n) continue;
    gaps.push({
      cpu,
      events,
      first_ns: view.getBigUint64(at + LOG_GAP_STATE_OFFSET.first_ns, true),
      last_ns: view.getBigUint64(at + LOG_GAP_STATE_OFFSET.last_ns, true),
    });
  }
  return gaps;
}
