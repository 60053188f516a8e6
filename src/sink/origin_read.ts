/**
 * Reads `origin` files: checks every record, ends at a cut tail, and gives the paths of earlier files
 * at their time.
 * @module
 */
import { closeSync, fstatSync, openSync, readSync } from "node:fs";
import { crc32 } from "node:zlib";
import { reasonOf } from "../os/reason.ts";
import type { SnapshotEvent } from "../probe/event_log/snapshot_event.ts";
import {
  ORIGIN_DATA_LIMIT,
  ORIGIN_FIXED_BYTES,
  ORIGIN_HEADER_LIMIT,
  ORIGIN_KIND,
  ORIGIN_MAGIC,
  ORIGIN_RECORD_BYTES,
  originCheck,
  type OriginHeader,
  padded,
} from "./origin_format.ts";
import { headerOf, snapshotOf } from "./origin_header.ts";
import type { KeptPath } from "./origin_paths.ts";

const BUFFER_BYTES = 4 << 20;
/** Paths at the begin of a file take at most this: what a writer keeps (64 MiB of short ones) fits. */
const KEPT_LIMIT_BYTES = 512 << 20;
/** What each takes beside its bytes. */
const KEPT_RECORD_BYTES = 256;
const decoder = new TextDecoder();

/** The file is no `origin` file, or one that this program cannot read. */
export class OriginError extends Error {
  /** Tells this kind of error from others. */
  override readonly name = "OriginError";
}

/** What a file holds, in order. */
export type OriginRecord =
  /** A record of the ring; the bytes are valid until the next one is asked for. */
  | { kind: "ring"; view: DataView; offset: number; bytes: number }
  | { kind: "snapshot"; event: SnapshotEvent }
  /** Another log in the same file: what is known of the one before is of no use. */
  | { kind: "header"; header: OriginHeader };

/** One open file. */
export class OriginFile {
  /** The header of what is being read. */
  header: OriginHeader;
  /** Why reading ended before the file does; null where it did not. */
  problem: string | null = null;
  /** Records that were written, as their sequence says, and are not in the file. */
  missing = 0;
  readonly #path: string;
  readonly #keptLimit: number;
  readonly #fd: number;
  readonly #bytes = new Uint8Array(BUFFER_BYTES);
  readonly #view = new DataView(this.#bytes.buffer);
  readonly #words = new Int32Array(this.#bytes.buffer);
  #start = 0;
  #end = 0;
  /** Where in the file `start` is. */
  #position = 0;
  #sequence: number | null = null;
  #kept: KeptPath[] = [];
  #keptNext = 0;
  #keptBytes = 0;

  /**
   * Opens a file and reads its header.
   * @param keptLimit what the paths of earlier files may take together
   * @throws OriginError
   */
  constructor(path: string, keptLimit = KEPT_LIMIT_BYTES) {
    this.#path = path;
    this.#keptLimit = keptLimit;
    try {
      this.#fd = openSync(path, "r");
    } catch (error) {
      throw this.#error(reasonOf(error));
    }
    try {
      if (fstatSync(this.#fd).isDirectory()) throw this.#error("it is a directory");
      if (!this.#isHeader()) throw this.#error("it is no file that `aod trace -f origin` wrote");
      this.header = this.#readHeader();
    } catch (error) {
      closeSync(this.#fd);
      throw error;
    }
  }

  /** Closes the file. */
  close(): void {
    closeSync(this.#fd);
  }

  /**
   * What comes next; null at the end, or where the rest cannot be read: see `problem`.
   * @throws OriginError where another log begins that this program cannot read
   */
  next(): OriginRecord | null {
    for (;;) {
      if (this.problem !== null || !this.#fill(1)) return null;
      if (this.#isHeader()) return { kind: "header", header: this.#readHeader() };
      const length = this.#check();
      if (length < 0) return null;
      const sequence = this.#view.getUint32(this.#start + 8, true);
      const kind = this.#view.getUint32(this.#start + 12, true);
      const offset = this.#start + ORIGIN_RECORD_BYTES;
      if (kind === ORIGIN_KIND.KEPT_PATH) {
        this.#keep(sequence, offset, length);
        continue;
      }
      const kept = this.#due(sequence);
      if (kept !== null) return kept;
      this.#count(sequence);
      this.#take(ORIGIN_RECORD_BYTES + padded(length));
      if (kind === ORIGIN_KIND.RING) {
        return { kind: "ring", view: this.#view, offset, bytes: length };
      }
      if (kind !== ORIGIN_KIND.SNAPSHOT) continue;
      const event = snapshotOf(decoder.decode(this.#bytes.subarray(offset, offset + length)));
      if (event !== null) return { kind: "snapshot", event };
    }
  }

  /** Length of the record at `start`; -1 where it is cut or damaged. */
  #check(): number {
    if (!this.#fill(ORIGIN_RECORD_BYTES)) return this.#fail("is cut");
    const length = this.#view.getUint32(this.#start, true);
    if (length > ORIGIN_DATA_LIMIT) return this.#fail("is damaged");
    if (!this.#fill(ORIGIN_RECORD_BYTES + padded(length))) return this.#fail("is cut");
    const head = this.#start >> 2;
    const [check, sequence, kind] = this.#words.subarray(head + 1, head + 4);
    const at = head + ORIGIN_RECORD_BYTES / 4;
    const expected = originCheck(this.#words, at, length, sequence >>> 0, kind);
    return expected === check ? length : this.#fail("is damaged");
  }

  #fail(how: string): -1 {
    this.problem = `${this.#path} ${how} at byte ${this.#position}; what is before it was read`;
    return -1;
  }

  #keep(sequence: number, offset: number, length: number): void {
    this.#keptBytes += KEPT_RECORD_BYTES + length;
    if (this.#keptBytes > this.#keptLimit) {
      this.#fail("is damaged");
      return;
    }
    this.#kept.push({ sequence, data: this.#bytes.slice(offset, offset + padded(length)) });
    this.#take(ORIGIN_RECORD_BYTES + padded(length));
  }

  /** The next path of an earlier file that was there before `sequence`. Later ones are in this file. */
  #due(sequence: number): OriginRecord | null {
    const first = this.#kept[this.#keptNext];
    if (first === undefined) return null;
    if (((first.sequence - sequence) | 0) >= 0) {
      this.#kept = [];
      this.#keptNext = 0;
      return null;
    }
    this.#keptNext++;
    const { data } = first;
    return { kind: "ring", view: new DataView(data.buffer), offset: 0, bytes: data.length };
  }

  #count(sequence: number): void {
    if (this.#sequence !== null) {
      const step = (sequence - this.#sequence) | 0;
      if (step > 1) this.missing += step - 1;
    }
    this.#sequence = sequence;
  }

  #isHeader(): boolean {
    if (!this.#fill(ORIGIN_FIXED_BYTES)) return false;
    return decoder.decode(this.#bytes.subarray(this.#start, this.#start + 8)) === ORIGIN_MAGIC;
  }

  #readHeader(): OriginHeader {
    const length = this.#view.getUint32(this.#start + 8, true);
    const check = this.#view.getUint32(this.#start + 12, true);
    if (
      length > ORIGIN_HEADER_LIMIT || length % 8 !== 0 || !this.#fill(ORIGIN_FIXED_BYTES + length)
    ) throw this.#error("its header is cut");
    const from = this.#start + ORIGIN_FIXED_BYTES;
    const json = this.#bytes.subarray(from, from + length);
    if (crc32(json) !== check) throw this.#error("its header is damaged");
    try {
      this.header = headerOf(decoder.decode(json));
    } catch (error) {
      throw this.#error(reasonOf(error));
    }
    this.#take(ORIGIN_FIXED_BYTES + length);
    this.#sequence = null;
    this.#kept = [];
    this.#keptNext = 0;
    this.#keptBytes = 0;
    return this.header;
  }

  #take(bytes: number): void {
    this.#start += bytes;
    this.#position += bytes;
  }

  /** Whether there are `bytes` from `start` on. What is in the buffer moves, in steps of 8. */
  #fill(bytes: number): boolean {
    if (this.#end - this.#start >= bytes) return true;
    this.#bytes.copyWithin(0, this.#start, this.#end);
    this.#end -= this.#start;
    this.#start = 0;
    while (this.#end < this.#bytes.length) {
      let got: number;
      try {
        got = readSync(this.#fd, this.#bytes, this.#end, this.#bytes.length - this.#end, null);
      } catch (error) {
        throw this.#error(reasonOf(error));
      }
      if (got === 0) break;
      this.#end += got;
    }
    return this.#end >= bytes;
  }

  #error(reason: string): OriginError {
    return new OriginError(`Cannot read ${this.#path}: because ${reason}`);
  }
}
