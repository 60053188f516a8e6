/**
 * BPF maps from user space: elements by bpf(2), mmapable arrays in place.
 * @module
 */
import { EAGAIN, EINVAL, ENOENT } from "../os/errno.ts";
import { type MappedMemory, mapShared, PROT_READ, PROT_WRITE } from "../os/mmap.ts";
import { BPF_CMD, bpfError, scratch } from "./syscall.ts";

export type { MappedMemory };

/** Flags of updateElem, include/uapi/linux/bpf.h. */
export const BPF_ANY = 0;
/** Only a new key. */
export const BPF_NOEXIST = 1;
/** Only a key that is there. */
export const BPF_EXIST = 2;

/** What the kernel says about a map (struct bpf_map_info). */
export interface MapInfo {
  /** enum bpf_map_type */
  type: number;
  /** Size of a key. */
  key_bytes: number;
  /** Size of a value (of one CPU). */
  value_bytes: number;
  /** Entries it can hold; bytes for a ring. */
  max_entries: number;
  /** BPF_F_* of its creation. */
  flags: number;
  /** At most 15 bytes. */
  name: string;
}

/** Values of array and per-CPU maps are laid out at multiples of 8 bytes. */
export function roundUp8(bytes: number): number {
  return (bytes + 7) & ~7;
}

/** Sets up the attribute block of the BPF_MAP_*_ELEM commands; key at data 0, value behind it. */
function element(fd: number, key: Uint8Array, valueBytes: number): number {
  const valueAt = roundUp8(key.length);
  const attr = scratch.begin(valueAt + valueBytes);
  attr.setUint32(0, fd, true);
  scratch.data(0, key.length).set(key);
  // Queues have no keys and insist on none.
  if (key.length > 0) attr.setBigUint64(8, scratch.address(0), true);
  // Commands without a value insist on zeroes after the key.
  if (valueBytes > 0) attr.setBigUint64(16, scratch.address(valueAt), true);
  return valueAt;
}

/**
 * The value of `key`, copied; null where the map has no such key.
 * @param valueBytes the map's value size (per-CPU maps: 8-byte multiple times possible CPUs)
 * @throws SyscallError
 */
export function lookupElem(fd: number, key: Uint8Array, valueBytes: number): Uint8Array | null {
  const valueAt = element(fd, key, valueBytes);
  const result = scratch.call(BPF_CMD.BPF_MAP_LOOKUP_ELEM);
  if (result === -ENOENT) return null;
  if (result < 0) throw bpfError(BPF_CMD.BPF_MAP_LOOKUP_ELEM, -result);
  return scratch.data(valueAt, valueBytes).slice();
}

/**
 * Stores `value` under `key`.
 * @throws SyscallError, for example E2BIG when the map is full
 */
export function updateElem(fd: number, key: Uint8Array, value: Uint8Array, flags = BPF_ANY): void {
  const valueAt = element(fd, key, value.length);
  scratch.data(valueAt, value.length).set(value);
  scratch.attr.setBigUint64(24, BigInt(flags), true);
  scratch.mustCall(BPF_CMD.BPF_MAP_UPDATE_ELEM);
}

/**
 * Removes `key`; false where it was not there.
 * @throws SyscallError
 */
export function deleteElem(fd: number, key: Uint8Array): boolean {
  element(fd, key, 0);
  const result = scratch.call(BPF_CMD.BPF_MAP_DELETE_ELEM);
  if (result === -ENOENT) return false;
  if (result < 0) throw bpfError(BPF_CMD.BPF_MAP_DELETE_ELEM, -result);
  return true;
}

/** The key after `key` (null: the first), or null at the end. */
function nextKey(fd: number, key: Uint8Array | null, keyBytes: number): Uint8Array | null {
  const nextAt = element(fd, key ?? new Uint8Array(keyBytes), keyBytes);
  if (key === null) scratch.attr.setBigUint64(8, 0n, true);
  const result = scratch.call(BPF_CMD.BPF_MAP_GET_NEXT_KEY);
  if (result === -ENOENT) return null;
  if (result < 0) throw bpfError(BPF_CMD.BPF_MAP_GET_NEXT_KEY, -result);
  return scratch.data(nextAt, keyBytes).slice();
}

/**
 * Every entry of a map, as far as it can be walked while others change it: entries may be missed or
 * come twice. The walk is bounded by `limit` steps, since a busy hash map can send it round again.
 * @throws SyscallError
 */
export function* mapEntries(
  fd: number,
  keyBytes: number,
  valueBytes: number,
  limit = 1 << 20,
): Generator<[key: Uint8Array, value: Uint8Array]> {
  let key = nextKey(fd, null, keyBytes);
  for (let step = 0; key !== null && step < limit; step++) {
    const value = lookupElem(fd, key, valueBytes);
    if (value !== null) yield [key, value];
    key = nextKey(fd, key, keyBytes);
  }
}

/** A u32 index as the key of an array map. */
export function indexKey(index: number): Uint8Array {
  const key = new Uint8Array(4);
  new DataView(key.buffer).setUint32(0, index, true);
  return key;
}

/**
 * The u64 values of one entry of a per-CPU array, one for each possible CPU.
 * @throws SyscallError, RangeError where the map has no such index
 */
export function readPerCpu(fd: number, index: number, possibleCpus: number): bigint[] {
  const bytes = lookupElem(fd, indexKey(index), possibleCpus * 8);
  if (bytes === null) {
    throw new RangeError(`Cannot read index ${index}: because the map is shorter`);
  }
  return [...new BigUint64Array(bytes.buffer, 0, possibleCpus)];
}

/** The sum of `readPerCpu` over all CPUs. */
export function sumPerCpu(fd: number, index: number, possibleCpus: number): bigint {
  return readPerCpu(fd, index, possibleCpus).reduce((sum, value) => sum + value, 0n);
}

/**
 * Maps an array created with BPF_F_MMAPABLE; elements are `roundUp8(value size)` apart.
 * @param bytes how much of it, from the start
 * @param writable also for writing (a map frozen or read-only for user space refuses)
 * @throws SyscallError
 */
export function mapArrayMmap(fd: number, bytes: number, writable = false): MappedMemory {
  return mapShared(fd, 0, bytes, writable ? PROT_READ | PROT_WRITE : PROT_READ);
}

/**
 * What the kernel says about a map.
 * @throws SyscallError
 */
export function mapInfo(fd: number): MapInfo {
  const bytes = 88; // through map_extra, struct bpf_map_info of 5.16 and later
  const attr = scratch.begin(bytes);
  scratch.data(0, bytes).fill(0);
  attr.setUint32(0, fd, true);
  attr.setUint32(4, bytes, true);
  attr.setBigUint64(8, scratch.address(0), true);
  scratch.mustCall(BPF_CMD.BPF_OBJ_GET_INFO_BY_FD);
  const data = scratch.data(0, bytes);
  const view = new DataView(data.buffer, data.byteOffset, bytes);
  const name = data.subarray(24, 40);
  const end = name.indexOf(0);
  return {
    type: view.getUint32(0, true),
    key_bytes: view.getUint32(8, true),
    value_bytes: view.getUint32(12, true),
    max_entries: view.getUint32(16, true),
    flags: view.getUint32(20, true),
    name: new TextDecoder().decode(name.subarray(0, end < 0 ? 16 : end)),
  };
}

/** A map to create: include/uapi/linux/bpf.h, enum bpf_map_type and the BPF_F_ flags. */
export interface MapSpec {
  /** enum bpf_map_type */
  type: number;
  /** Size of a key. */
  key_bytes: number;
  /** Size of a value. */
  value_bytes: number;
  /** Entries it can hold. */
  max_entries: number;
  /** BPF_F_* */
  flags?: number;
  /** Cut to 15 bytes. */
  name?: string;
}

/**
 * Creates a map outside any object; the caller closes the descriptor.
 * @throws SyscallError
 */
export function createMap(spec: MapSpec): number {
  const attr = scratch.begin(0);
  attr.setUint32(0, spec.type, true);
  attr.setUint32(4, spec.key_bytes, true);
  attr.setUint32(8, spec.value_bytes, true);
  attr.setUint32(12, spec.max_entries, true);
  attr.setUint32(16, spec.flags ?? 0, true);
  const name = new TextEncoder().encode(spec.name ?? "").subarray(0, 15);
  new Uint8Array(attr.buffer, attr.byteOffset + 28, 16).set(name);
  return scratch.mustCall(BPF_CMD.BPF_MAP_CREATE);
}

/**
 * Runs a BPF_PROG_TYPE_SYSCALL program once on this thread (BPF_PROG_TEST_RUN).
 * @param context bytes the program gets as its context, written back when it is done
 * @returns the program's return value
 * @throws SyscallError
 */
export function runSyscallProgram(fd: number, context: Uint8Array = new Uint8Array(0)): number {
  const attr = scratch.begin(context.length);
  attr.setUint32(0, fd, true);
  if (context.length > 0) {
    scratch.data(0, context.length).set(context);
    attr.setUint32(40, context.length, true);
    attr.setBigUint64(48, scratch.address(0), true);
  }
  let result = scratch.call(BPF_CMD.BPF_PROG_TEST_RUN);
  for (let tries = 0; result === -EAGAIN && tries < 3; tries++) {
    result = scratch.call(BPF_CMD.BPF_PROG_TEST_RUN);
  }
  if (result < 0) throw bpfError(BPF_CMD.BPF_PROG_TEST_RUN, -result || EINVAL);
  if (context.length > 0) context.set(scratch.data(0, context.length));
  return scratch.attr.getUint32(4, true);
}
