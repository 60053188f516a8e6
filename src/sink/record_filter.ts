/**
 * The filters of the event log for records that were kept: what the kernel side does while events
 * happen, done again on their bytes.
 * @module
 */
import { type DecodeOptions, LogDecoder } from "../probe/event_log/decode.ts";
import type { LogFilters } from "../probe/event_log/filters.ts";
import {
  LOG_EVENT_BYTES,
  LOG_EVENT_COMM_BYTES,
  LOG_EVENT_OFFSET as AT,
  LOG_TYPE,
} from "../probe/event_log/layout.gen.ts";
import type { GapEvent, LogEvent } from "../probe/event_log/log_event.ts";
import type { RecordCounts } from "../probe/event_log/record_counts.ts";
import type { SnapshotEvent } from "../probe/event_log/snapshot_event.ts";
import { bytesOfText } from "../probe/event_log/text.ts";
import type { ByteBuffer } from "./byte_buffer.ts";
import type { Formatter } from "./formatter.ts";

/** Types below are path and gap records, which every reader needs. */
const FIRST_EVENT = LOG_TYPE.CREATE;
/** Levels of cgroups below one. */
const CGROUP_DEPTH = 32;

/** A formatter that gets only the events that pass; the paths it gets in any case. */
export class FilteringFormatter implements Formatter {
  /** Events that did not pass. */
  filtered = 0n;
  /** Events that the formatter behind made nothing of. */
  malformed = 0n;
  readonly #inner: Formatter;
  readonly #types: ReadonlySet<number>;
  readonly #pids: Set<number> | null;
  readonly #follows: boolean;
  readonly #uid: number | null;
  readonly #comm: Uint8Array | null;
  readonly #cgroups: ReadonlySet<bigint> | null;
  readonly #prefix: string | null;
  /** Needed for paths only. */
  readonly #decoder: LogDecoder | null;

  /**
   * Puts the filters before `inner`.
   * @param options how the records are read
   */
  constructor(
    inner: Formatter,
    types: ReadonlySet<number>,
    filters: LogFilters,
    options: DecodeOptions,
  ) {
    this.#inner = inner;
    this.#types = types;
    this.#pids = filters.pids === undefined ? null : new Set(filters.pids);
    this.#follows = filters.follow_children === true;
    this.#uid = filters.uid ?? null;
    this.#comm = filters.comm === undefined ? null : paddedComm(filters.comm);
    this.#cgroups = filters.cgroup === undefined ? null : cgroupIds(filters.cgroup);
    this.#prefix = filters.path_prefix ?? null;
    this.#decoder = this.#prefix === null ? null : new LogDecoder(options);
  }

  get counts(): RecordCounts {
    return this.#inner.counts;
  }

  begin(): Uint8Array | null {
    return this.#inner.begin();
  }

  record(data: DataView, offset: number, bytes: number, out: ByteBuffer): boolean {
    const decoded = this.#decoder?.decode(data, offset, bytes) ?? null;
    const isEvent = bytes >= 2 && data.getUint16(offset, true) >= FIRST_EVENT;
    if (isEvent && bytes >= LOG_EVENT_BYTES && !this.#passes(data, offset, decoded)) {
      this.filtered++;
      return false;
    }
    const isWritten = this.#inner.record(data, offset, bytes, out);
    if (isEvent && !isWritten) this.malformed++;
    return isWritten;
  }

  snapshot(event: SnapshotEvent, out: ByteBuffer): void {
    if (this.#pids !== null && !this.#pids.has(event.pid)) return;
    if (this.#uid !== null && event.uid !== this.#uid) return;
    const comm = this.#comm;
    if (comm !== null && !isComm(paddedComm(event.comm), comm)) return;
    const { cgroup_id } = event;
    if (this.#cgroups !== null && (cgroup_id === null || !this.#cgroups.has(cgroup_id))) return;
    if (this.#prefix !== null) return;
    this.#inner.snapshot(event, out);
  }

  #passes(data: DataView, offset: number, decoded: LogEvent | GapEvent | null): boolean {
    const type = data.getUint16(offset, true);
    const isInside = this.#pids === null || this.#hasProcess(type, data, offset, this.#pids);
    if (!isInside || !this.#types.has(type)) return false;
    if (this.#uid !== null && data.getUint32(offset + AT.uid, true) !== this.#uid) return false;
    const comm = this.#comm;
    if (comm !== null) {
      const at = data.byteOffset + offset + AT.comm;
      if (!isComm(new Uint8Array(data.buffer, at, LOG_EVENT_COMM_BYTES), comm)) return false;
    }
    if (this.#cgroups !== null) {
      if (!this.#cgroups.has(data.getBigUint64(offset + AT.cgroup_id, true))) return false;
    }
    const prefix = this.#prefix;
    return prefix === null || namesOf(decoded).some((name) => name.startsWith(prefix));
  }

  #hasProcess(type: number, data: DataView, offset: number, pids: Set<number>): boolean {
    if (!pids.has(data.getUint32(offset + AT.tgid, true))) return false;
    // args: parent_pid, tid and tgid of the child
    if (this.#follows && type === LOG_TYPE.FORK) {
      pids.add(data.getUint32(offset + AT.args + 16, true));
    }
    // args: exit code, priority, 1 for the last thread. The number will be another process's.
    if (
      this.#follows && type === LOG_TYPE.EXIT && data.getUint32(offset + AT.args + 16, true) > 0
    ) {
      pids.delete(data.getUint32(offset + AT.tgid, true));
    }
    return true;
  }
}

/** What the event names: its file's path, and the names given, from the root on. */
function namesOf(event: LogEvent | GapEvent | null): string[] {
  if (event === null || event.event_type === "gap") return [];
  const { path, dir, dir2, filename, pathname, oldname, newname } = event as LogEvent;
  const names: unknown[] = [path];
  for (const name of [filename, pathname, oldname]) names.push(absolute(dir, name));
  names.push(absolute(dir2, newname));
  return names.filter((name) => typeof name === "string");
}

function absolute(dir: unknown, name: unknown): string | null {
  if (typeof name !== "string") return null;
  if (name.startsWith("/") || typeof dir !== "string") return name;
  return dir.endsWith("/") ? dir + name : `${dir}/${name}`;
}

/** The text as `comm` has it: cut, and NULs behind. */
function paddedComm(text: string): Uint8Array {
  const comm = new Uint8Array(LOG_EVENT_COMM_BYTES);
  comm.set(bytesOfText(text).subarray(0, LOG_EVENT_COMM_BYTES - 1));
  return comm;
}

/** Whether both are one name: behind its NUL, kernels before 5.17 leave what was there. */
function isComm(a: Uint8Array, b: Uint8Array): boolean {
  for (let i = 0; i < a.length && a[i] === b[i]; i++) {
    if (a[i] === 0 || i === a.length - 1) return true;
  }
  return false;
}

/** Ids (inode numbers) of a cgroup and of those below it, as they are now. */
function cgroupIds(path: string): Set<bigint> {
  const ids = new Set<bigint>();
  const visit = (directory: string, depth: number) => {
    const { ino } = Deno.statSync(directory);
    if (ino !== null) ids.add(BigInt(ino));
    if (depth === 0) return;
    for (const { name, isDirectory } of Deno.readDirSync(directory)) {
      if (isDirectory) visit(`${directory}/${name}`, depth - 1);
    }
  };
  visit(path, CGROUP_DEPTH);
  return ids;
}
