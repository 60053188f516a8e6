/**
 * From a record's bytes to an object. The way for text, for filters on what was recorded, and the
 * reference that the fast JSON formatter is tested against.
 * @module
 */
import { errnoName } from "../../config/names/errno.ts";
import { socketAddress } from "./address.ts";
import { type ArgumentSource, argumentValue, hasValue, octal } from "./argument_value.ts";
import type { EventField, EventType } from "./event_type.ts";
import { EVENT_MARKS, NAME_CUT, S_IFIFO, S_IFMT, S_IFSOCK } from "./flags.ts";
import { eventTypeOf } from "./event_types.ts";
import { ioUringName } from "./io_uring_ops.ts";
import { EventItems } from "./items.ts";
import {
  LOG_EVENT_BYTES,
  LOG_EVENT_COMM_BYTES,
  LOG_EVENT_OFFSET as AT,
  LOG_FLAG,
  LOG_GAP_BYTES,
  LOG_GAP_OFFSET,
  LOG_ITEM,
  LOG_TYPE,
} from "./layout.gen.ts";
import { exact, type GapEvent, type LogEvent, type LogValue, wallMicros } from "./log_event.ts";
import { PathTable } from "./path_table.ts";
import { noCounts, type RecordCounts } from "./record_counts.ts";
import { textOfBytes } from "./text.ts";

/** What a reader of records must know beside them. */
export interface DecodeOptions {
  /** Wall time less CLOCK_MONOTONIC. */
  offset_ns: bigint;
  /** CPUs that there can be. */
  cpus: number;
  /** Name of a system call's number; undefined for none. */
  syscallName: (number: number) => string | undefined;
}

/** Decodes the records of one ring, which it must get in order and without exception. */
export class LogDecoder {
  /** What it has been given. */
  readonly counts: RecordCounts = noCounts();
  /** The paths that it was told. */
  readonly paths: PathTable;
  readonly #options: DecodeOptions;
  readonly #items = new EventItems();

  /** Nothing is known yet. */
  constructor(options: DecodeOptions) {
    this.#options = options;
    this.paths = new PathTable(options.cpus);
  }

  /** Decodes one record: an event, a gap, or null for a path record and for what cannot be. */
  decode(view: DataView, offset: number, size: number): LogEvent | GapEvent | null {
    const { counts } = this;
    const type = size < 2 ? 0 : view.getUint16(offset, true);
    if (type === LOG_TYPE.PATH && this.paths.record(view, offset, size)) {
      counts.paths++;
      return null;
    }
    if (type === LOG_TYPE.GAP && size >= LOG_GAP_BYTES) return this.#gap(view, offset);
    const known = type === LOG_TYPE.GAP ? undefined : eventTypeOf(type);
    if (
      known === undefined || size < LOG_EVENT_BYTES || !this.#items.read(view, offset, size)
    ) {
      counts.malformed++;
      return null;
    }
    counts.events++;
    return this.#event(known, view, offset);
  }

  #gap(view: DataView, offset: number): GapEvent {
    const u64 = (at: number) => view.getBigUint64(offset + at, true);
    const events = u64(LOG_GAP_OFFSET.events);
    this.counts.gaps++;
    this.counts.gap_events += Number(events);
    const from = wallMicros(u64(LOG_GAP_OFFSET.first_ns), this.#options.offset_ns);
    return {
      timestamp: from,
      event_type: "gap",
      events: exact(events),
      from,
      to: wallMicros(u64(LOG_GAP_OFFSET.last_ns), this.#options.offset_ns),
      cpu: view.getUint16(offset + LOG_GAP_OFFSET.cpu, true),
    };
  }

  #event(type: EventType, view: DataView, offset: number): LogEvent {
    const u32 = (at: number) => view.getUint32(offset + at, true);
    const u64 = (at: number) => exact(view.getBigUint64(offset + at, true));
    const flags = u32(AT.flags);
    const syscall = view.getInt16(offset + AT.syscall, true);
    const result = view.getBigInt64(offset + AT.result, true);
    const inRing = (flags & LOG_FLAG.IO_URING) !== 0;
    const isCall = !inRing && syscall !== -1;
    const event: LogEvent = {
      timestamp: wallMicros(view.getBigUint64(offset + AT.start_ns, true), this.#options.offset_ns),
      category: type.category,
      event_id: type.event_id,
      event_type: type.name,
      syscall: inRing ? ioUringName(syscall) : isCall ? this.#syscallName(syscall) : null,
      comm: this.#comm(view, offset),
      pid: u32(AT.tid),
      ppid: u32(AT.tgid),
      process_type: u32(AT.tid) === u32(AT.tgid) ? "process" : "thread",
      tid: u32(AT.tid),
      tgid: u32(AT.tgid),
      // The one made, not the one that makes: the forking process is its parent.
      parent_pid: u32(type.type === LOG_TYPE.FORK ? AT.args : AT.parent_tgid),
      uid: u32(AT.uid),
      cgroup_id: u64(AT.cgroup_id),
      result: isCall ? exact(result) : null,
      ...(isCall && isError(result) ? { errno: errnoName(Number(result)) } : {}),
      duration_ns: isCall && (flags & LOG_FLAG.NO_START) === 0 ? u64(AT.duration_ns) : null,
    };
    const context: Context = {
      event,
      view,
      offset,
      succeeded: isCall && result >= 0n,
      lost: false,
    };
    for (const field of type.fields) this.#field(field, context);
    if ((flags & LOG_FLAG.FILE) !== 0) this.#file(context);
    const path = this.#filePath(context, flags);
    if (path !== null) event.path = path;
    const marks = (flags & 0xffff) | (context.lost ? LOG_FLAG.PATH_LOST : 0) |
      (this.#items.nameCut ? NAME_CUT : 0) | (this.#items.argvCut ? LOG_FLAG.ARGV_CUT : 0);
    for (const { flag, name } of EVENT_MARKS) if ((marks & flag) !== 0) event[name] = true;
    return event;
  }

  #syscallName(number: number): string {
    return this.#options.syscallName(number) ?? `syscall_${number}`;
  }

  #comm(view: DataView, offset: number): string {
    const bytes = bytesAt(view, offset + AT.comm, LOG_EVENT_COMM_BYTES);
    const end = bytes.indexOf(0);
    return textOfBytes(end < 0 ? bytes : bytes.subarray(0, end));
  }

  #field(field: EventField, context: Context): void {
    const { event } = context;
    if (field.kind === "address") return this.#address(context);
    const value = hasValue(field, context) ? this.#value(field, context) : null;
    if (value !== null || field.optional !== true) event[field.name] = value;
  }

  #value(field: EventField, context: Context): LogValue {
    const { view, offset } = context;
    switch (field.kind) {
      case "comm":
        return context.event.comm;
      case "name":
        return this.#name(LOG_ITEM.NAME, view);
      case "name2":
        return this.#name(LOG_ITEM.NAME2, view);
      case "argv":
        return this.#argv(view);
      case "dir":
        return this.#path(AT.dir_path, context);
      case "dir2":
        return this.#path(AT.dir2_path, context);
      default:
        return argumentValue(field, view, offset);
    }
  }

  #item(item: number, view: DataView): Uint8Array | null {
    const at = this.#items.at[item];
    return at < 0 ? null : bytesAt(view, at, this.#items.bytes[item]);
  }

  #name(item: number, view: DataView): string | null {
    const bytes = this.#item(item, view);
    return bytes === null ? null : textOfBytes(bytes);
  }

  /** The arguments; one that lacks its NUL is what was left of it. */
  #argv(view: DataView): string[] | null {
    const bytes = this.#item(LOG_ITEM.ARGV, view);
    if (bytes === null) return null;
    const found: string[] = [];
    for (let begin = 0; begin < bytes.length;) {
      const nul = bytes.indexOf(0, begin);
      const end = nul < 0 ? bytes.length : nul;
      found.push(textOfBytes(bytes.subarray(begin, end)));
      begin = end + 1;
    }
    return found;
  }

  #address({ event, view }: Context): void {
    const bytes = this.#item(LOG_ITEM.ADDRESS, view);
    const address = bytes === null ? null : socketAddress(bytes);
    event.family = address?.family ?? null;
    event.port = address?.port ?? null;
    event.addr = address?.addr ?? null;
    if (address?.abstract === true) event.abstract = true;
  }

  #file({ event, view, offset }: Context): void {
    const device = view.getUint32(offset + AT.device, true);
    event.inode = exact(view.getBigUint64(offset + AT.inode, true));
    event.device = `${device >>> 20}:${device & 0xfffff}`;
    event.file_mode = octal(view.getUint16(offset + AT.mode, true));
    event.file_owner = view.getUint32(offset + AT.owner, true);
  }

  #filePath(context: Context, flags: number): string | null {
    const { view, offset, event } = context;
    const path = this.#path(AT.file_path, context);
    if (path !== null || (flags & LOG_FLAG.FILE) === 0) return path;
    if (context.lost || (flags & LOG_FLAG.PATH_LOST) !== 0) return null;
    const format = view.getUint16(offset + AT.mode, true) & S_IFMT;
    if (format === S_IFSOCK) return `socket:[${event.inode}]`;
    return format === S_IFIFO ? `pipe:[${event.inode}]` : null;
  }

  #path(at: number, context: Context): string | null {
    const { view, offset } = context;
    const reference = view.getUint32(offset + at, true);
    if (reference === 0) return null;
    const { paths } = this;
    if (paths.find(view.getUint16(offset + AT.cpu, true), reference) === 0) {
      context.lost = true;
      return null;
    }
    return textOfBytes(paths.bytes.subarray(paths.start, paths.start + paths.length));
  }
}

/** What the fields of one event are made from. */
interface Context extends ArgumentSource {
  event: LogEvent;
  /** A path is not in the table. */
  lost: boolean;
}

/** MAX_ERRNO, include/linux/err.h: what is below is an address, or a number. */
function isError(result: bigint): boolean {
  return result < 0n && result >= -4095n;
}

function bytesAt(view: DataView, at: number, length: number): Uint8Array {
  return new Uint8Array(view.buffer, view.byteOffset + at, length);
}
