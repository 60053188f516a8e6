/**
 * Writes small BTF sections, for tests of the reader. Kinds as in include/uapi/linux/btf.h.
 * @module
 */

/** Collects types; ids count from `firstId`. */
export class BtfWriter {
  readonly #types: number[] = [];
  #strings = "\0";
  #next: number;

  /** @param base strings and types of the BTF below, for a module */
  constructor(readonly base: { strings: number; types: number } = { strings: 0, types: 0 }) {
    this.#next = base.types + 1;
    if (base.strings > 0) this.#strings = "";
  }

  /** Offset of a name in the string table. */
  name(text: string): number {
    if (text === "") return 0;
    const at = this.base.strings + this.#strings.length;
    this.#strings += `${text}\0`;
    return at;
  }

  /** Adds a type of any kind; its id. */
  type(name: string, kind: number, vlen: number, third: number, extra: number[] = []): number {
    this.#types.push(this.name(name), (kind << 24) | vlen, third >>> 0, ...extra);
    return this.#next++;
  }

  int(name: string, bytes: number, signed = false): number {
    return this.type(name, 1, 0, bytes, [(signed ? 1 << 24 : 0) | (bytes * 8)]);
  }

  struct(name: string, bytes: number, members: [string, number, number][]): number {
    const extra = members.flatMap(([n, type, at]) => [this.name(n), type, at * 8]);
    return this.type(name, 4, members.length, bytes, extra);
  }

  array(element: number, index: number, count: number): number {
    return this.type("", 3, 0, 0, [element, index, count]);
  }

  enumeration(name: string, values: [string, number][]): number {
    const extra = values.flatMap(([n, value]) => [this.name(n), value >>> 0]);
    return this.type(name, 6, values.length, 4, extra);
  }

  func(name: string, parameters: number): number {
    const extra = Array.from({ length: parameters }, () => [0, 0]).flat();
    return this.type(name, 12, 0, this.type("", 13, parameters, 0, extra));
  }

  /** What a module's writer builds on. */
  get size(): { strings: number; types: number } {
    return { strings: this.base.strings + this.#strings.length, types: this.#next - 1 };
  }

  bytes(): Uint8Array<ArrayBuffer> {
    const strings = new TextEncoder().encode(this.#strings);
    const typeBytes = this.#types.length * 4;
    const out = new Uint8Array(24 + typeBytes + strings.length);
    const view = new DataView(out.buffer);
    view.setUint16(0, 0xeb9f, true);
    view.setUint8(2, 1);
    [24, 0, typeBytes, typeBytes, strings.length].forEach((v, i) => {
      view.setUint32(4 + 4 * i, v, true);
    });
    this.#types.forEach((word, i) => view.setUint32(24 + 4 * i, word >>> 0, true));
    out.set(strings, 24 + typeBytes);
    return out;
  }
}
