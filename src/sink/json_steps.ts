/**
 * The fields of the event types, compiled from their table into steps.
 * @module
 */
import type { EventField, FieldCondition, FieldKind } from "../probe/event_log/event_type.ts";
import { EVENT_TYPE_LIMIT, eventTypeOf } from "../probe/event_log/event_types.ts";
import { CREATE_FLAGS } from "../probe/event_log/flags.ts";
import { LOG_EVENT_OFFSET as AT } from "../probe/event_log/layout.gen.ts";

const encoder = new TextEncoder();
const ARGS = AT.args / 4;

/** Kinds as numbers: with them a switch is one jump. */
export const KIND = {
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
/** Conditions as numbers. */
export const WHEN = {
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
  exited: 11,
} as const satisfies Record<FieldCondition | "always", number>;

/** One field, as a step. */
export interface Step {
  /** One of {@link KIND}. */
  kind: number;
  /** One of {@link WHEN}. */
  when: number;
  /** Left out where it has no value. */
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

/** The steps of each type. */
export const STEPS: readonly (readonly Step[])[] = Array.from(
  { length: EVENT_TYPE_LIMIT },
  (_, number) => (eventTypeOf(number)?.fields ?? []).map(stepOf),
);

/**
 * Whether a field has a value.
 * @param at the record's first word
 * @param word that of the field's argument
 * @param succeeded the call is known to have
 */
export function hasValue(
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
    case WHEN.exited:
      return (words[first] & 0x7f) === 0;
    case WHEN.killed:
      return (words[first] & 0x7f) !== 0;
    case WHEN.dumped:
      return (words[first] & 0x80) !== 0;
    default:
      return true;
  }
}
