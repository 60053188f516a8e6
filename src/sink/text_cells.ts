/**
 * Text of others on a terminal: made visible, measured in cells, cut and padded.
 * @module
 */

/** Characters that draw nothing, or that change what comes after them. */
const INVISIBLE = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Co}\p{Cn}\\]/gu;
/** Nothing to be made visible, one cell each: nearly all texts. */
const PLAIN = /^[ -[\]-~]*$/;
/** Letters of C for control characters. */
const LETTERS: Record<string, string> = { "\n": "\\n", "\t": "\\t", "\r": "\\r", "\\": "\\\\" };

/**
 * A text with nothing in it that could move a cursor, hide or turn round what follows: such
 * characters become `\n`, `\x1b` (bytes, also those that were no UTF-8) or `\u{202e}`; a backslash
 * becomes two.
 */
export function visible(text: string): string {
  if (PLAIN.test(text)) return text;
  return text.replace(INVISIBLE, (character) => {
    const letter = LETTERS[character];
    if (letter !== undefined) return letter;
    const code = character.codePointAt(0) ?? 0;
    const byte = code >= 0xdc80 && code <= 0xdcff ? code - 0xdc00 : code;
    return byte < 0x80 || byte !== code
      ? `\\x${byte.toString(16).padStart(2, "0")}`
      : `\\u{${byte.toString(16)}}`;
  });
}

/** First and last code points that take two cells (UAX #11, the large blocks of W and F). */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1f64f],
  [0x1f680, 0x1f6ff],
  [0x1f900, 0x1f9ff],
  [0x20000, 0x3fffd],
];

/** Cells that a character takes on a terminal. */
function cellsOf(character: string): number {
  const code = character.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (/^\p{M}$/u.test(character)) return 0;
  return WIDE.some(([first, last]) => code >= first && code <= last) ? 2 : 1;
}

/** Cells that a visible text takes. */
export function cells(text: string): number {
  if (PLAIN.test(text)) return text.length;
  let sum = 0;
  for (const character of text) sum += cellsOf(character);
  return sum;
}

/** The text, or as much of it as fits with "…" behind it. */
export function cut(text: string, width: number): string {
  if (text.length * 2 <= width || cells(text) <= width) return text;
  let used = 1;
  let kept = "";
  for (const character of text) {
    used += cellsOf(character);
    if (used > width) break;
    kept += character;
  }
  return `${kept}…`;
}

/** Fills up to a width; negative: to the right. What is longer stays as it is. */
export function pad(text: string, width: number): string {
  const blanks = " ".repeat(Math.max(0, Math.abs(width) - cells(text)));
  return width < 0 ? blanks + text : text + blanks;
}
