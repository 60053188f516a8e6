/**
 * JSON of the kinds of fields that come seldom.
 * @module
 */
import { familyName } from "../probe/event_log/address.ts";
import { LOG_EVENT_OFFSET as AT } from "../probe/event_log/layout.gen.ts";
import { writeAscii, writeBytes, writeI64, writeU32 } from "./digits.ts";
import { writeEscaped } from "./escape.ts";
import { KIND, type Step } from "./json_steps.ts";

const encoder = new TextEncoder();
const NULL = encoder.encode("null");
const TRUE = encoder.encode("true");
const FALSE = encoder.encode("false");
const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const OPEN_BRACKET = 0x5b;
const CLOSE_BRACKET = 0x5d;
const COMM_BYTES = 16;

/** Writes the value of a step; where it ends is returned. */
export function writeSeldom(
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
