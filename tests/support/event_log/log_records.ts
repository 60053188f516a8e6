/**
 * Records of the event log, made by hand as the kernel side writes them.
 * @module
 */
import {
  LOG_DATA_BYTES,
  LOG_DATA_OFFSET,
  LOG_EVENT_BYTES,
  LOG_EVENT_OFFSET as AT,
  LOG_FLAG,
  LOG_GAP_BYTES,
  LOG_GAP_OFFSET,
  LOG_ITEM,
  LOG_MARK,
  LOG_PATH_BYTES,
  LOG_PATH_OFFSET,
  LOG_TYPE,
} from "../../../src/probe/event_log/layout.gen.ts";

const encoder = new TextEncoder();

/** Bytes, or a text whose UTF-8 is meant. */
export type Bytes = Uint8Array | string;

/** The UTF-8 of a text. */
export function bytesOf(value: Bytes): Uint8Array {
  return typeof value === "string" ? encoder.encode(value) : value;
}

/** One data item. */
export interface RecordItem {
  item: number;
  bytes: Bytes;
  cut?: boolean;
}

/** What an event record holds; what is left out is 0, or a plain value. */
export interface RecordFields {
  type: number;
  cpu?: number;
  flags?: number;
  start_ns?: bigint;
  duration_ns?: bigint;
  result?: bigint;
  tid?: number;
  tgid?: number;
  parent_tgid?: number;
  uid?: number;
  cgroup_id?: bigint;
  comm?: Bytes;
  args?: bigint[];
  inode?: bigint;
  device?: number;
  owner?: number;
  mode?: number;
  syscall?: number;
  file_path?: number;
  dir_path?: number;
  dir2_path?: number;
  items?: RecordItem[];
}

/** An event record. */
export function eventRecord(fields: RecordFields): Uint8Array<ArrayBuffer> {
  const items = (fields.items ?? []).map(({ item, bytes, cut }) => {
    const data = bytesOf(bytes);
    const out = new Uint8Array(LOG_DATA_BYTES + Math.ceil(data.length / 8) * 8);
    const view = new DataView(out.buffer);
    view.setUint16(LOG_DATA_OFFSET.item, item, true);
    view.setUint16(LOG_DATA_OFFSET.flags, cut === true ? LOG_MARK.ITEM_CUT : 0, true);
    view.setUint32(LOG_DATA_OFFSET.bytes, data.length, true);
    out.set(data, LOG_DATA_BYTES);
    return out;
  });
  const dataBytes = items.reduce((sum, { length }) => sum + length, 0);
  const out = new Uint8Array(LOG_EVENT_BYTES + dataBytes);
  const view = new DataView(out.buffer);
  const u32 = (at: number, value = 0) => view.setUint32(at, value, true);
  const u64 = (at: number, value = 0n) => view.setBigUint64(at, BigInt.asUintN(64, value), true);
  view.setUint16(AT.type, fields.type, true);
  view.setUint16(AT.cpu, fields.cpu ?? 0, true);
  u32(AT.flags, fields.flags);
  u64(AT.start_ns, fields.start_ns);
  u64(AT.duration_ns, fields.duration_ns);
  u64(AT.result, fields.result);
  u32(AT.tid, fields.tid ?? 1);
  u32(AT.tgid, fields.tgid ?? fields.tid ?? 1);
  u32(AT.parent_tgid, fields.parent_tgid);
  u32(AT.uid, fields.uid);
  u64(AT.cgroup_id, fields.cgroup_id);
  out.set(bytesOf(fields.comm ?? "test").subarray(0, 16), AT.comm);
  for (const [i, value] of (fields.args ?? []).entries()) u64(AT.args + 8 * i, value);
  u64(AT.inode, fields.inode);
  u32(AT.device, fields.device);
  u32(AT.owner, fields.owner);
  view.setUint16(AT.mode, fields.mode ?? 0, true);
  view.setInt16(AT.syscall, fields.syscall ?? 0, true);
  u32(AT.file_path, fields.file_path);
  u32(AT.dir_path, fields.dir_path);
  u32(AT.dir2_path, fields.dir2_path);
  u32(AT.data_bytes, dataBytes);
  let at = LOG_EVENT_BYTES;
  for (const item of items) {
    out.set(item, at);
    at += item.length;
  }
  return out;
}

/** A path record; `names` from the leaf to the root. */
export function pathRecord(
  cpu: number,
  slot: number,
  names: readonly Bytes[],
  isCut = false,
  isLoose = false,
): Uint8Array<ArrayBuffer> {
  const parts = names.map(bytesOf);
  const length = parts.reduce((sum, part) => sum + part.length + 1, 0);
  const out = new Uint8Array(Math.ceil((LOG_PATH_BYTES + length) / 8) * 8);
  const view = new DataView(out.buffer);
  view.setUint16(LOG_PATH_OFFSET.type, LOG_TYPE.PATH, true);
  view.setUint16(LOG_PATH_OFFSET.cpu, cpu, true);
  view.setUint32(LOG_PATH_OFFSET.slot, slot, true);
  const flags = (isCut ? LOG_MARK.PATH_CUT : 0) | (isLoose ? LOG_MARK.PATH_LOOSE : 0);
  view.setUint16(LOG_PATH_OFFSET.flags, flags, true);
  view.setUint16(LOG_PATH_OFFSET.names, names.length, true);
  view.setUint32(LOG_PATH_OFFSET.bytes, length, true);
  let at = LOG_PATH_BYTES;
  for (const part of parts) {
    out.set(part, at);
    at += part.length + 1;
  }
  return out;
}

/** A gap record. */
export function gapRecord(
  cpu: number,
  events: bigint,
  first_ns: bigint,
  last_ns: bigint,
): Uint8Array<ArrayBuffer> {
  const out = new Uint8Array(LOG_GAP_BYTES);
  const view = new DataView(out.buffer);
  view.setUint16(LOG_GAP_OFFSET.type, LOG_TYPE.GAP, true);
  view.setUint16(LOG_GAP_OFFSET.cpu, cpu, true);
  view.setBigUint64(LOG_GAP_OFFSET.events, events, true);
  view.setBigUint64(LOG_GAP_OFFSET.first_ns, first_ns, true);
  view.setBigUint64(LOG_GAP_OFFSET.last_ns, last_ns, true);
  return out;
}

/** A read(2) of /srv/data/file.txt, whose path is in slot 7 of CPU 1. */
export function readRecord(more: Partial<RecordFields> = {}): Uint8Array<ArrayBuffer> {
  return eventRecord({
    type: LOG_TYPE.READ,
    cpu: 1,
    flags: LOG_FLAG.FILE,
    start_ns: 123_456_789_012n,
    duration_ns: 812n,
    result: 1n,
    tid: 4321,
    tgid: 4320,
    parent_tgid: 1234,
    uid: 1000,
    cgroup_id: 12_345n,
    comm: "rw_load",
    args: [3n, 4096n, -1n, 0n, 0n],
    inode: 1_234_567n,
    device: (8 << 20) | 1,
    owner: 1000,
    mode: 0o100644,
    syscall: 0,
    file_path: 8,
    ...more,
  });
}

/** The path of {@link readRecord}. */
export function readPath(): Uint8Array<ArrayBuffer> {
  return pathRecord(1, 7, ["file.txt", "data", "srv"]);
}

/** One name item, and a second one. */
export function names(name: Bytes, name2?: Bytes): RecordItem[] {
  return [
    { item: LOG_ITEM.NAME, bytes: name },
    ...(name2 === undefined ? [] : [{ item: LOG_ITEM.NAME2, bytes: name2 }]),
  ];
}
