/** The ELF reader on a file written by hand, and on damaged ones. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { Elf, ElfError } from "../../../src/bpf/elf.ts";

/** An ELF file with .rodata (16 bytes), one symbol in it, and a .bss without bytes. */
function sample(): Uint8Array<ArrayBuffer> {
  const names = "\0.rodata\0.symtab\0.strtab\0.bss\0";
  const strings = "\0emit_names\0";
  const text = new TextEncoder();
  const at = { rodata: 64, symtab: 80, strtab: 128, shstrtab: 144, headers: 176 };
  const bytes = new Uint8Array(at.headers + 6 * 64);
  const view = new DataView(bytes.buffer);
  view.setUint32(0, 0x7f454c46);
  bytes[4] = 2;
  bytes[5] = 1;
  view.setBigUint64(40, BigInt(at.headers), true);
  view.setUint16(60, 6, true);
  view.setUint16(62, 4, true);
  bytes.fill(7, at.rodata, at.rodata + 16);
  view.setUint32(at.symtab + 24, 1, true);
  view.setUint16(at.symtab + 24 + 6, 1, true);
  view.setBigUint64(at.symtab + 24 + 8, 12n, true);
  view.setBigUint64(at.symtab + 24 + 16, 4n, true);
  bytes.set(text.encode(strings), at.strtab);
  bytes.set(text.encode(names), at.shstrtab);
  const header = (
    i: number,
    name: string,
    type: number,
    offset: number,
    size: number,
    link = 0,
  ) => {
    const h = at.headers + 64 * i;
    view.setUint32(h, names.indexOf(name), true);
    view.setUint32(h + 4, type, true);
    view.setBigUint64(h + 24, BigInt(offset), true);
    view.setBigUint64(h + 32, BigInt(size), true);
    view.setUint32(h + 40, link, true);
  };
  header(1, ".rodata", 1, at.rodata, 16);
  header(2, ".symtab", 2, at.symtab, 48, 3);
  header(3, ".strtab", 3, at.strtab, strings.length);
  header(4, ".strtab", 3, at.shstrtab, names.length);
  header(5, ".bss", 8, 0xffff_ffff, 1 << 20);
  return bytes;
}

Deno.test("sections and symbols", () => {
  const elf = new Elf(sample());
  assert.deepEqual([...elf.section(".rodata")?.data ?? []], Array(16).fill(7));
  assert.equal(elf.section(".bss")?.data.length, 0);
  assert.equal(elf.section(".text"), undefined);
  assert.deepEqual(elf.symbols(), [
    { name: "emit_names", section: ".rodata", offset: 12, bytes: 4 },
  ]);
});

Deno.test("what is no ELF file is refused", () => {
  assert.throws(() => new Elf(new Uint8Array(0)), ElfError);
  assert.throws(() => new Elf(new Uint8Array(64)), ElfError);
});

Deno.test("damaged files are refused or read, never anything else", () => {
  const bytes = sample();
  const change = fc.tuple(fc.nat(bytes.length - 1), fc.nat(255));
  fc.assert(
    fc.property(fc.nat(bytes.length), fc.array(change), (length, changes) => {
      const copy = bytes.slice();
      for (const [at, value] of changes) copy[at] = value;
      try {
        new Elf(copy.subarray(0, length)).symbols();
      } catch (error) {
        assert.ok(error instanceof ElfError, String(error));
      }
    }),
    { numRuns: 2000 },
  );
});
