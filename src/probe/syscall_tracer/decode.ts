/**
 * A record of the syscall tracer's ring as an event.
 * @module
 */
import type { RecordDecoder } from "../tracer/ring_events.ts";
import { paddedText } from "../tracer/text.ts";
import {
  SYS_EVENT_BYTES,
  SYS_EVENT_COMM_BYTES,
  SYS_EVENT_OFFSET,
  SYS_REASON,
} from "./layout.gen.ts";
import { syscallName, type SyscallNames } from "./names.ts";

/** Source of its events. */
export const SYSCALL_SOURCE = "eBPF::syscall_tracer";

/** A decoder that names calls by a machine's table. */
export function syscallDecoder(names: SyscallNames): RecordDecoder {
  return (data, offset, bytes, seconds) => {
    if (bytes < SYS_EVENT_BYTES) return null;
    const nr = data.getUint32(offset + SYS_EVENT_OFFSET.nr, true);
    const start_ns = data.getBigUint64(offset + SYS_EVENT_OFFSET.start_ns, true);
    const latency = data.getBigUint64(offset + SYS_EVENT_OFFSET.latency_ns, true);
    const reason = data.getUint32(offset + SYS_EVENT_OFFSET.reason, true);
    const latency_ns = Number(latency);
    return {
      event_type: "syscall",
      timestamp: seconds(start_ns + latency),
      pid: data.getUint32(offset + SYS_EVENT_OFFSET.tgid, true),
      comm: paddedText(data, offset + SYS_EVENT_OFFSET.comm, SYS_EVENT_COMM_BYTES),
      data: {
        syscall_nr: nr,
        syscall_name: syscallName(names, nr),
        latency_ns,
        latency_us: latency_ns / 1000,
        result: Number(data.getBigInt64(offset + SYS_EVENT_OFFSET.result, true)),
        tid: data.getUint32(offset + SYS_EVENT_OFFSET.tid, true),
        slow: (reason & SYS_REASON.SLOW) !== 0,
        sampled: (reason & SYS_REASON.SAMPLED) !== 0,
        early_start: (reason & SYS_REASON.EARLY_START) !== 0,
      },
    };
  };
}
