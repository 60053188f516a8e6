/**
 * A record of the block tracer's ring as an event.
 * @module
 */
import type { RecordDecoder } from "../tracer/ring_events.ts";
import { paddedText } from "../tracer/text.ts";
import { deviceNumber } from "./devices.ts";
import {
  BLOCK_EVENT_BYTES,
  BLOCK_EVENT_COMM_BYTES,
  BLOCK_EVENT_OFFSET as AT,
  BLOCK_REASON,
} from "./layout.gen.ts";

/** Source of its events. */
export const BLOCK_SOURCE = "eBPF::block_io";

/** Operations by `enum aod_block_op`. */
export const BLOCK_OPERATIONS = ["read", "write", "flush", "discard", "other"] as const;

/** One of them. */
export type BlockOperation = typeof BLOCK_OPERATIONS[number];

/** The operation of a number; what is not known is `other`. */
export function blockOperation(op: number): BlockOperation {
  return BLOCK_OPERATIONS[op] ?? "other";
}

/** A decoder that names devices by `nameOf`. */
export function blockDecoder(nameOf: (number: number) => string): RecordDecoder {
  return (data, offset, bytes, seconds) => {
    if (bytes < BLOCK_EVENT_BYTES) return null;
    const number = data.getUint32(offset + AT.device, true);
    const start_ns = data.getBigUint64(offset + AT.start_ns, true);
    const latency = data.getBigUint64(offset + AT.latency_ns, true);
    const reason = data.getUint8(offset + AT.reason);
    const latency_ns = Number(latency);
    return {
      event_type: "block_io",
      timestamp: seconds(start_ns + latency),
      pid: data.getUint32(offset + AT.tgid, true),
      comm: paddedText(data, offset + AT.comm, BLOCK_EVENT_COMM_BYTES),
      data: {
        device: nameOf(number),
        device_number: deviceNumber(number),
        operation: blockOperation(data.getUint8(offset + AT.op)),
        sector: Number(data.getBigUint64(offset + AT.sector, true)),
        bytes: data.getUint32(offset + AT.bytes, true),
        latency_ns,
        latency_us: latency_ns / 1000,
        status: data.getUint32(offset + AT.status, true),
        tid: data.getUint32(offset + AT.tid, true),
        slow: (reason & BLOCK_REASON.SLOW) !== 0,
        failed: (reason & BLOCK_REASON.FAILED) !== 0,
        sampled: (reason & BLOCK_REASON.SAMPLED) !== 0,
      },
    };
  };
}
