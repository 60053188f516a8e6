/**
 * The loss ledger of a live tool: what the kernel side saw, and where each of it went.
 * @module
 */
import { sumPerCpu } from "../../bpf/map.ts";
import type { ProbeHandles } from "../../probe/smb/handles.ts";
import { SMB_COUNTER } from "../../probe/smb/layout.gen.ts";

/** Where requests went; `seen` is the sum of the others. */
export interface LiveLedger {
  /** Requests ended, in-flight reports and connection events, as the kernel side counts them. */
  seen: bigint;
  /** Printed. */
  shown: bigint;
  /** By the kernel side (not slow, not failed) or by `-p`. */
  filtered: bigint;
  /** By cause. */
  dropped: { ring_full: bigint; no_start: bigint; malformed: bigint; unread: bigint };
}

/** Counts of the tool itself. */
export interface ToolCounts {
  /** Taken from the ring. */
  records: bigint;
  /** Printed. */
  shown: bigint;
  /** Not asked for: another process, another code. */
  filtered: bigint;
  /** Not decodable. */
  malformed: bigint;
}

/**
 * Adds the kernel side's counters to the tool's. To be called when the probe is detached or idle;
 * `unread` is what has come since the last drain.
 */
export function liveLedger(handles: ProbeHandles, counts: ToolCounts): LiveLedger {
  const counter = (index: number) =>
    sumPerCpu(handles.maps.smb_counters, index, handles.possible_cpus);
  const emitted = counter(SMB_COUNTER.EMITTED);
  return {
    seen: counter(SMB_COUNTER.SEEN),
    shown: counts.shown,
    filtered: counter(SMB_COUNTER.FILTERED) + counts.filtered,
    dropped: {
      ring_full: counter(SMB_COUNTER.DROP_RING_FULL),
      no_start: counter(SMB_COUNTER.NO_START),
      malformed: counts.malformed,
      unread: emitted - counts.records,
    },
  };
}

/** The ledger as one line for stderr. */
export function ledgerLine(tool: string, ledger: LiveLedger): string {
  const { ring_full, no_start, malformed, unread } = ledger.dropped;
  const dropped = ring_full + no_start + malformed + unread;
  const causes = [
    `ring full ${ring_full}`,
    `began before the probe ${no_start}`,
    `malformed ${malformed}`,
    `unread ${unread}`,
  ];
  return `${tool}: ${ledger.seen} seen = ${ledger.shown} shown + ${ledger.filtered} filtered + ` +
    `${dropped} dropped (${causes.join(", ")})`;
}
