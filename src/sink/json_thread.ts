/**
 * The part of a line that tells of the thread, from its name to the result: the same for all its events.
 * A process that lives for milliseconds makes some of each kind, so what is said of it is put together
 * once, not for each kind.
 * @module
 */
import { writeBytes, writeU32, writeU64 } from "./digits.ts";
import { writeEscaped } from "./escape.ts";
import { KeptBytes } from "./kept_bytes.ts";

const encoder = new TextEncoder();
const ENTRIES = 256;
const INDEX_SHIFT = 24;
/** tid, tgid, parent, uid, cgroup (2), comm (4). */
export const THREAD_WORDS = 10;
const COMM_BYTES = 16;
/** More than it can have: 16 bytes of comm become at most 96. */
const THREAD_BYTES = 512;

const COMM = encoder.encode(',"comm":"');
const PID = encoder.encode('","pid":');
const PPID = encoder.encode(',"ppid":');
const PROCESS = encoder.encode(',"process_type":"process","tid":');
const THREAD = encoder.encode(',"process_type":"thread","tid":');
const TGID = encoder.encode(',"tgid":');
const PARENT = encoder.encode(',"parent_pid":');
const UID = encoder.encode(',"uid":');
const CGROUP = encoder.encode(',"cgroup_id":');
const RESULT = encoder.encode(',"result":');

/** The parts that are kept: of some hundred threads. */
export class ThreadCache {
  readonly #keys = new Int32Array(ENTRIES * THREAD_WORDS);
  readonly #kept = new KeptBytes(ENTRIES, THREAD_BYTES);

  /**
   * The part of the thread that `words[at]` to `words[at + THREAD_WORDS - 1]` tell of; valid until the next call.
   * @param source where its name is, from `commAt` on
   */
  find(words: Int32Array, at: number, source: Uint8Array, commAt: number): Uint8Array {
    const index = Math.imul(words[at], 0x9e3779b1) >>> INDEX_SHIFT;
    const keys = this.#keys;
    const key = index * THREAD_WORDS;
    const kept = this.#kept.get(index);
    let same = kept.length > 0;
    for (let i = 0; i < THREAD_WORDS && same; i++) same = keys[key + i] === words[at + i];
    if (same) return kept;
    for (let i = 0; i < THREAD_WORDS; i++) keys[key + i] = words[at + i];
    return this.#kept.keep(index, this.#write(index, source, commAt));
  }

  /** Writes what the key at `index` says to its place; where it ends. */
  #write(index: number, source: Uint8Array, commAt: number): number {
    const keys = this.#keys;
    const key = index * THREAD_WORDS;
    const bytes = this.#kept.memory;
    const tid = keys[key] >>> 0;
    const tgid = keys[key + 1] >>> 0;
    let at = writeBytes(bytes, this.#kept.begin(index), COMM);
    let end = commAt;
    while (end < commAt + COMM_BYTES && source[end] !== 0) end++;
    at = writeEscaped(bytes, at, source, commAt, end);
    at = writeU32(bytes, writeBytes(bytes, at, PID), tid);
    at = writeU32(bytes, writeBytes(bytes, at, PPID), tgid);
    at = writeU32(bytes, writeBytes(bytes, at, tid === tgid ? PROCESS : THREAD), tid);
    at = writeU32(bytes, writeBytes(bytes, at, TGID), tgid);
    at = writeU32(bytes, writeBytes(bytes, at, PARENT), keys[key + 2] >>> 0);
    at = writeU32(bytes, writeBytes(bytes, at, UID), keys[key + 3] >>> 0);
    at = writeU64(bytes, writeBytes(bytes, at, CGROUP), keys[key + 5], keys[key + 4]);
    return writeBytes(bytes, at, RESULT);
  }
}
