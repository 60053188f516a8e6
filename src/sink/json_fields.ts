/**
 * The fields of events as JSON, written step by step from the words of a record.
 * @module
 */
import type { EventItems } from "../probe/event_log/items.ts";
import { LOG_EVENT_OFFSET as AT, LOG_ITEM } from "../probe/event_log/layout.gen.ts";
import type { PathTable } from "../probe/event_log/path_table.ts";
import { writeBytes, writeHex, writeI64, writeOctal, writeU64 } from "./digits.ts";
import { writeEscaped } from "./escape.ts";
import { AddressCache } from "./json_address.ts";
import { writeSeldom } from "./json_seldom.ts";
import { hasValue, KIND, type Step, STEPS } from "./json_steps.ts";

const encoder = new TextEncoder();
const NULL = encoder.encode("null");
const HEX_PREFIX = encoder.encode('"0x');
const QUOTE = 0x22;
const COMMA = 0x2c;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;

/** Writes the fields of events. */
export class FieldWriter {
  /** A path of the last event is not in the table. */
  pathLost = false;
  readonly #items: EventItems;
  readonly #paths: PathTable;
  readonly #addresses = new AddressCache();

  /**
   * Writes from what these hold.
   * @param items of the event that is written
   */
  constructor(items: EventItems, paths: PathTable) {
    this.#items = items;
    this.#paths = paths;
  }

  /**
   * Writes the fields of the event whose first word is `words[at]`; `source` is the same memory.
   * @param to where, in `bytes`, which has room
   * @param succeeded the call is known to have
   */
  write(
    type: number,
    words: Int32Array,
    at: number,
    source: Uint8Array,
    succeeded: boolean,
    bytes: Uint8Array,
    to: number,
  ): number {
    const steps = STEPS[type];
    this.pathLost = false;
    for (let i = 0; i < steps.length; i++) {
      const step = steps[i];
      const word = at + step.word;
      if (step.when !== 0 && !hasValue(step.when, words, at, word, succeeded)) {
        if (!step.optional) to = writeBytes(bytes, writeBytes(bytes, to, step.key), NULL);
        continue;
      }
      switch (step.kind) {
        case KIND.int:
          to = writeI64(bytes, writeBytes(bytes, to, step.key), words[word + 1], words[word]);
          break;
        case KIND.uint:
          to = writeU64(bytes, writeBytes(bytes, to, step.key), words[word + 1], words[word]);
          break;
        case KIND.hex:
          to = writeBytes(bytes, writeBytes(bytes, to, step.key), HEX_PREFIX);
          to = writeHex(bytes, to, words[word + 1], words[word]);
          bytes[to++] = QUOTE;
          break;
        case KIND.octal:
          to = writeBytes(bytes, to, step.key);
          bytes[to++] = QUOTE;
          to = writeOctal(bytes, to, words[word] >>> 0);
          bytes[to++] = QUOTE;
          break;
        case KIND.name:
          to = this.#name(LOG_ITEM.NAME, source, bytes, writeBytes(bytes, to, step.key));
          break;
        case KIND.name2:
          to = this.#name(LOG_ITEM.NAME2, source, bytes, writeBytes(bytes, to, step.key));
          break;
        case KIND.dir:
          to = this.#dir(step, words, at, AT.dir_path / 4, bytes, to);
          break;
        case KIND.dir2:
          to = this.#dir(step, words, at, AT.dir2_path / 4, bytes, to);
          break;
        case KIND.address:
          to = this.#addresses.write(
            bytes,
            to,
            source,
            this.#items.at[LOG_ITEM.ADDRESS],
            this.#items.bytes[LOG_ITEM.ADDRESS],
          );
          break;
        case KIND.argv:
          to = this.#argv(source, bytes, writeBytes(bytes, to, step.key));
          break;
        default:
          to = writeSeldom(step, words, at, source, bytes, writeBytes(bytes, to, step.key));
      }
    }
    return to;
  }

  #name(item: number, source: Uint8Array, bytes: Uint8Array, to: number): number {
    const from = this.#items.at[item];
    if (from < 0) return writeBytes(bytes, to, NULL);
    bytes[to++] = QUOTE;
    to = writeEscaped(bytes, to, source, from, from + this.#items.bytes[item]);
    bytes[to++] = QUOTE;
    return to;
  }

  #dir(
    step: Step,
    words: Int32Array,
    at: number,
    field: number,
    bytes: Uint8Array,
    to: number,
  ): number {
    const reference = words[at + field];
    if (reference === 0) return to;
    const paths = this.#paths;
    if (paths.find((words[at] >>> 16) & 0xffff, reference >>> 0) === 0) {
      this.pathLost = true;
      return to;
    }
    to = writeBytes(bytes, to, step.key);
    bytes[to++] = QUOTE;
    to = writeEscaped(bytes, to, paths.bytes, paths.start, paths.start + paths.length);
    bytes[to++] = QUOTE;
    return to;
  }

  #argv(source: Uint8Array, bytes: Uint8Array, to: number): number {
    let from = this.#items.at[LOG_ITEM.ARGV];
    if (from < 0) return writeBytes(bytes, to, NULL);
    const end = from + this.#items.bytes[LOG_ITEM.ARGV];
    bytes[to++] = OPEN_BRACKET;
    for (let isFirst = true; from < end; isFirst = false) {
      let nul = from;
      while (nul < end && source[nul] !== 0) nul++;
      if (!isFirst) bytes[to++] = COMMA;
      bytes[to++] = QUOTE;
      to = writeEscaped(bytes, to, source, from, nul);
      bytes[to++] = QUOTE;
      from = nul + 1;
    }
    bytes[to++] = CLOSE_BRACKET;
    return to;
  }
}
