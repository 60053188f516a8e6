/**
 * The widths of the embedded font's characters, read from its file, so that a text's place is known
 * before it is drawn (OpenType 1.9: head, hhea, hmtx, cmap format 4).
 * @module
 */

/** Platform and encoding of a character map: Windows, Unicode BMP. */
const WINDOWS = 3;
const UNICODE_BMP = 1;
/** What a character is drawn as that the font does not have. */
const SUBSTITUTE = "?";

/** The widths of one font file. */
export class Font {
  /** The file. */
  readonly bytes: Uint8Array<ArrayBuffer>;
  readonly #view: DataView;
  readonly #unitsPerEm: number;
  readonly #metrics: number;
  readonly #metricsAt: number;
  readonly #glyphs: Map<number, number>;

  /**
   * Reads a font file.
   * @throws {Error} when it is no font of that kind
   */
  constructor(bytes: Uint8Array<ArrayBuffer>) {
    this.bytes = bytes;
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    this.#unitsPerEm = this.#view.getUint16(this.#table("head") + 18);
    this.#metrics = this.#view.getUint16(this.#table("hhea") + 34);
    this.#metricsAt = this.#table("hmtx");
    this.#glyphs = this.#readCharacters(this.#table("cmap"));
  }

  /** A text with every character that the font does not have replaced. */
  drawable(text: string): string {
    return [...text].map((c) => this.#glyphs.has(c.codePointAt(0) ?? 0) ? c : SUBSTITUTE).join("");
  }

  /** Width of a text in pixels, for text of that size. */
  width(text: string, size: number): number {
    let units = 0;
    for (const c of text) units += this.#advance(this.#glyphs.get(c.codePointAt(0) ?? 0) ?? 0);
    return units * size / this.#unitsPerEm;
  }

  /** The longest beginning of a text that fits, with an ellipsis where it is cut. */
  fit(text: string, size: number, width: number): string {
    if (this.width(text, size) <= width) return text;
    const characters = [...text];
    while (characters.length > 0 && this.width(`${characters.join("")}...`, size) > width) {
      characters.pop();
    }
    return `${characters.join("").trimEnd()}...`;
  }

  /** A text in lines that fit; a word that is too long is cut. */
  wrap(text: string, size: number, width: number): string[] {
    const lines: string[] = [];
    for (const word of text.split(" ")) {
      const longer = lines.length === 0 ? word : `${lines[lines.length - 1]} ${word}`;
      if (lines.length > 0 && this.width(longer, size) <= width) lines[lines.length - 1] = longer;
      else lines.push(this.fit(word, size, width));
    }
    return lines;
  }

  #advance(glyph: number): number {
    // Glyphs beyond the table are as wide as its last.
    return this.#view.getUint16(this.#metricsAt + 4 * Math.min(glyph, this.#metrics - 1));
  }

  #table(tag: string): number {
    const tables = this.#view.getUint16(4);
    for (let i = 0; i < tables; i++) {
      const at = 12 + 16 * i;
      if (String.fromCharCode(...this.bytes.subarray(at, at + 4)) === tag) {
        return this.#view.getUint32(at + 8);
      }
    }
    throw new Error(`Cannot use the font: because it has no table ${tag}`);
  }

  #readCharacters(cmap: number): Map<number, number> {
    const maps = this.#view.getUint16(cmap + 2);
    for (let i = 0; i < maps; i++) {
      const at = cmap + 4 + 8 * i;
      const map = cmap + this.#view.getUint32(at + 4);
      const kind = [this.#view.getUint16(at), this.#view.getUint16(at + 2)];
      const wanted = kind[0] === WINDOWS && kind[1] === UNICODE_BMP;
      if (wanted && this.#view.getUint16(map) === 4) return this.#readSegments(map);
    }
    throw new Error("Cannot use the font: because it has no character map of format 4");
  }

  #readSegments(map: number): Map<number, number> {
    const view = this.#view;
    const twice = view.getUint16(map + 6);
    const glyphs = new Map<number, number>();
    for (let at = 0; at < twice; at += 2) {
      const last = view.getUint16(map + 14 + at);
      const first = view.getUint16(map + 16 + twice + at);
      const delta = view.getUint16(map + 16 + 2 * twice + at);
      const offsetAt = map + 16 + 3 * twice + at;
      const offset = view.getUint16(offsetAt);
      for (let c = first; c <= last && c !== 0xffff; c++) {
        const listed = offset === 0 ? c : view.getUint16(offsetAt + offset + 2 * (c - first));
        const glyph = listed === 0 ? 0 : (listed + delta) & 0xffff;
        if (glyph !== 0) glyphs.set(c, glyph);
      }
    }
    return glyphs;
  }
}
