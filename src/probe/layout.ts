/**
 * The layout of the records of a BPF object: read from its BTF, and compared with the one this
 * program was built for.
 * @module
 */
import { Btf } from "../bpf/btf.ts";
import { Elf } from "../bpf/elf.ts";

/** Structs and enums as a compiler laid them out. */
export interface Layout {
  /** By name: size, and offset and size of each field. */
  structs: Record<
    string,
    { bytes: number; fields: Record<string, readonly [offset: number, bytes: number]> }
  >;
  /** By name: the values. */
  enums: Record<string, Record<string, number>>;
}

/** The object was built from another header than this program. */
export class LayoutError extends Error {
  /** Tells this kind of error from others. */
  override readonly name = "LayoutError";
}

/**
 * Reads from a BPF object what `expected` has.
 * @throws LayoutError where a type is missing, ElfError, BtfError
 */
export function layoutOf(object: Uint8Array, expected: Layout): Layout {
  const section = new Elf(object).section(".BTF");
  if (section === undefined) throw new LayoutError("Cannot read the layout: because it has no BTF");
  const btf = new Btf(section.data);
  const layout: Layout = { structs: {}, enums: {} };
  for (const name of Object.keys(expected.structs)) {
    const struct = btf.struct(name);
    if (struct === null) throw new LayoutError(`Cannot read the layout: because ${name} is absent`);
    layout.structs[name] = {
      bytes: struct.bytes,
      fields: Object.fromEntries(
        struct.members.map((member) => [member.name, [member.offset_bytes, member.bytes] as const]),
      ),
    };
  }
  for (const name of Object.keys(expected.enums)) {
    const values = btf.enumValues(name);
    if (values === null) throw new LayoutError(`Cannot read the layout: because ${name} is absent`);
    layout.enums[name] = values;
  }
  return layout;
}

/** Every difference between two layouts, each naming the field. */
export function layoutDifferences(expected: Layout, actual: Layout): string[] {
  const differences: string[] = [];
  const differ = (what: string, want: unknown, have: unknown) => {
    const show = (value: unknown) => value === undefined ? "absent" : String(value);
    if (show(want) !== show(have)) {
      differences.push(`${what} is ${show(have)}, expected ${show(want)}`);
    }
  };
  for (const name of new Set([...Object.keys(expected.structs), ...Object.keys(actual.structs)])) {
    const want = expected.structs[name];
    const have = actual.structs[name];
    for (
      const field of new Set([
        ...Object.keys(want?.fields ?? {}),
        ...Object.keys(have?.fields ?? {}),
      ])
    ) {
      const [w, h] = [want?.fields[field], have?.fields[field]];
      differ(`offset of ${name}.${field}`, w?.[0], h?.[0]);
      if (w !== undefined && h !== undefined) differ(`size of ${name}.${field}`, w[1], h[1]);
    }
    differ(`size of ${name}`, want?.bytes, have?.bytes);
  }
  for (const name of new Set([...Object.keys(expected.enums), ...Object.keys(actual.enums)])) {
    const [want, have] = [expected.enums[name] ?? {}, actual.enums[name] ?? {}];
    for (const value of new Set([...Object.keys(want), ...Object.keys(have)])) {
      differ(`${name}.${value}`, want[value], have[value]);
    }
  }
  return differences;
}

/**
 * Compares an object's layout with the one this program was built for.
 * @param what the object, as people call it: "the SMB object"
 * @throws LayoutError naming the fields that differ
 */
export function checkLayoutOf(object: Uint8Array, expected: Layout, what: string): void {
  const differences = layoutDifferences(expected, layoutOf(object, expected));
  if (differences.length === 0) return;
  const shown = differences.slice(0, 5).join("; ");
  const more = differences.length > 5 ? ` (and ${differences.length - 5} more)` : "";
  throw new LayoutError(
    `Cannot use ${what}: because its records differ from this program's: ${shown}${more}`,
  );
}
