/**
 * Records written by hand from bpf/events.h, field by field: the reference that decoders are held
 * against.
 * @module
 */
import fc from "fast-check";
import type { SmbRequest } from "../../src/probe/smb/request.ts";

/** The 120 bytes of a request; `comm` is cut to 16 bytes. */
export function encodeRequest(request: SmbRequest): Uint8Array<ArrayBuffer> {
  const bytes = new Uint8Array(120);
  const view = new DataView(bytes.buffer);
  view.setUint16(0, request.type, true);
  view.setUint16(2, request.command, true);
  view.setUint32(4, request.flags, true);
  const wide = [
    request.end_ns,
    request.latency_ns,
    request.session_id,
    request.message_id,
    request.connection_id,
    request.cgroup_id,
    request.request_id,
  ];
  wide.forEach((value, i) => view.setBigUint64(8 + 8 * i, value, true));
  const narrow = [
    request.tree_id,
    request.status,
    request.error,
    request.bytes,
    request.queue_us,
    request.wire_us,
    request.wake_us,
    request.pid,
    request.tid,
    request.uid,
  ];
  narrow.forEach((value, i) => view.setInt32(64 + 4 * i, value | 0, true));
  bytes.set(new TextEncoder().encode(request.comm).subarray(0, 16), 104);
  return bytes;
}

/** Any request, extremes included: ids of 64 bits, a comm that fills its field. */
export function requestArbitrary(): fc.Arbitrary<SmbRequest> {
  const u16 = fc.integer({ min: 0, max: 0xffff });
  const u32 = fc.integer({ min: 0, max: 0xffff_ffff });
  const s32 = fc.integer({ min: -0x8000_0000, max: 0x7fff_ffff });
  const u64 = fc.oneof(
    fc.bigInt({ min: 0n, max: 0xffff_ffff_ffff_ffffn }),
    fc.constantFrom(0n, 1n, 0x7ff8_0000_0000_0001n, 0xfff0_0000_0000_0001n, 1n << 63n),
  );
  return fc.record({
    type: u16,
    command: u16,
    // Without HAS_NAME: a plain record has none.
    flags: u32.map((flags) => (flags & ~32) >>> 0),
    end_ns: u64,
    latency_ns: u64,
    session_id: u64,
    message_id: u64,
    connection_id: u64,
    cgroup_id: u64,
    request_id: u64,
    tree_id: u32,
    status: u32,
    error: s32,
    bytes: u32,
    queue_us: u32,
    wire_us: u32,
    wake_us: u32,
    pid: u32,
    tid: u32,
    uid: u32,
    comm: fc.string({ unit: "grapheme-ascii", maxLength: 16 }).map((s) => s.replace(/\0/g, "")),
  }, { noNullPrototype: true });
}
