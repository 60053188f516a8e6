/**
 * Reader of BTF (Documentation/bpf/btf.rst): struct layouts and enums of an object, and whether the
 * kernel or a module has a function or a struct member.
 * @module
 */
import { stringAt } from "./elf.ts";

/** enum values of `BTF_KIND_*`, include/uapi/linux/btf.h */
const INT = 1;
const POINTER = 2;
const ARRAY = 3;
const STRUCT = 4;
const UNION = 5;
const ENUM = 6;
const FUNC = 12;
const FUNC_PROTO = 13;
const VAR = 14;
const DATASEC = 15;
const DECL_TAG = 17;
const ENUM64 = 19;
const MAX_KIND = 19;
/** Kinds whose third word is the type they stand for, not a size. */
const TRANSPARENT = new Set([8, 9, 10, 11, 18]); // typedef, volatile, const, restrict, type tag

const MAGIC = 0xeb9f;
const HEADER_BYTES = 24;
const TYPE_BYTES = 12;

/** The bytes are no BTF that this reader takes. */
export class BtfError extends Error {
  /** Tells this kind of error from others. */
  override readonly name = "BtfError";
}

/** A member of a struct or union; anonymous members are dissolved into it. */
export interface BtfMember {
  /** Its name, "" where it has none. */
  name: string;
  /** Of the member in the outermost struct. */
  offset_bytes: number;
  /** Size. */
  bytes: number;
  /** Kind of the member: an integer (or pointer, enum), an array of them, or another struct. */
  kind: "int" | "array" | "struct";
  /** Whether the integer, or the element, is signed. */
  signed: boolean;
  /** Name of its struct or enum, "" otherwise. */
  type_name: string;
  /** Bytes of one element of an array, else `bytes`. */
  element_bytes: number;
}

/** A struct or union by name. */
export interface BtfStruct {
  /** Its name. */
  name: string;
  /** Size, padding included. */
  bytes: number;
  /** In the order of the declaration. */
  members: BtfMember[];
}

/** The types of an object, of the kernel, or (on top of a base) of a module. */
export class Btf {
  readonly #view: DataView;
  readonly #strings: Uint8Array;
  readonly #base: Btf | null;
  /** Offset of each type in the section; index 0 is the first id of this BTF. */
  readonly #types: number[] = [];
  readonly #firstId: number;
  readonly #stringStart: number;

  /**
   * Indexes the types of a section.
   * @param bytes a `.BTF` section, or a file of /sys/kernel/btf
   * @param base the kernel's BTF, for a module
   * @throws BtfError
   */
  constructor(bytes: Uint8Array, base: Btf | null = null) {
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    if (bytes.length < HEADER_BYTES || view.getUint16(0, true) !== MAGIC) {
      throw new BtfError("not little-endian BTF");
    }
    const headerBytes = view.getUint32(4, true);
    const typesAt = headerBytes + view.getUint32(8, true);
    const typesEnd = typesAt + view.getUint32(12, true);
    const stringsAt = headerBytes + view.getUint32(16, true);
    const stringsEnd = stringsAt + view.getUint32(20, true);
    if (typesEnd > bytes.length || stringsEnd > bytes.length) throw new BtfError("BTF is cut off");
    this.#view = view;
    this.#strings = bytes.subarray(stringsAt, stringsEnd);
    this.#base = base;
    this.#firstId = base === null ? 1 : base.#firstId + base.#types.length;
    this.#stringStart = base === null ? 0 : base.#stringStart + base.#strings.length;
    for (let at = typesAt; at < typesEnd;) {
      if (at + TYPE_BYTES > typesEnd) throw new BtfError("a type is cut off");
      this.#types.push(at);
      at += TYPE_BYTES + this.#extraBytes(at);
      if (at > typesEnd) throw new BtfError("a type is cut off");
    }
  }

  #kind(at: number): number {
    return (this.#view.getUint32(at + 4, true) >> 24) & 31;
  }

  #vlen(at: number): number {
    return this.#view.getUint32(at + 4, true) & 0xffff;
  }

  /** Bytes that follow a type's three words. */
  #extraBytes(at: number): number {
    const kind = this.#kind(at);
    if (kind === 0 || kind > MAX_KIND) throw new BtfError(`unknown kind ${kind}`);
    const vlen = this.#vlen(at);
    switch (kind) {
      case INT:
      case VAR:
      case DECL_TAG:
        return 4;
      case ARRAY:
        return 12;
      case STRUCT:
      case UNION:
      case DATASEC:
      case ENUM64:
        return vlen * 12;
      case ENUM:
      case FUNC_PROTO:
        return vlen * 8;
      default:
        return 0;
    }
  }

  #name(offset: number): string {
    if (offset < this.#stringStart) return this.#base === null ? "" : this.#base.#name(offset);
    return stringAt(this.#strings, offset - this.#stringStart);
  }

  /** Types of the kinds given, in the order of the file. */
  *#ofKinds(...kinds: number[]): Generator<number> {
    for (const at of this.#types) if (kinds.includes(this.#kind(at))) yield at;
  }

  /** First type of the kinds given with this name; compares bytes, for there are 10^5 of them. */
  #find(name: string, ...kinds: number[]): number | null {
    const wanted = new TextEncoder().encode(name);
    for (const at of this.#ofKinds(...kinds)) {
      const offset = this.#view.getUint32(at, true) - this.#stringStart;
      if (offset < 0) {
        if (this.#name(offset + this.#stringStart) === name) return at;
        continue;
      }
      let i = 0;
      while (i < wanted.length && this.#strings[offset + i] === wanted[i]) i++;
      if (i === wanted.length && this.#strings[offset + i] === 0) return at;
    }
    return null;
  }

  /** The type behind typedefs and qualifiers: which BTF holds it, and where; null for void. */
  #resolve(id: number): { btf: Btf; at: number } | null {
    for (let depth = 0; depth < 32 && id !== 0; depth++) {
      if (id < this.#firstId) return this.#base === null ? null : this.#base.#resolve(id);
      const at = this.#types[id - this.#firstId];
      if (at === undefined) throw new BtfError(`type ${id} does not exist`);
      if (!TRANSPARENT.has(this.#kind(at))) return { btf: this, at };
      id = this.#view.getUint32(at + 8, true);
    }
    return null;
  }

  /** Whether a function of this name can be attached to (it is in the BTF of the kernel or module). */
  hasFunction(name: string): boolean {
    return this.#find(name, FUNC) !== null || (this.#base?.hasFunction(name) ?? false);
  }

  /** How many parameters a function has; null where there is no such function. */
  parameterCount(name: string): number | null {
    const at = this.#find(name, FUNC);
    if (at === null) return this.#base?.parameterCount(name) ?? null;
    const proto = this.#resolve(this.#view.getUint32(at + 8, true));
    return proto === null ? null : proto.btf.#vlen(proto.at);
  }

  /** Layout of a struct or union; null where there is none of this name. */
  struct(name: string): BtfStruct | null {
    const at = this.#find(name, STRUCT, UNION);
    if (at === null) return this.#base?.struct(name) ?? null;
    return {
      name,
      bytes: this.#view.getUint32(at + 8, true),
      members: [...this.#members(at, 0, 0)],
    };
  }

  *#members(at: number, base_bytes: number, depth: number): Generator<BtfMember> {
    if (depth > 16) throw new BtfError("structs are nested too deep");
    const view = this.#view;
    const bitfields = view.getUint32(at + 4, true) >>> 31 === 1;
    for (let i = 0; i < this.#vlen(at); i++) {
      const member = at + TYPE_BYTES + 12 * i;
      const name = this.#name(view.getUint32(member, true));
      const typeId = view.getUint32(member + 4, true);
      const raw = view.getUint32(member + 8, true);
      const offset_bytes = base_bytes + ((bitfields ? raw & 0xff_ffff : raw) >>> 3);
      const type = this.#resolve(typeId);
      const kind = type === null ? 0 : type.btf.#kind(type.at);
      if (name === "" && type !== null && (kind === STRUCT || kind === UNION)) {
        yield* type.btf.#members(type.at, offset_bytes, depth + 1);
      } else {
        yield { name, offset_bytes, ...this.#shape(typeId, depth) };
      }
    }
  }

  /** Size and kind of a type. */
  #shape(id: number, depth: number): Omit<BtfMember, "name" | "offset_bytes"> {
    const none = { bytes: 0, kind: "int", signed: false, type_name: "", element_bytes: 0 } as const;
    const type = this.#resolve(id);
    if (type === null || depth > 16) return none;
    const { btf, at } = type;
    const third = btf.#view.getUint32(at + 8, true);
    const type_name = btf.#name(btf.#view.getUint32(at, true));
    switch (btf.#kind(at)) {
      case INT: {
        const signed = ((btf.#view.getUint32(at + 12, true) >> 24) & 1) === 1;
        return { ...none, bytes: third, signed, element_bytes: third };
      }
      case ENUM:
      case ENUM64:
        return { ...none, bytes: third, type_name, element_bytes: third };
      case POINTER:
        return { ...none, bytes: 8, element_bytes: 8 };
      case STRUCT:
      case UNION:
        return { bytes: third, kind: "struct", signed: false, type_name, element_bytes: third };
      case ARRAY: {
        const element = btf.#shape(btf.#view.getUint32(at + 12, true), depth + 1);
        const bytes = element.bytes * btf.#view.getUint32(at + 20, true);
        return { ...element, kind: "array", bytes, element_bytes: element.bytes };
      }
      default:
        return none;
    }
  }

  /** Values of an enum by name; null where there is none. 32-bit enums only. */
  enumValues(name: string): Record<string, number> | null {
    const at = this.#find(name, ENUM);
    if (at === null) return this.#base?.enumValues(name) ?? null;
    const values: Record<string, number> = {};
    for (let i = 0; i < this.#vlen(at); i++) {
      const entry = at + TYPE_BYTES + 8 * i;
      values[this.#name(this.#view.getUint32(entry, true))] = this.#view.getInt32(entry + 4, true);
    }
    return values;
  }
}
