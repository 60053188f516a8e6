/**
 * The end of an event's line: the file, its path, the marks. It is the same for all events of one
 * file, so it is made once and kept.
 * @module
 */
import { EVENT_MARKS, MARK_FLAGS, S_IFIFO, S_IFMT, S_IFSOCK } from "../probe/event_log/flags.ts";
import { LOG_EVENT_OFFSET as AT, LOG_FLAG } from "../probe/event_log/layout.gen.ts";
import type { PathTable } from "../probe/event_log/path_table.ts";
import type { ByteBuffer } from "./byte_buffer.ts";
import { KeptBytes } from "./kept_bytes.ts";
import { writeBytes, writeOctal, writeU32, writeU64 } from "./digits.ts";
import { ESCAPED_BYTES, writeEscaped } from "./escape.ts";

const encoder = new TextEncoder();
const ENTRIES = 4096;
const KEY_WORDS = 7;
/** Longer ones are made each time: what is kept takes at most 4 MiB. */
const LONGEST_KEPT = 1024;
/** What there can be beside the path. */
const FIXED_BYTES = 512;
const COLON = 0x3a;

const INODE = encoder.encode(',"inode":');
const DEVICE = encoder.encode(',"device":"');
const MODE = encoder.encode('","file_mode":"');
const OWNER = encoder.encode('","file_owner":');
const PATH = encoder.encode(',"path":"');
const QUOTE = encoder.encode('"');
const SOCKET = encoder.encode("socket:[");
const PIPE = encoder.encode("pipe:[");
const BRACKET = encoder.encode("]");
const END = encoder.encode("}\n");
const MARKS = EVENT_MARKS.map(({ flag, name }) => ({
  flag,
  bytes: encoder.encode(`,"${name}":true`),
}));

/** The suffixes that are kept: a few thousand, the last one of those that share a place. */
export class SuffixCache {
  readonly #keys = new Int32Array(ENTRIES * KEY_WORDS);
  readonly #kept = new KeptBytes(ENTRIES, LONGEST_KEPT);
  readonly #paths: PathTable;

  /** Nothing is kept yet. */
  constructor(paths: PathTable) {
    this.#paths = paths;
  }

  /**
   * Appends the suffix of the event whose first word is `words[at]`.
   * @param flags the event's, and what was found out about it
   */
  append(out: ByteBuffer, words: Int32Array, at: number, flags: number): void {
    const reference = words[at + AT.file_path / 4];
    let serial = 0;
    if (reference !== 0) {
      serial = this.#paths.find((words[at] >>> 16) & 0xffff, reference >>> 0);
      if (serial === 0) flags |= LOG_FLAG.PATH_LOST;
    }
    flags &= MARK_FLAGS | LOG_FLAG.FILE;
    const low = words[at + AT.inode / 4];
    const high = words[at + AT.inode / 4 + 1];
    const device = words[at + AT.device / 4];
    const owner = words[at + AT.owner / 4];
    const mode = words[at + AT.mode / 4] & 0xffff;
    const index = Math.imul(serial ^ (low << 8) ^ (flags << 3), 0x9e3779b1) >>> 20;
    const keys = this.#keys;
    const key = index * KEY_WORDS;
    const suffix = this.#kept.get(index);
    if (
      suffix.length === 0 || keys[key] !== (serial | 0) || keys[key + 1] !== flags ||
      keys[key + 2] !== low || keys[key + 3] !== high || keys[key + 4] !== device ||
      keys[key + 5] !== owner || keys[key + 6] !== mode
    ) {
      const from = out.length;
      this.#write(out, serial, flags, low, high, device, owner, mode);
      if (out.length - from > LONGEST_KEPT) return;
      this.#keep(index, out.bytes, from, out.length);
      keys[key] = serial;
      keys[key + 1] = flags;
      keys[key + 2] = low;
      keys[key + 3] = high;
      keys[key + 4] = device;
      keys[key + 5] = owner;
      keys[key + 6] = mode;
      return;
    }
    out.ensure(LONGEST_KEPT);
    out.bytes.set(suffix, out.length);
    out.length += suffix.length;
  }

  #keep(index: number, bytes: Uint8Array, from: number, to: number): void {
    const { memory } = this.#kept;
    let at = this.#kept.begin(index);
    for (let i = from; i < to; i++) memory[at++] = bytes[i];
    this.#kept.keep(index, at);
  }

  #write(
    out: ByteBuffer,
    serial: number,
    flags: number,
    low: number,
    high: number,
    device: number,
    owner: number,
    mode: number,
  ): void {
    const paths = this.#paths;
    out.ensure(FIXED_BYTES + (serial === 0 ? 0 : ESCAPED_BYTES * paths.length));
    const { bytes } = out;
    let at = out.length;
    const hasFile = (flags & LOG_FLAG.FILE) !== 0;
    if (hasFile) {
      at = writeU64(bytes, writeBytes(bytes, at, INODE), high, low);
      at = writeU32(bytes, writeBytes(bytes, at, DEVICE), device >>> 20);
      bytes[at++] = COLON;
      at = writeU32(bytes, at, device & 0xfffff);
      at = writeOctal(bytes, writeBytes(bytes, at, MODE), mode);
      at = writeU32(bytes, writeBytes(bytes, at, OWNER), owner >>> 0);
    }
    if (serial !== 0) {
      at = writeBytes(bytes, at, PATH);
      at = writeEscaped(bytes, at, paths.bytes, paths.start, paths.start + paths.length);
      at = writeBytes(bytes, at, QUOTE);
    } else if (hasFile && (flags & LOG_FLAG.PATH_LOST) === 0) {
      const format = mode & S_IFMT;
      const name = format === S_IFSOCK ? SOCKET : format === S_IFIFO ? PIPE : null;
      if (name !== null) {
        at = writeBytes(bytes, writeBytes(bytes, at, PATH), name);
        at = writeBytes(bytes, writeU64(bytes, at, high, low), BRACKET);
        at = writeBytes(bytes, at, QUOTE);
      }
    }
    for (const mark of MARKS) {
      if ((flags & mark.flag) !== 0) at = writeBytes(bytes, at, mark.bytes);
    }
    out.length = writeBytes(bytes, at, END);
  }
}
