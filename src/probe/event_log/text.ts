/**
 * Byte strings of the kernel as text and back, without loss: names of files are bytes, mostly UTF-8.
 * A byte that is no part of valid UTF-8 becomes U+DC80..U+DCFF (a lone surrogate, as PEP 383 has it),
 * which valid UTF-8 never holds; so the way back is unique.
 * @module
 */

/** What a byte that is no UTF-8 is added to. */
export const BYTE_ESCAPE = 0xdc00;

const strict = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true });
const encoder = new TextEncoder();

/**
 * Bytes of the UTF-8 sequence at `at`, 1 to 4; 0 where there is no valid one (RFC 3629: no overlong
 * forms, no surrogates, nothing above U+10FFFF).
 */
export function utf8Length(bytes: Uint8Array, at: number, end: number): number {
  const first = bytes[at];
  if (first < 0x80) return 1;
  if (first < 0xc2 || first > 0xf4) return 0;
  if (at + 1 >= end) return 0;
  const second = bytes[at + 1];
  if (first < 0xe0) return (second & 0xc0) === 0x80 ? 2 : 0;
  const low = first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80;
  const high = first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf;
  if (second < low || second > high) return 0;
  if (at + 2 >= end || (bytes[at + 2] & 0xc0) !== 0x80) return 0;
  if (first < 0xf0) return 3;
  return at + 3 < end && (bytes[at + 3] & 0xc0) === 0x80 ? 4 : 0;
}

/** ASCII up to this length is made into text at once. */
const SHORT_BYTES = 512;

function isShortAscii(bytes: Uint8Array): boolean {
  if (bytes.length > SHORT_BYTES) return false;
  for (let i = 0; i < bytes.length; i++) if (bytes[i] >= 0x80) return false;
  return true;
}

/** The text of bytes; {@link bytesOfText} is the way back. */
export function textOfBytes(bytes: Uint8Array): string {
  if (isShortAscii(bytes)) return String.fromCharCode(...bytes);
  // Decoding a view of shared memory is refused; what comes here is short, so it is copied.
  const own = new Uint8Array(bytes);
  let text = "";
  let begin = 0;
  for (let at = 0; at < own.length;) {
    const length = utf8Length(own, at, own.length);
    if (length > 0) {
      at += length;
      continue;
    }
    text += strict.decode(own.subarray(begin, at)) + String.fromCharCode(BYTE_ESCAPE + own[at]);
    begin = ++at;
  }
  return text + strict.decode(own.subarray(begin));
}

/**
 * The bytes of a text that {@link textOfBytes} made.
 * @throws RangeError where it holds a surrogate that stands for no byte
 */
export function bytesOfText(text: string): Uint8Array {
  const out = new Uint8Array(text.length * 3);
  let length = 0;
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0;
    if (code < 0xd800 || code > 0xdfff) {
      length += encoder.encodeInto(character, out.subarray(length)).written;
    } else if (code >= BYTE_ESCAPE + 0x80 && code <= BYTE_ESCAPE + 0xff) {
      out[length++] = code - BYTE_ESCAPE;
    } else {
      throw new RangeError(`Cannot make bytes of a text: because it holds U+${code.toString(16)}`);
    }
  }
  return out.slice(0, length);
}
