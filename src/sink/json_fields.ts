/**
 * The fields of the event types, compiled from their table into steps that write JSON from the words
 * of a record.
 * @module
 */
import { familyName } from "../probe/event_log/address.ts";
import type { EventField, FieldCondition, FieldKind } from "../probe/event_log/event_type.ts";
import { EVENT_TYPE_LIMIT, EVENT_TYPES } from "../probe/event_log/event_types.ts";
import { CREATE_FLAGS } from "../probe/event_log/flags.ts";
import type { EventItems } from "../probe/event_log/items.ts";
import { LOG_EVENT_OFFSET as AT, LOG_ITEM } from "../probe/event_log/layout.gen.ts";
import type { PathTable } from "../probe/event_log/path_table.ts";
import {
  writeAscii,
  writeBytes,
  writeHex,
  writeI64,
  writeOctal,
  writeU32,
  writeU64,
} from "./digits.ts";
import { writeEscaped } from "./escape.ts";
import { AddressCache } from "./json_address.ts";

const encoder = new TextEncoder();
const NULL = encoder.encode("null");
const TRUE = encoder.encode("true");
const FALSE = encoder.encode("false");
const HEX_PREFIX = encoder.encode('"0x');
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const ARGS = AT.args / 4;
const COMM_BYTES = 16;

/** Numbers for the switches below: with them a switch is one jump. */
const KIND = {
  int: 0,
  uint: 1,
  id: 2,
  hex: 3,
  octal: 4,
  rdev: 5,
  bool: 6,
  pair: 7,
  family: 8,
  exit_code: 9,
  exit_signal: 10,
  exit_core: 11,
  parent: 12,
  comm: 13,
  name: 14,
  name2: 15,
  dir: 16,
  dir2: 17,
  argv: 18,
  address: 19,
} as const satisfies Record<FieldKind, number>;
const WHEN = {
  always: 0,
  nonzero: 1,
  not_minus_one: 2,
  success: 3,
  mode_found: 4,
  creates: 5,
  range: 6,
  messages: 7,
  killed: 8,
  dumped: 9,
  dir_known: 10,
} as const satisfies Record<FieldCondition | "always", number>;

/** One field, as a step. */
interface Step {
  kind: number;
  when: number;
  optional: boolean;
  /** The word of its argument, from the record's first. */
  word: number;
  /** `,"name":` */
  key: Uint8Array;
}

function stepOf({ kind, when, optional, arg, name }: EventField): Step {
  return {
    kind: KIND[kind],
    when: WHEN[when ?? "always"],
    optional: optional === true,
    word: ARGS + 2 * arg,
    key: encoder.encode(`,"${name}":`),
  };
}

const STEPS: Step[][] = Array.from({ length: EVENT_TYPE_LIMIT }, () => []);
for (const { type, fields } of EVENT_TYPES) STEPS[type] = fields.map(stepOf);

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

function hasValue(
  when: number,
  words: Int32Array,
  at: number,
  word: number,
  succeeded: boolean,
): boolean {
  const first = at + ARGS;
  switch (when) {
    case WHEN.nonzero:
      return (words[word] | words[word + 1]) !== 0;
    case WHEN.not_minus_one:
      return (words[word] & words[word + 1]) !== -1;
    case WHEN.success:
      return succeeded;
    case WHEN.mode_found:
    case WHEN.messages:
      return (words[first + 10] | words[first + 11]) !== 0;
    case WHEN.creates:
      return (words[first + 2] & CREATE_FLAGS) !== 0;
    case WHEN.range:
      return words[first] !== words[first + 2] || words[first + 1] !== words[first + 3];
    case WHEN.killed:
      return (words[first] & 0x7f) !== 0;
    case WHEN.dumped:
      return (words[first] & 0x80) !== 0;
    default:
      return true;
  }
}

/** Fields of events that come seldom. */
function writeSeldom(
  step: Step,
  words: Int32Array,
  at: number,
  source: Uint8Array,
  bytes: Uint8Array,
  to: number,
): number {
  const word = at + step.word;
  const low = words[word];
  switch (step.kind) {
    case KIND.id:
      return low === -1 ? writeAscii(bytes, to, "-1") : writeU32(bytes, to, low >>> 0);
    case KIND.rdev:
      bytes[to++] = QUOTE;
      to = writeU32(bytes, to, (low >>> 8) & 0xfff);
      bytes[to++] = COLON;
      to = writeU32(bytes, to, (low & 0xff) | ((low >>> 12) & 0xfff00));
      bytes[to++] = QUOTE;
      return to;
    case KIND.bool:
      return writeBytes(bytes, to, (low | words[word + 1]) !== 0 ? TRUE : FALSE);
    case KIND.pair:
      bytes[to++] = OPEN_BRACKET;
      to = writeI64(bytes, to, words[word + 1], low);
      bytes[to++] = COMMA;
      to = writeI64(bytes, to, words[word + 3], words[word + 2]);
      bytes[to++] = CLOSE_BRACKET;
      return to;
    case KIND.family:
      return writeAscii(bytes, to, `"${familyName(low >>> 0)}"`);
    case KIND.exit_code:
      return writeU32(bytes, to, (low >>> 8) & 0xff);
    case KIND.exit_signal:
      return writeU32(bytes, to, low & 0x7f);
    case KIND.exit_core:
      return writeBytes(bytes, to, TRUE);
    case KIND.parent:
      return writeU32(bytes, to, words[at + AT.parent_tgid / 4] >>> 0);
    case KIND.comm: {
      const from = at * 4 + AT.comm;
      let end = from;
      while (end < from + COMM_BYTES && source[end] !== 0) end++;
      bytes[to++] = QUOTE;
      to = writeEscaped(bytes, to, source, from, end);
      bytes[to++] = QUOTE;
      return to;
    }
    default:
      return writeBytes(bytes, to, NULL);
  }
}
