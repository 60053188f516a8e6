/**
 * The event log's filters, written to the maps of a loaded object: they work in the kernel.
 * @module
 */
import { deleteElem, indexKey, mapArrayMmap, mapEntries, updateElem } from "../../bpf/map.ts";
import { SyscallError } from "../../os/errno.ts";
import { closeFd, cString } from "../../os/libc.ts";
import { reasonOf } from "../../os/reason.ts";
import { AT_FDCWD, systemCalls } from "../../os/system_calls.ts";
import {
  LOG_CONFIG_BYTES,
  LOG_CONFIG_COMM_BYTES,
  LOG_CONFIG_OFFSET,
  LOG_CONFIG_PREFIX_BYTES,
  LOG_FILTER,
} from "./layout.gen.ts";

/** Whose events are logged: all that are given must hold. */
export interface LogFilters {
  /** Thread group ids, as the initial pid namespace has them. */
  pids?: number[];
  /** With `pids`: also what they start from now on. */
  follow_children?: boolean;
  /** Real user id. */
  uid?: number;
  /** Name of the task, at most 15 bytes. */
  comm?: string;
  /** Directory of a cgroup (v2); those below it belong to it. */
  cgroup?: string;
  /** Absolute: what a name or path begins with, or the directory that it lies below. */
  path_prefix?: string;
}

/** A filter that cannot be set. */
export class LogFilterError extends Error {
  /** Tells this kind of error from others. */
  override readonly name = "LogFilterError";
}

const O_RDONLY_DIRECTORY_CLOEXEC = 0o2200000;
const MAX_PIDS = 65536;

function fits(what: string, value: string, limit: number): Uint8Array {
  const bytes = new TextEncoder().encode(value);
  if (bytes.length === 0 || bytes.length > limit || bytes.includes(0)) {
    const why = `it must have 1 to ${limit} bytes, none of them 0`;
    throw new LogFilterError(`Cannot filter by ${what} "${value}": because ${why}`);
  }
  return bytes;
}

/** Bits of `aod_log_config.wanted`, by category. */
function wantedBits(types: ReadonlySet<number>): Uint32Array {
  const wanted = new Uint32Array(5);
  for (const type of types) wanted[Math.floor(type / 100)] |= 1 << (type % 100);
  return wanted;
}

function setPids(fd: number, pids: readonly number[]): void {
  const keep = new Set(pids);
  for (const [key] of mapEntries(fd, 4, 1)) {
    const pid = new DataView(key.buffer, key.byteOffset, 4).getUint32(0, true);
    if (!keep.has(pid)) deleteElem(fd, key);
  }
  for (const pid of pids) updateElem(fd, indexKey(pid), new Uint8Array([1]));
}

function setCgroup(fd: number, path: string): void {
  const directory = systemCalls().aod_openat(
    AT_FDCWD,
    cString(path),
    O_RDONLY_DIRECTORY_CLOEXEC,
    0,
  );
  if (directory < 0) {
    const why = reasonOf(new SyscallError("open", -directory));
    throw new LogFilterError(`Cannot filter by cgroup ${path}: because ${why}`);
  }
  try {
    updateElem(fd, indexKey(0), indexKey(directory));
  } catch (error) {
    throw new LogFilterError(`Cannot filter by cgroup ${path}: because ${reasonOf(error)}`);
  } finally {
    closeFd(directory);
  }
}

/** A directory's inode and `s_dev`; null where the prefix names none. */
function directoryOf(prefix: string): { inode: bigint; device: number } | null {
  try {
    const { ino, dev, isDirectory } = Deno.statSync(prefix);
    if (!isDirectory || ino === null) return null;
    // stat's encoding (new_encode_dev) to the kernel's own (MKDEV).
    const major = (dev >>> 8) & 0xfff;
    const minor = (dev & 0xff) | ((dev >>> 12) & 0xfff00);
    return { inode: BigInt(ino), device: (major << 20 | minor) >>> 0 };
  } catch {
    return null;
  }
}

/** Filters that both have, with one value. */
function commonBits(before: LogFilters, after: LogFilters): number {
  const same = (key: keyof LogFilters) =>
    before[key] !== undefined && String(before[key]) === String(after[key]);
  const follows = (filters: LogFilters) => filters.follow_children === true;
  let bits = 0;
  if (same("pids") && follows(before) === follows(after)) {
    bits |= LOG_FILTER.PID | (follows(after) ? LOG_FILTER.FOLLOW : 0);
  }
  if (same("uid")) bits |= LOG_FILTER.UID;
  if (same("comm")) bits |= LOG_FILTER.COMM;
  if (same("cgroup")) bits |= LOG_FILTER.CGROUP;
  if (same("path_prefix")) bits |= LOG_FILTER.PREFIX;
  return bits;
}

/**
 * Puts types and filters in force. What passes those before and those after is logged meanwhile too:
 * a filter whose value changes is off for that moment. The prefix stays what the object was loaded with.
 * @param maps descriptors by name
 * @param before the filters in force; null for none: nothing is logged before
 * @throws LogFilterError, SyscallError
 */
export function writeFilters(
  maps: Record<string, number>,
  types: ReadonlySet<number>,
  filters: LogFilters,
  before: LogFilters | null = null,
): void {
  let bits = 0;
  // Whatever can be refused is refused before anything changes.
  if ((filters.pids?.length ?? 0) > MAX_PIDS) {
    const why = `${MAX_PIDS} fit`;
    throw new LogFilterError(`Cannot filter by ${filters.pids?.length} processes: because ${why}`);
  }
  const common = before === null ? 0 : commonBits(before, filters);
  const isCommon = (bit: number) => (common & bit) !== 0;
  const comm = filters.comm === undefined
    ? null
    : fits("comm", filters.comm, LOG_CONFIG_COMM_BYTES - 1);
  const prefix = filters.path_prefix === undefined
    ? null
    : fits("path prefix", filters.path_prefix, LOG_CONFIG_PREFIX_BYTES - 1);
  if (prefix !== null && prefix[0] !== 0x2f) {
    throw new LogFilterError(
      `Cannot filter by path prefix "${filters.path_prefix}": because it does not begin with /`,
    );
  }
  if (filters.cgroup !== undefined) setCgroup(maps.log_cgroup, filters.cgroup);
  const memory = mapArrayMmap(maps.log_config, LOG_CONFIG_BYTES, true);
  try {
    const at = LOG_CONFIG_OFFSET;
    const wanted = new Uint32Array(memory.buffer, at.wanted, 5);
    const view = new DataView(memory.buffer);
    const bytes = new Uint8Array(memory.buffer);
    const inForce = new Uint32Array(memory.buffer, at.filters, 1);
    const now = wantedBits(types);
    if (before !== null) {
      for (let i = 0; i < now.length; i++) Atomics.or(wanted, i, now[i]);
      Atomics.store(inForce, 0, common);
    }
    if (filters.pids !== undefined) {
      // The same processes: those that they have started are among them by now.
      if (!isCommon(LOG_FILTER.PID)) setPids(maps.log_pids, filters.pids);
      bits |= LOG_FILTER.PID | (filters.follow_children === true ? LOG_FILTER.FOLLOW : 0);
    }
    if (filters.uid !== undefined) {
      view.setUint32(at.uid, filters.uid, true);
      bits |= LOG_FILTER.UID;
    }
    if (comm !== null) {
      if (!isCommon(LOG_FILTER.COMM)) {
        bytes.fill(0, at.comm, at.comm + LOG_CONFIG_COMM_BYTES);
        bytes.set(comm, at.comm);
      }
      bits |= LOG_FILTER.COMM;
    }
    if (filters.cgroup !== undefined) bits |= LOG_FILTER.CGROUP;
    if (prefix !== null && filters.path_prefix !== undefined) {
      if (!isCommon(LOG_FILTER.PREFIX)) {
        const directory = directoryOf(filters.path_prefix);
        bytes.fill(0, at.prefix, at.prefix + LOG_CONFIG_PREFIX_BYTES);
        bytes.set(prefix, at.prefix);
        view.setUint32(at.prefix_bytes, prefix.length, true);
        view.setBigUint64(at.prefix_inode, directory?.inode ?? 0n, true);
        view.setUint32(at.prefix_device, directory?.device ?? 0, true);
      }
      bits |= LOG_FILTER.PREFIX;
    }
    // Whether a path lies below the prefix is kept with the path.
    Atomics.add(new Uint16Array(memory.buffer, at.paths_generation, 1), 0, 1);
    Atomics.add(new Uint32Array(memory.buffer, at.names_generation, 1), 0, 1);
    Atomics.store(inForce, 0, bits);
    for (let i = 0; i < now.length; i++) Atomics.store(wanted, i, now[i]);
  } finally {
    memory.unmap();
  }
}

/**
 * Changes nothing but the wanted types; none: the log pauses, and lineages are kept all the same.
 * @throws SyscallError
 */
export function writeTypes(maps: Record<string, number>, types: ReadonlySet<number>): void {
  const memory = mapArrayMmap(maps.log_config, LOG_CONFIG_BYTES, true);
  const wanted = new Uint32Array(memory.buffer, LOG_CONFIG_OFFSET.wanted, 5);
  wantedBits(types).forEach((bits, i) => Atomics.store(wanted, i, bits));
  memory.unmap();
}

/**
 * Has the kernel side tell every path anew, for a reader that has not followed the ring until now.
 * @throws SyscallError
 */
export function forgetPaths(maps: Record<string, number>): void {
  const memory = mapArrayMmap(maps.log_config, LOG_CONFIG_BYTES, true);
  const at = LOG_CONFIG_OFFSET;
  Atomics.add(new Uint16Array(memory.buffer, at.paths_generation, 1), 0, 1);
  Atomics.add(new Uint32Array(memory.buffer, at.names_generation, 1), 0, 1);
  memory.unmap();
}

/**
 * Says which syscall numbers are looked at.
 * @throws SyscallError
 */
export function writeCalls(maps: Record<string, number>, table: Uint8Array): void {
  const memory = mapArrayMmap(maps.log_config, LOG_CONFIG_BYTES, true);
  new Uint8Array(memory.buffer, LOG_CONFIG_OFFSET.call, table.length).set(table);
  memory.unmap();
}
