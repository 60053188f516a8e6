/**
 * As much of ELF64 as a BPF object needs: its sections and its symbols.
 * @module
 */

/** A section of an ELF file; `data` views the file's bytes. */
export interface ElfSection {
  /** For example ".rodata". */
  name: string;
  /** SHT_*, elf.h. */
  type: number;
  /** Index of a related section, for example of the strings of a symbol table. */
  link: number;
  /** Its bytes; none for .bss. */
  data: Uint8Array;
}

/** A symbol: `offset` counts from the start of its section. */
export interface ElfSymbol {
  /** As in the source. */
  name: string;
  /** Name of the section it lies in. */
  section: string;
  /** From the start of that section. */
  offset: number;
  /** Size. */
  bytes: number;
}

const SHT_SYMTAB = 2; // elf.h
const SHT_NOBITS = 8;
const SYMBOL_BYTES = 24; // sizeof(Elf64_Sym)
const SECTION_HEADER_BYTES = 64; // sizeof(Elf64_Shdr)

/** The bytes are no ELF file that this reader takes. */
export class ElfError extends Error {
  /** Tells this kind of error from others. */
  override readonly name = "ElfError";
}

function viewOf(bytes: Uint8Array): DataView {
  return new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
}

const decoder = new TextDecoder();

/** The NUL-terminated string at `offset` of a string table. */
export function stringAt(table: Uint8Array, offset: number): string {
  if (offset >= table.length) throw new ElfError("string offset beyond its table");
  const end = table.indexOf(0, offset);
  return decoder.decode(table.subarray(offset, end < 0 ? table.length : end));
}

/** An ELF64 little-endian file. */
export class Elf {
  /** In the order of the file; the first one is empty. */
  readonly sections: ElfSection[];

  /**
   * Reads the section headers.
   * @throws ElfError
   */
  constructor(bytes: Uint8Array) {
    const view = viewOf(bytes);
    if (
      bytes.length < 64 || view.getUint32(0) !== 0x7f454c46 || bytes[4] !== 2 || bytes[5] !== 1
    ) {
      throw new ElfError("not a 64-bit little-endian ELF file");
    }
    const tableAt = Number(view.getBigUint64(40, true));
    const count = view.getUint16(60, true);
    const namesIndex = view.getUint16(62, true);
    if (tableAt + count * SECTION_HEADER_BYTES > bytes.length || namesIndex >= count) {
      throw new ElfError("section headers beyond the end of the file");
    }
    const raw = Array.from({ length: count }, (_, i) => {
      const at = tableAt + i * SECTION_HEADER_BYTES;
      const type = view.getUint32(at + 4, true);
      const empty = type === SHT_NOBITS;
      const offset = empty ? 0 : Number(view.getBigUint64(at + 24, true));
      const size = empty ? 0 : Number(view.getBigUint64(at + 32, true));
      if (offset + size > bytes.length) throw new ElfError(`section ${i} is cut off`);
      return {
        nameAt: view.getUint32(at, true),
        type,
        link: view.getUint32(at + 40, true),
        data: bytes.subarray(offset, offset + size),
      };
    });
    const names = raw[namesIndex].data;
    this.sections = raw.map(({ nameAt, type, link, data }) => ({
      name: stringAt(names, nameAt),
      type,
      link,
      data,
    }));
  }

  /** The section called `name`, or undefined. */
  section(name: string): ElfSection | undefined {
    return this.sections.find((section) => section.name === name);
  }

  /**
   * The symbols that lie in a section.
   * @throws ElfError
   */
  symbols(): ElfSymbol[] {
    const table = this.sections.find((section) => section.type === SHT_SYMTAB);
    if (table === undefined) return [];
    const names = this.sections[table.link]?.data;
    if (names === undefined) throw new ElfError("symbol table without its strings");
    const view = viewOf(table.data);
    const symbols: ElfSymbol[] = [];
    for (let at = 0; at + SYMBOL_BYTES <= table.data.length; at += SYMBOL_BYTES) {
      const section = this.sections[view.getUint16(at + 6, true)];
      if (section === undefined || section.name === "") continue;
      symbols.push({
        name: stringAt(names, view.getUint32(at, true)),
        section: section.name,
        offset: Number(view.getBigUint64(at + 8, true)),
        bytes: Number(view.getBigUint64(at + 16, true)),
      });
    }
    return symbols;
  }
}
