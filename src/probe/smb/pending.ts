/**
 * The requests that are in flight now, with the file names that only the probe's own map has.
 * @module
 */
import { mapEntries, mapInfo } from "../../bpf/map.ts";
import { decodeRequest } from "./decode.ts";
import type { ProbeHandles } from "./handles.ts";
import { SMB_FLAG, SMB_NAMED_BYTES } from "./layout.gen.ts";
import type { SmbRequest } from "./request.ts";

/** enum smb_in_flight_state, bpf/lib/smb_maps.h */
const READY = 1 << 0;
const ENDED = 1 << 2;
/** Offset of `start_ns` in struct smb_in_flight; `named` is its last member. */
const START_OFFSET = 8;
/** More entries than this are not read. */
const LIMIT = 1024;

/**
 * Reads what waits for its answer: flag IN_FLIGHT, age as latency.
 * @param nowNs CLOCK_MONOTONIC, the time of the report
 * @throws SyscallError when the map cannot be read
 */
export function readPending({ maps }: Pick<ProbeHandles, "maps">, nowNs: bigint): SmbRequest[] {
  const fd = maps.smb_in_flight;
  const { key_bytes, value_bytes } = mapInfo(fd);
  const pending: SmbRequest[] = [];
  for (const [, value] of mapEntries(fd, key_bytes, value_bytes, LIMIT)) {
    const view = new DataView(value.buffer, value.byteOffset, value.byteLength);
    const state = view.getUint32(0, true);
    const start = view.getBigUint64(START_OFFSET, true);
    if ((state & (READY | ENDED)) !== READY || start > nowNs) continue;
    const request = decodeRequest(view, value_bytes - SMB_NAMED_BYTES, SMB_NAMED_BYTES);
    request.flags |= SMB_FLAG.IN_FLIGHT;
    request.end_ns = nowNs;
    request.latency_ns = nowNs - start;
    pending.push(request);
  }
  return pending.sort((a, b) => a.request_id < b.request_id ? -1 : 1);
}
