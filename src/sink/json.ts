/**
 * JSON lines from records: straight from bytes to bytes. Per event no object, no BigInt and no string
 * is made; the beginning of a line is kept by thread and syscall, its end by file.
 * @module
 */
import { errnoName } from "../config/names/errno.ts";
import type { DecodeOptions } from "../probe/event_log/decode.ts";
import { eventTypeOf } from "../probe/event_log/event_types.ts";
import { NAME_CUT } from "../probe/event_log/flags.ts";
import { EventItems } from "../probe/event_log/items.ts";
import {
  LOG_EVENT_BYTES,
  LOG_EVENT_OFFSET as AT,
  LOG_FLAG,
  LOG_GAP_BYTES,
  LOG_GAP_OFFSET,
  LOG_TYPE,
} from "../probe/event_log/layout.gen.ts";
import { exact, wallMicros } from "../probe/event_log/log_event.ts";
import { PathTable } from "../probe/event_log/path_table.ts";
import { noCounts, type RecordCounts } from "../probe/event_log/record_counts.ts";
import type { SnapshotEvent } from "../probe/event_log/snapshot_event.ts";
import type { ByteBuffer } from "./byte_buffer.ts";
import { writeAscii, writeBytes, writeI64, writeSix, writeU64 } from "./digits.ts";
import { ESCAPED_BYTES } from "./escape.ts";
import { LineClock, SECOND_DIGITS } from "./line_clock.ts";
import type { Formatter } from "./formatter.ts";
import { FieldWriter } from "./json_fields.ts";
import { jsonOfEvent, snapshotObject } from "./json_object.ts";
import { PrefixCache, TIME_AT, TIME_DIGITS } from "./json_prefix.ts";
import { SuffixCache } from "./json_suffix.ts";

const encoder = new TextEncoder();
/** Room for all of a line but names, addresses and paths. */
const FIXED_BYTES = 2048;
/** MAX_ERRNO, include/linux/err.h */
const MAX_ERRNO = 4095;
const ERRNO = encoder.encode(',"errno":"');
const DURATION = encoder.encode(',"duration_ns":');
const QUOTED_DURATION = encoder.encode('","duration_ns":');
const NULL = encoder.encode("null");

/** Writes each event as one line of JSON. */
export class JsonFormatter implements Formatter {
  readonly counts: RecordCounts = noCounts();
  readonly #options: DecodeOptions;
  readonly #clock: LineClock;
  readonly #paths: PathTable;
  readonly #items = new EventItems();
  readonly #prefixes: PrefixCache;
  readonly #suffixes: SuffixCache;
  readonly #fields: FieldWriter;
  readonly #errnos: (Uint8Array | undefined)[] = new Array(MAX_ERRNO + 1).fill(undefined);
  #view: DataView = new DataView(new ArrayBuffer(0));
  #words: Int32Array = new Int32Array(0);
  #source: Uint8Array = new Uint8Array(0);
  #isAligned = true;

  /** Nothing is known yet. */
  constructor(options: DecodeOptions) {
    this.#options = options;
    this.#clock = new LineClock(options.offset_ns);
    this.#paths = new PathTable(options.cpus);
    this.#prefixes = new PrefixCache(options.syscallName);
    this.#suffixes = new SuffixCache(this.#paths);
    this.#fields = new FieldWriter(this.#items, this.#paths);
  }

  begin(): null {
    return null;
  }

  record(data: DataView, offset: number, bytes: number, out: ByteBuffer): boolean {
    if (data !== this.#view) this.#look(data);
    if (!this.#isAligned || (offset & 3) !== 0) return this.#copied(data, offset, bytes, out);
    const type = bytes < 4 ? 0 : this.#words[offset >> 2] & 0xffff;
    if (type < 100) return this.#other(type, offset, bytes, out);
    if (
      eventTypeOf(type) === undefined || bytes < LOG_EVENT_BYTES ||
      !this.#items.read(data, offset, bytes)
    ) {
      this.counts.malformed++;
      return false;
    }
    this.counts.events++;
    this.#event(type, offset >> 2, out);
    return true;
  }

  snapshot(event: SnapshotEvent, out: ByteBuffer): void {
    out.set(encoder.encode(`${jsonOfEvent(snapshotObject(event, this.#options.offset_ns))}\n`));
  }

  #look(data: DataView): void {
    this.#view = data;
    this.#isAligned = (data.byteOffset & 3) === 0;
    if (!this.#isAligned) return;
    this.#words = new Int32Array(data.buffer, data.byteOffset, data.byteLength >> 2);
    this.#source = new Uint8Array(data.buffer, data.byteOffset, data.byteLength);
  }

  /** A record that does not lie as those of a ring do. */
  #copied(data: DataView, offset: number, bytes: number, out: ByteBuffer): boolean {
    const copy = new Uint8Array((bytes + 7) & ~7);
    copy.set(new Uint8Array(data.buffer, data.byteOffset + offset, bytes));
    return this.record(new DataView(copy.buffer), 0, bytes, out);
  }

  #other(type: number, offset: number, bytes: number, out: ByteBuffer): boolean {
    const { counts } = this;
    if (type === LOG_TYPE.PATH && this.#paths.record(this.#view, offset, bytes)) counts.paths++;
    else if (type === LOG_TYPE.GAP && bytes >= LOG_GAP_BYTES) this.#gap(offset, out);
    else counts.malformed++;
    return false;
  }

  #gap(offset: number, out: ByteBuffer): void {
    const u64 = (at: number) => this.#view.getBigUint64(offset + at, true);
    const { offset_ns } = this.#options;
    const events = u64(LOG_GAP_OFFSET.events);
    this.counts.gaps++;
    this.counts.gap_events += Number(events);
    const from = wallMicros(u64(LOG_GAP_OFFSET.first_ns), offset_ns);
    const to = wallMicros(u64(LOG_GAP_OFFSET.last_ns), offset_ns);
    const cpu = this.#view.getUint16(offset + LOG_GAP_OFFSET.cpu, true);
    const gap = { timestamp: from, event_type: "gap", events: exact(events), from, to, cpu };
    out.set(encoder.encode(`${jsonOfEvent(gap)}\n`));
  }

  #event(type: number, at: number, out: ByteBuffer): void {
    const words = this.#words;
    const source = this.#source;
    const first = words[at + AT.flags / 4];
    out.ensure(this.#room(at));
    const { bytes } = out;
    let to = this.#begin(type, at, bytes, out.length);
    // io_uring has told neither the result nor the end; what is no call has neither.
    const isCall = (first & LOG_FLAG.IO_URING) === 0 && words[at + AT.mode / 4] >> 16 !== -1;
    const low = words[at + AT.result / 4];
    const high = words[at + AT.result / 4 + 1];
    if (!isCall) {
      to = writeBytes(bytes, writeBytes(bytes, to, NULL), DURATION);
    } else if (high !== -1 || low < -MAX_ERRNO || low >= 0) {
      to = writeBytes(bytes, writeI64(bytes, to, high, low), DURATION);
    } else {
      to = writeBytes(bytes, writeI64(bytes, to, high, low), ERRNO);
      to = writeBytes(bytes, writeBytes(bytes, to, this.#errno(-low)), QUOTED_DURATION);
    }
    if (isCall && (first & LOG_FLAG.NO_START) === 0) {
      const duration = at + AT.duration_ns / 4;
      to = writeU64(bytes, to, words[duration + 1], words[duration]);
    } else {
      to = writeBytes(bytes, to, NULL);
    }
    const fields = this.#fields;
    out.length = fields.write(type, words, at, source, isCall && high >= 0, bytes, to);
    const flags = (first & 0xffff) | (fields.pathLost ? LOG_FLAG.PATH_LOST : 0) |
      (this.#items.nameCut ? NAME_CUT : 0) | (this.#items.argvCut ? LOG_FLAG.ARGV_CUT : 0);
    this.#suffixes.append(out, words, at, flags);
  }

  /** The most bytes that the line may take before its suffix. */
  #room(at: number): number {
    const words = this.#words;
    let variable = words[at + AT.data_bytes / 4];
    const paths = this.#paths;
    const cpu = (words[at] >>> 16) & 0xffff;
    const dir = words[at + AT.dir_path / 4];
    const dir2 = words[at + AT.dir2_path / 4];
    if (dir !== 0 && paths.find(cpu, dir >>> 0) !== 0) variable += paths.length;
    if (dir2 !== 0 && paths.find(cpu, dir2 >>> 0) !== 0) variable += paths.length;
    return FIXED_BYTES + ESCAPED_BYTES * variable;
  }

  /** Writes the prefix with the event's time. */
  #begin(type: number, at: number, bytes: Uint8Array, to: number): number {
    const words = this.#words;
    const prefix = this.#prefixes.find(words, at, type, this.#source);
    const low = words[at + AT.start_ns / 4];
    const high = words[at + AT.start_ns / 4 + 1];
    const clock = this.#clock;
    const micros = clock.micros(high, low);
    if (micros < 0) {
      const text = clock.whole(high, low).toString();
      to = writeBytes(bytes, to, prefix.bytes.subarray(0, TIME_AT));
      to = writeAscii(bytes, to, text);
      return writeBytes(bytes, to, prefix.bytes.subarray(TIME_AT + TIME_DIGITS));
    }
    if (prefix.turn !== clock.turn) {
      prefix.bytes.set(clock.digits, TIME_AT);
      prefix.turn = clock.turn;
    }
    bytes.set(prefix.bytes, to);
    writeSix(bytes, to + TIME_AT + SECOND_DIGITS, micros);
    return to + prefix.bytes.length;
  }

  #errno(errno: number): Uint8Array {
    return this.#errnos[errno] ??= encoder.encode(errnoName(errno));
  }
}
