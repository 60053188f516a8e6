/**
 * The event log's ledger in the service: over all loads, outputs and workers since the agent started,
 * `seen = written + filtered + own + dropped(by cause) + waiting`.
 * @module
 */
import { RingReader } from "../../bpf/ring.ts";
import {
  type LogCounterName,
  type LogCounters,
  readLogCounters,
} from "../../probe/event_log/counters.ts";
import type { LogHandles } from "../../probe/event_log/handles.ts";
import { LOG_TYPE } from "../../probe/event_log/layout.gen.ts";
import type { ControlBlock } from "../control.ts";

/** Where events of wanted types went. */
export interface EventLogLedger {
  /** As the kernel side counts them. */
  seen: number;
  /** In the output, whole. */
  written: number;
  /** Left out by a filter. */
  filtered: number;
  /** Of the agent and what it started. */
  own: number;
  /** Under way, in the ring or in memory. */
  waiting: number;
  /** Lost, by cause. */
  dropped: EventLogDrops;
  /** CPUs that lost events in the kernel. */
  dropped_per_cpu: { cpu: number; ring_full: number; scratch: number }[];
  /** Calls of 32-bit programs, not among `seen`. */
  compat: number;
  /** Events without a duration, for lack of memory. */
  no_storage: number;
  /** Paths that found no room; their events are marked. */
  paths_lost: number;
}

/** Causes of losses. */
export interface EventLogDrops {
  /** No room in the ring. */
  ring_full: number;
  /** No buffer to build the event in. */
  scratch: number;
  /** More a second than the budget. */
  budget: number;
  /** Records that made no sense. */
  malformed: number;
  /** The output's disk was full. */
  disk_full: number;
  /** The output failed. */
  io: number;
  /** The output took nothing at the end. */
  abandoned: number;
  /** With a worker that ended. */
  worker: number;
  /** Left in the ring of programs that were unloaded. */
  unread: number;
}

/** Counts of loads that are over. */
export class PastLoads {
  readonly #totals = new Map<LogCounterName, { total: bigint; per_cpu: bigint[] }>();
  /** Events that nobody took from their rings. */
  unread = 0;

  /** Takes the final counts of a load that is about to be closed. */
  add(handles: LogHandles): void {
    this.unread += eventsIn(handles);
    const counters = readLogCounters(handles);
    for (const name of Object.keys(counters) as LogCounterName[]) {
      const past = this.#totals.get(name) ?? { total: 0n, per_cpu: [] };
      past.total += counters[name].total;
      counters[name].per_cpu.forEach((count, cpu) =>
        past.per_cpu[cpu] = (past.per_cpu[cpu] ?? 0n) + count
      );
      this.#totals.set(name, past);
    }
  }

  /** A counter over past and present loads. */
  sum(name: LogCounterName, present: readonly LogCounters[]): { total: number; per_cpu: number[] } {
    const all = [...present.map((counters) => counters[name]), this.#totals.get(name)];
    const per_cpu: number[] = [];
    let total = 0;
    for (const counter of all) {
      total += Number(counter?.total ?? 0n);
      counter?.per_cpu.forEach((count, cpu) => per_cpu[cpu] = (per_cpu[cpu] ?? 0) + Number(count));
    }
    return { total, per_cpu };
  }
}

/** Puts the sides together; it adds up when nothing is under way. */
export function eventLogLedger(
  past: PastLoads,
  loaded: readonly LogHandles[],
  control: ControlBlock,
): EventLogLedger {
  const written = control.get("event_log_written");
  const reader = {
    budget: control.get("event_log_dropped_budget"),
    malformed: control.get("event_log_dropped_malformed"),
    disk_full: control.get("event_log_dropped_disk_full"),
    io: control.get("event_log_dropped_io"),
    abandoned: control.get("event_log_dropped_abandoned"),
    worker: control.get("event_log_dropped_worker"),
  };
  const present = loaded.map(readLogCounters);
  const of = (name: LogCounterName) => past.sum(name, present);
  const lost = Object.values(reader).reduce((sum, count) => sum + count, 0);
  const ring = of("drop_ring_full");
  const scratch = of("drop_scratch");
  return {
    seen: of("seen").total,
    written,
    filtered: of("filtered").total,
    own: of("own").total,
    waiting: of("emitted").total - past.unread - written - lost,
    dropped: { ring_full: ring.total, scratch: scratch.total, ...reader, unread: past.unread },
    dropped_per_cpu: ring.per_cpu
      .map((count, cpu) => ({ cpu, ring_full: count, scratch: scratch.per_cpu[cpu] }))
      .filter(({ ring_full, scratch }) => ring_full > 0 || scratch > 0),
    compat: of("compat").total,
    no_storage: of("no_storage").total,
    paths_lost: of("paths_lost").total,
  };
}

/** Events that are left in a ring that has no reader any more. */
function eventsIn({ maps, ring_bytes }: LogHandles): number {
  const ring = new RingReader(maps.log_events, ring_bytes);
  let events = 0;
  ring.walk((offset, bytes) => {
    if (bytes >= 2 && ring.data.getUint16(offset, true) >= LOG_TYPE.CREATE) events++;
  }, Infinity);
  ring.close();
  return events;
}
