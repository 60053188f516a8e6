/**
 * The beginning of an event's line, up to its result. It is the same for all events of one type and
 * syscall by one thread but for the time, so it is made once and kept.
 * @module
 */
import { EVENT_TYPE_LIMIT, EVENT_TYPES } from "../probe/event_log/event_types.ts";
import { ioUringName } from "../probe/event_log/io_uring_ops.ts";
import { LOG_EVENT_OFFSET as AT, LOG_FLAG, LOG_TYPE } from "../probe/event_log/layout.gen.ts";
import { THREAD_WORDS, ThreadCache } from "./json_thread.ts";
import { KeptBytes } from "./kept_bytes.ts";

const encoder = new TextEncoder();
const ENTRIES = 4096;
const HEADS = 4096;
/** Words of a key: type and syscall, then tid to comm. */
const KEY_WORDS = 1 + THREAD_WORDS;
const FIRST_WORD = AT.tid / 4;
/** More than a prefix can have: 16 bytes of comm become at most 96. */
const PREFIX_BYTES = 768;

const TIMESTAMP = encoder.encode('{"timestamp":');
/** Where the digits of the time are, how many they are: µs from September 2001 on. */
export const TIME_AT: number = TIMESTAMP.length;
/** See {@link TIME_AT}. */
export const TIME_DIGITS = 16;

/** By type: from the category to the syscall. */
const STATIC: (Uint8Array | undefined)[] = new Array(EVENT_TYPE_LIMIT).fill(undefined);
for (const { type, category, event_id, name } of EVENT_TYPES) {
  STATIC[type] = encoder.encode(
    `,"category":"${category}","event_id":${event_id},"event_type":"${name}","syscall":`,
  );
}
const NULL = encoder.encode("null");

const NOTHING = new Uint8Array(0);

/** One prefix, until another takes its place. */
export class Prefix {
  /** `turn` of the clock whose second the bytes hold; 0 for none. */
  turn = 0;

  /** Have 16 digits for the time, the first ten of them for the second. */
  bytes: Uint8Array<ArrayBuffer> = NOTHING;
}

const NO_PREFIX = new Prefix();

/** The prefixes that are kept: a few thousand, the last one of those that share a place. */
export class PrefixCache {
  readonly #keys = new Int32Array(ENTRIES * KEY_WORDS);
  /** None before its key is set. */
  readonly #prefixes: Prefix[] = new Array(ENTRIES).fill(NO_PREFIX);
  readonly #kept = new KeptBytes(ENTRIES, PREFIX_BYTES);
  readonly #threads = new ThreadCache();
  /** By the first word of a key. */
  readonly #heads = new Map<number, Uint8Array>();
  readonly #syscallName: (number: number) => string | undefined;

  /** Nothing is kept yet. */
  constructor(syscallName: (number: number) => string | undefined) {
    this.#syscallName = syscallName;
  }

  /**
   * The prefix of the event whose first word is `words[at]`; `source` is the same memory as bytes.
   * @param type its type, a known one
   */
  find(words: Int32Array, at: number, type: number, source: Uint8Array): Prefix {
    // The parent of a fork is that of the thread made: see decode.ts.
    const parent = type === LOG_TYPE.FORK
      ? words[at + AT.args / 4]
      : words[at + AT.parent_tgid / 4];
    const uring = (words[at + 1] & LOG_FLAG.IO_URING) !== 0 ? 1 << 15 : 0;
    const what = (words[at + AT.mode / 4] & 0xffff0000) | uring | type;
    const first = at + FIRST_WORD;
    const index = Math.imul(words[first] ^ (what << 9) ^ (what >>> 7), 0x9e3779b1) >>> 20;
    const keys = this.#keys;
    const key = index * KEY_WORDS;
    if (
      keys[key] === what && keys[key + 1] === words[first] && keys[key + 2] === words[first + 1] &&
      keys[key + 3] === parent && keys[key + 4] === words[first + 3] &&
      keys[key + 5] === words[first + 4] && keys[key + 6] === words[first + 5] &&
      keys[key + 7] === words[first + 6] && keys[key + 8] === words[first + 7] &&
      keys[key + 9] === words[first + 8] && keys[key + 10] === words[first + 9]
    ) {
      return this.#prefixes[index];
    }
    keys[key] = what;
    for (let i = 0; i < KEY_WORDS - 1; i++) keys[key + 1 + i] = words[first + i];
    keys[key + 3] = parent;
    let prefix = this.#prefixes[index];
    if (prefix === NO_PREFIX) prefix = this.#prefixes[index] = new Prefix();
    prefix.turn = 0;
    prefix.bytes = this.#kept.keep(index, this.#make(index, type, source, at * 4 + AT.comm));
    return prefix;
  }

  /** Writes the prefix of the key at `index` to its place; where it ends. */
  #make(index: number, type: number, source: Uint8Array, commAt: number): number {
    const key = index * KEY_WORDS;
    const { memory } = this.#kept;
    const begin = this.#kept.begin(index);
    const head = this.#head(this.#keys[key], type);
    const thread = this.#threads.find(this.#keys, key + 1, source, commAt);
    memory.set(head, begin);
    memory.set(thread, begin + head.length);
    return begin + head.length + thread.length;
  }

  /** What comes before the thread; the digits of the time are of no meaning. */
  #head(what: number, type: number): Uint8Array {
    const known = this.#heads.get(what);
    if (known !== undefined) return known;
    const kind = STATIC[type] ?? NOTHING;
    const syscall = this.#syscall(what >> 16, (what & (1 << 15)) !== 0);
    const head = new Uint8Array(TIME_AT + TIME_DIGITS + kind.length + syscall.length);
    head.set(TIMESTAMP);
    head.set(kind, TIME_AT + TIME_DIGITS);
    head.set(syscall, head.length - syscall.length);
    // A recording may claim any number of a call.
    if (this.#heads.size >= HEADS) this.#heads.clear();
    this.#heads.set(what, head);
    return head;
  }

  /** The syscall as JSON. */
  #syscall(number: number, isUring: boolean): Uint8Array {
    if (number === -1 && !isUring) return NULL;
    const name = isUring ? ioUringName(number) : this.#syscallName(number) ?? `syscall_${number}`;
    return encoder.encode(JSON.stringify(name));
  }
}
