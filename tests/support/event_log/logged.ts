/**
 * The records of the event log as they are, for tests that compare them field by field with what a
 * program says it has done. Not by way of the decoder: it is tested elsewhere.
 * @module
 */
import { RingReader } from "../../../src/bpf/ring.ts";
import { EventItems } from "../../../src/probe/event_log/items.ts";
import {
  LOG_CALL,
  LOG_EVENT_OFFSET as AT,
  LOG_FLAG,
  LOG_ITEM,
  LOG_TYPE,
} from "../../../src/probe/event_log/layout.gen.ts";
import { PathTable } from "../../../src/probe/event_log/path_table.ts";
import { type CallName, syscallNumber } from "../../../src/probe/event_log/syscalls.ts";
import { textOfBytes } from "../../../src/probe/event_log/text.ts";

/** One event; bytes are hexadecimal. */
export interface Logged {
  type: string;
  /** The spelling, "" for none or an operation of io_uring. */
  call: string;
  /** Number of the syscall or operation. */
  number: number;
  flags: Set<string>;
  start_ns: bigint;
  duration_ns: bigint;
  result: bigint;
  tid: number;
  tgid: number;
  parent_tgid: number;
  uid: number;
  cgroup_id: bigint;
  comm: string;
  args: bigint[];
  inode: bigint;
  mode: number;
  items: Record<string, string>;
  path: string;
  dir: string;
  dir2: string;
}

const TYPE_NAMES = new Map(
  Object.entries(LOG_TYPE).map(([name, value]) => [value as number, name]),
);
const FLAG_NAMES = Object.entries(LOG_FLAG);

function callNames(): Map<number, string> {
  const names = new Map<number, string>();
  for (const name of Object.keys(LOG_CALL) as CallName[]) {
    const number = syscallNumber(name);
    if (number !== null && name !== "NAMES_CHANGE") names.set(number, name);
  }
  return names;
}

/** Takes everything that is in the ring. */
export class LoggedReader {
  readonly events: Logged[] = [];
  /** Events that gap records told of. */
  gaps = 0;
  readonly #ring: RingReader;
  readonly #paths = new PathTable(1024);
  readonly #items = new EventItems();
  readonly #calls = callNames();

  constructor(fd: number, bytes: number) {
    this.#ring = new RingReader(fd, bytes);
  }

  /** Reads what is there. */
  take(): void {
    this.#ring.walk((offset, bytes) => this.#record(offset, bytes), Infinity);
  }

  close(): void {
    this.#ring.close();
  }

  #record(offset: number, bytes: number): void {
    const { data } = this.#ring;
    const type = data.getUint16(offset, true);
    if (type === LOG_TYPE.PATH) {
      if (!this.#paths.record(data, offset, bytes)) throw new Error("malformed path record");
    } else if (type === LOG_TYPE.GAP) {
      this.gaps++;
    } else {
      this.events.push(this.#event(data, offset, bytes));
    }
  }

  #event(data: DataView, offset: number, bytes: number): Logged {
    const u32 = (at: number) => data.getUint32(offset + at, true);
    const u64 = (at: number) => data.getBigUint64(offset + at, true);
    if (!this.#items.read(data, offset, bytes)) throw new Error("malformed event");
    const flags = u32(AT.flags);
    const number = data.getInt16(offset + AT.syscall, true);
    const path = (at: number) => this.#path(data.getUint16(offset + AT.cpu, true), u32(at));
    const items: Record<string, string> = {};
    for (const [name, item] of Object.entries(LOG_ITEM)) {
      const at = this.#items.at[item];
      if (at >= 0) items[name.toLowerCase()] = hex(data, at, this.#items.bytes[item]);
    }
    const type = u32(AT.type) & 0xffff;
    const comm = new Uint8Array(data.buffer, data.byteOffset + offset + AT.comm, 16);
    return {
      type: TYPE_NAMES.get(type) ?? `type ${type}`,
      call: (flags & LOG_FLAG.IO_URING) === 0 ? this.#calls.get(number) ?? "" : "",
      number,
      flags: new Set(FLAG_NAMES.filter(([, bit]) => (flags & bit) !== 0).map(([name]) => name)),
      start_ns: u64(AT.start_ns),
      duration_ns: u64(AT.duration_ns),
      result: BigInt.asIntN(64, u64(AT.result)),
      tid: u32(AT.tid),
      tgid: u32(AT.tgid),
      parent_tgid: u32(AT.parent_tgid),
      uid: u32(AT.uid),
      cgroup_id: u64(AT.cgroup_id),
      comm: textOfBytes(comm.subarray(0, comm.indexOf(0))),
      args: Array.from({ length: 6 }, (_, i) => BigInt.asIntN(64, u64(AT.args + 8 * i))),
      inode: u64(AT.inode),
      mode: data.getUint16(offset + AT.mode, true),
      items,
      path: path(AT.file_path),
      dir: path(AT.dir_path),
      dir2: path(AT.dir2_path),
    };
  }

  #path(cpu: number, reference: number): string {
    if (this.#paths.find(cpu, reference) === 0) return "";
    const { bytes, start, length } = this.#paths;
    return textOfBytes(bytes.subarray(start, start + length));
  }
}

function hex(data: DataView, at: number, length: number): string {
  const bytes = new Uint8Array(data.buffer, data.byteOffset + at, length);
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}
