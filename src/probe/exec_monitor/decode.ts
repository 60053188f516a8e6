/**
 * A record of the exec monitor's ring as an event.
 * @module
 */
import type { RecordDecoder } from "../tracer/ring_events.ts";
import { argumentsAt, paddedText, textAt } from "../tracer/text.ts";
import {
  EXEC_EVENT_BYTES,
  EXEC_EVENT_COMM_BYTES,
  EXEC_EVENT_OFFSET as AT,
  EXEC_FLAG,
  EXEC_TYPE,
} from "./layout.gen.ts";

/** Source of its events. */
export const EXEC_SOURCE = "eBPF::exec_monitor";

/** How a process ended, from what wait(2) gives. */
export function exitStatus(status: number): {
  exit_code: number | null;
  signal: number | null;
  core_dumped: boolean;
} {
  const signal = status & 0x7f;
  return {
    exit_code: signal === 0 ? (status >> 8) & 0xff : null,
    signal: signal === 0 ? null : signal,
    core_dumped: (status & 0x80) !== 0,
  };
}

/** What the type of the event tells. */
function detailOf(
  data: DataView,
  offset: number,
  bytes: number,
): { event_type: string; detail: Record<string, unknown> } | null {
  switch (data.getUint32(offset + AT.type, true)) {
    case EXEC_TYPE.FORK:
      return {
        event_type: "fork",
        detail: { child_pid: data.getUint32(offset + AT.child_tgid, true) },
      };
    case EXEC_TYPE.EXEC: {
      const name_bytes = data.getUint16(offset + AT.name_bytes, true);
      const argv_bytes = data.getUint16(offset + AT.argv_bytes, true);
      if (bytes < EXEC_EVENT_BYTES + name_bytes + argv_bytes) return null;
      const flags = data.getUint16(offset + AT.flags, true);
      const name = offset + EXEC_EVENT_BYTES;
      return {
        event_type: "exec",
        detail: {
          filename: textAt(data, name, name_bytes),
          filename_cut: (flags & EXEC_FLAG.NAME_CUT) !== 0,
          argv: argumentsAt(data, name + name_bytes, argv_bytes),
          argv_cut: (flags & EXEC_FLAG.ARGV_CUT) !== 0,
        },
      };
    }
    case EXEC_TYPE.EXIT: {
      const lifetime_ns = Number(data.getBigUint64(offset + AT.lifetime_ns, true));
      const status = exitStatus(data.getUint32(offset + AT.exit_code, true));
      return {
        event_type: "exit",
        detail: { ...status, lifetime_ns, lifetime_ms: lifetime_ns / 1e6 },
      };
    }
    default:
      return null;
  }
}

/** Makes an event of a record. */
export function decodeExecEvent(
  data: DataView,
  offset: number,
  bytes: number,
  seconds: (monotonic_ns: bigint) => number,
): ReturnType<RecordDecoder> {
  if (bytes < EXEC_EVENT_BYTES) return null;
  const found = detailOf(data, offset, bytes);
  if (found === null) return null;
  return {
    event_type: found.event_type,
    timestamp: seconds(data.getBigUint64(offset + AT.time_ns, true)),
    pid: data.getUint32(offset + AT.tgid, true),
    comm: paddedText(data, offset + AT.comm, EXEC_EVENT_COMM_BYTES),
    data: {
      ...found.detail,
      parent_pid: data.getUint32(offset + AT.parent_tgid, true),
      uid: data.getUint32(offset + AT.uid, true),
    },
  };
}
