/**
 * The paths that records refer to: a copy of the kernel side's path cache, one table per CPU, filled
 * by path records in the order of the ring.
 * @module
 */
import { LOG_MARK, LOG_PATH_BYTES, LOG_PATH_OFFSET as AT, LOG_SIZE } from "./layout.gen.ts";

const { PATH_SLOTS, PATH_DEPTH } = LOG_SIZE;
/** NAME_MAX, include/uapi/linux/limits.h: a path record has at most so many bytes a name, with its NUL. */
const NAME_BYTES = 256;
const SLASH = 0x2f;
const BRACKET = 0x5b;
/** What /proc/PID/fd shows before the name of an anonymous inode, "[eventfd]" (fs/anon_inodes.c). */
const ANONYMOUS = new TextEncoder().encode("anon_inode:");

/** What the paths may take. */
const DEFAULT_LIMIT_BYTES = 64 << 20;
const INITIAL_BYTES = 1 << 16;

/** One CPU's slots. */
interface Slots {
  start: Uint32Array;
  length: Uint32Array;
  /** 0: not known. Another number each time that a slot is filled. */
  serial: Uint32Array;
}

/** The table. Paths are kept as bytes, one after the other; what was replaced is cleared out later. */
export class PathTable {
  /** Where {@link find} has found a path: its bytes are `bytes[start .. start + length]`. */
  bytes = new Uint8Array(INITIAL_BYTES);
  /** See `bytes`. */
  start = 0;
  /** See `bytes`. */
  length = 0;
  /** Paths that were not kept because all together take too much. */
  refused = 0;
  readonly #cpus: (Slots | undefined)[] = [];
  readonly #maxCpus: number;
  readonly #limit: number;
  #end = 0;
  #live = 0;
  #serial = 0;

  /**
   * Makes an empty table.
   * @param maxCpus records of other CPUs are not taken
   * @param limitBytes what the paths may take together
   */
  constructor(maxCpus: number, limitBytes = DEFAULT_LIMIT_BYTES) {
    this.#maxCpus = maxCpus;
    this.#limit = limitBytes;
  }

  /** Takes a path record; false where it is malformed (its slot is not known then). */
  record(view: DataView, offset: number, size: number): boolean {
    if (size < LOG_PATH_BYTES) return false;
    const cpu = view.getUint16(offset + AT.cpu, true);
    const slot = view.getUint32(offset + AT.slot, true);
    if (cpu >= this.#maxCpus || slot >= PATH_SLOTS) return false;
    const slots = this.#cpus[cpu] ??= emptySlots();
    if (slots.serial[slot] !== 0) {
      this.#live -= slots.length[slot];
      slots.serial[slot] = 0;
      slots.length[slot] = 0;
    }
    const names = view.getUint16(offset + AT.names, true);
    const length = view.getUint32(offset + AT.bytes, true);
    if (names > PATH_DEPTH || length > size - LOG_PATH_BYTES || length > names * NAME_BYTES) {
      return false;
    }
    const source = new Uint8Array(view.buffer, view.byteOffset + offset + LOG_PATH_BYTES, length);
    const flags = view.getUint16(offset + AT.flags, true);
    if (!hasNames(source, names)) return false;
    if (!this.#room(length + 1 + ANONYMOUS.length)) {
      this.refused++;
      return true;
    }
    const start = this.#end;
    this.#join(source, flags, names);
    slots.start[slot] = start;
    slots.length[slot] = this.#end - start;
    this.#live += this.#end - start;
    this.#serial = this.#serial === 0xffffffff ? 1 : this.#serial + 1;
    slots.serial[slot] = this.#serial;
    return true;
  }

  /**
   * Looks up the path `reference` (slot + 1) of `cpu`; `bytes`, `start` and `length` are set.
   * @returns a number that stands for this content of the slot; 0 where it is not known
   */
  find(cpu: number, reference: number): number {
    const slots = this.#cpus[cpu];
    if (slots === undefined || reference > PATH_SLOTS || reference === 0) return 0;
    const slot = reference - 1;
    this.start = slots.start[slot];
    this.length = slots.length[slot];
    return slots.serial[slot];
  }

  /** Every path that is known; the bytes are valid until the next record. */
  *entries(): Generator<{ cpu: number; slot: number; path: Uint8Array }> {
    for (const [cpu, slots] of this.#cpus.entries()) {
      if (slots === undefined) continue;
      for (let slot = 0; slot < PATH_SLOTS; slot++) {
        if (slots.serial[slot] === 0) continue;
        const start = slots.start[slot];
        yield { cpu, slot, path: this.bytes.subarray(start, start + slots.length[slot]) };
      }
    }
  }

  /**
   * Appends the names, from the root to the leaf. A path that lacks names at its beginning, or that
   * hangs below no root, has no slash there.
   */
  #join(source: Uint8Array, flags: number, names: number): void {
    const { bytes } = this;
    let at = this.#end;
    const hasRoot = (flags & (LOG_MARK.PATH_CUT | LOG_MARK.PATH_LOOSE)) === 0;
    if (names === 1 && (flags & LOG_MARK.PATH_LOOSE) !== 0 && source[0] === BRACKET) {
      bytes.set(ANONYMOUS, at);
      at += ANONYMOUS.length;
    }
    let end = source.length - 1;
    let isFirst = true;
    while (end > 0) {
      let begin = end;
      while (begin > 0 && source[begin - 1] !== 0) begin--;
      if (hasRoot || !isFirst) bytes[at++] = SLASH;
      for (let i = begin; i < end; i++) bytes[at++] = source[i];
      isFirst = false;
      end = begin - 1;
    }
    if (isFirst) bytes[at++] = SLASH;
    this.#end = at;
  }

  /** Makes room for `more` bytes, by clearing out or growing; false where the limit is reached. */
  #room(more: number): boolean {
    const needed = this.#live + more;
    if (needed > this.#limit) return false;
    if (this.#end + more <= this.bytes.length) return true;
    let size = this.bytes.length;
    // At least half of it is free afterwards, so that clearing out is seldom.
    while (size < needed * 2 && size < this.#limit) size *= 2;
    const bytes = new Uint8Array(Math.max(size, needed));
    let end = 0;
    for (const slots of this.#cpus) {
      if (slots === undefined) continue;
      for (let slot = 0; slot < PATH_SLOTS; slot++) {
        if (slots.serial[slot] === 0) continue;
        const start = slots.start[slot];
        const length = slots.length[slot];
        bytes.set(this.bytes.subarray(start, start + length), end);
        slots.start[slot] = end;
        end += length;
      }
    }
    this.bytes = bytes;
    this.#end = end;
    return true;
  }
}

function emptySlots(): Slots {
  return {
    start: new Uint32Array(PATH_SLOTS),
    length: new Uint32Array(PATH_SLOTS),
    serial: new Uint32Array(PATH_SLOTS),
  };
}

/** Whether there are so many names, none empty, each with its NUL. */
function hasNames(source: Uint8Array, names: number): boolean {
  let found = 0;
  let begin = 0;
  for (let i = 0; i < source.length; i++) {
    if (source[i] !== 0) continue;
    if (i === begin) return false;
    begin = i + 1;
    found++;
  }
  return found === names && begin === source.length;
}
