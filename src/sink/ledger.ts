/**
 * The ledger of the event log: what the kernel side saw, and where each of it went, so that
 * `seen = written + filtered + own + dropped`.
 * @module
 */
import type { LogCounters } from "../probe/event_log/counters.ts";
import type { OutletCounts } from "./outlet.ts";

/** What was dropped, by cause. */
export interface LogDrops {
  /** No room in the ring. */
  ring_full: bigint;
  /** No buffer to build the event in. */
  scratch: bigint;
  /** Records that made no sense. */
  malformed: bigint;
  /** The disk of the output was full. */
  disk_full: bigint;
  /** Nobody read the output any more. */
  closed_pipe: bigint;
  /** The output failed. */
  io: bigint;
  /** The output took nothing at the end. */
  abandoned: bigint;
  /** Still in the ring. */
  unread: bigint;
}

/** Where events went. */
export interface LogLedger {
  /** Events of wanted types, as the kernel side counts them. */
  seen: bigint;
  /** In the output, whole. */
  written: bigint;
  /** Left out by a filter. */
  filtered: bigint;
  /** Of aod itself and what it started. */
  own: bigint;
  /** By cause. */
  dropped: LogDrops;
  /** CPUs that lost events in the kernel: how many. */
  dropped_per_cpu: { cpu: number; ring_full: bigint; scratch: bigint }[];
  /** Not among `seen`: calls of 32-bit programs, which are not decoded. */
  compat: bigint;
  /** Events whose start was not kept for lack of memory: no duration. */
  no_storage: bigint;
  /** Paths that found no room in the ring: their events are marked. */
  paths_lost: bigint;
}

/** Counts of user space. */
export interface ReaderCounts extends OutletCounts {
  /** Records that made no sense. */
  malformed: bigint;
}

/** Puts both sides together; exact when the kernel side writes no more and the ring is empty. */
export function logLedger(kernel: LogCounters, reader: ReaderCounts): LogLedger {
  const { formatted, written, lost, malformed } = reader;
  const ring = kernel.drop_ring_full;
  const scratch = kernel.drop_scratch;
  const waiting = formatted - written - sum(Object.values(lost));
  return {
    seen: kernel.seen.total,
    written,
    filtered: kernel.filtered.total,
    own: kernel.own.total,
    dropped: {
      ring_full: ring.total,
      scratch: scratch.total,
      malformed,
      ...lost,
      unread: kernel.emitted.total - formatted - malformed + waiting,
    },
    dropped_per_cpu: ring.per_cpu
      .map((count, cpu) => ({ cpu, ring_full: count, scratch: scratch.per_cpu[cpu] }))
      .filter(({ ring_full, scratch }) => ring_full > 0n || scratch > 0n),
    compat: kernel.compat.total,
    no_storage: kernel.no_storage.total,
    paths_lost: kernel.paths_lost.total,
  };
}

/** `seen` minus everything it is made of: 0 in a ledger that is exact. */
export function imbalance(ledger: LogLedger): bigint {
  const { seen, written, filtered, own, dropped } = ledger;
  return seen - written - filtered - own - sum(Object.values(dropped));
}

/** The ledger as lines for people; the first holds the equation. */
export function ledgerText(ledger: LogLedger): string[] {
  const { seen, written, filtered, own, dropped } = ledger;
  const causes = Object.entries(dropped)
    .filter(([cause, count]) => count !== 0n || cause === "ring_full")
    .map(([cause, count]) => `${cause.replaceAll("_", " ")} ${count}`);
  const lines = [
    `${seen} seen = ${written} written + ${filtered} filtered + ${own} own + ` +
    `${sum(Object.values(dropped))} dropped (${causes.join(", ")})`,
  ];
  const rest = imbalance(ledger);
  if (rest !== 0n) lines.push(`the ledger does not add up: ${rest} events not accounted for`);
  for (const { cpu, ring_full, scratch } of ledger.dropped_per_cpu) {
    lines.push(`lost on CPU ${cpu}: ring full ${ring_full}, scratch ${scratch}`);
  }
  if (ledger.paths_lost > 0n) {
    lines.push(`${ledger.paths_lost} paths lost; their events are marked`);
  }
  if (ledger.no_storage > 0n) {
    lines.push(`${ledger.no_storage} events without duration (no memory)`);
  }
  if (ledger.compat > 0n) lines.push(`${ledger.compat} calls of 32-bit programs not decoded`);
  return lines;
}

function sum(counts: bigint[]): bigint {
  return counts.reduce((total, count) => total + count, 0n);
}
