/**
 * Byte strings inside JSON strings, so that every one can be had back.
 *
 * Valid UTF-8 stays as it is; `"` and `\` get a backslash; control characters (U+0000 to U+001F,
 * U+007F to U+009F) become JSON escapes, so that a log on a terminal moves no cursor; a byte that is no
 * part of valid UTF-8 becomes `\udc80` to `\udcff`. After JSON.parse, `bytesOfText` gives the bytes.
 * @module
 */
import { utf8Length } from "../probe/event_log/text.ts";

const encoder = new TextEncoder();
const HEX = encoder.encode("0123456789abcdef");
const BACKSLASH = 0x5c;
const SMALL_U = 0x75;
const SMALL_D = 0x64;
const SMALL_C = 0x63;
const ZERO = 0x30;

/** By byte: 0 where it needs a look; itself where it is written as it is. */
const PLAIN = new Uint8Array(256);
/** By byte: the letter of a short escape, 0 for none. */
const SHORT = new Uint8Array(256);
for (let byte = 0x20; byte < 0x7f; byte++) PLAIN[byte] = byte;
for (const [text, letter] of ['""', "\\\\", "\bb", "\tt", "\nn", "\ff", "\rr"]) {
  const byte = text.charCodeAt(0);
  PLAIN[byte] = 0;
  SHORT[byte] = letter.charCodeAt(0);
}

/** The most that a byte becomes. */
export const ESCAPED_BYTES = 6;

/**
 * Writes `source[from .. to]` as the inside of a JSON string.
 * @param bytes has room for {@link ESCAPED_BYTES} times as much at `at`
 * @returns where it ends
 */
export function writeEscaped(
  bytes: Uint8Array,
  at: number,
  source: Uint8Array,
  from: number,
  to: number,
): number {
  for (let i = from; i < to; i++) {
    const byte = source[i];
    if (PLAIN[byte] !== 0) {
      bytes[at++] = byte;
      continue;
    }
    if (byte < 0x80) {
      at = writeControl(bytes, at, byte);
      continue;
    }
    const length = utf8Length(source, i, to);
    if (length === 0) {
      bytes[at] = BACKSLASH;
      bytes[at + 1] = SMALL_U;
      bytes[at + 2] = SMALL_D;
      bytes[at + 3] = SMALL_C;
      bytes[at + 4] = HEX[byte >> 4];
      bytes[at + 5] = HEX[byte & 15];
      at += 6;
    } else if (byte === 0xc2 && source[i + 1] < 0xa0) {
      at = writeControl(bytes, at, source[++i]);
    } else {
      for (let k = 0; k < length; k++) bytes[at++] = source[i + k];
      i += length - 1;
    }
  }
  return at;
}

/** A character below U+0100 that is not written as it is. */
function writeControl(bytes: Uint8Array, at: number, code: number): number {
  bytes[at] = BACKSLASH;
  if (SHORT[code] !== 0) {
    bytes[at + 1] = SHORT[code];
    return at + 2;
  }
  bytes[at + 1] = SMALL_U;
  bytes[at + 2] = ZERO;
  bytes[at + 3] = ZERO;
  bytes[at + 4] = HEX[code >> 4];
  bytes[at + 5] = HEX[code & 15];
  return at + 6;
}

/** What JSON.stringify leaves as it is and {@link writeEscaped} does not. */
const LEFT_BY_JSON = new RegExp("[\\u007f-\\u009f]", "g");

/** JSON text with the same characters escaped as by {@link writeEscaped}. */
export function escapeControls(json: string): string {
  return json.replace(
    LEFT_BY_JSON,
    (character) => `\\u00${character.charCodeAt(0).toString(16)}`,
  );
}
