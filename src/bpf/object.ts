/**
 * A BPF object file: opened, set up, loaded, attached, closed.
 *
 *     const object = BpfObject.open(bytes, "smb");
 *     object.rodata("emit_names", 1);
 *     object.setAutoload("on_release_old", false);
 *     object.load();
 *     object.attach("on_enter");
 * @module
 */
import { describeErrno, ENOENT } from "../os/errno.ts";
import { cString } from "../os/libc.ts";
import { Elf, type ElfSymbol } from "./elf.ts";
import {
  attachProgram,
  libbpf,
  type Loaded,
  loadInBackground,
  loadObject,
  openObject,
  stringOf,
  takeLibbpfLog,
} from "./libbpf.ts";
import { noteClosed, noteLoaded } from "./loaded_programs.ts";

/** Room for one program's verifier log; pages are only touched where it is written. */
const VERIFIER_LOG_BYTES = 64 * 1024;

/** sizeof(struct bpf_object_open_opts), bpf/libbpf.h of libbpf 1.0 */
const OPEN_OPTIONS_BYTES = 72;

/** Opening, loading or attaching failed. */
export class BpfObjectError extends Error {
  /** Tells this kind of error from others. */
  override readonly name = "BpfObjectError";

  /**
   * Says what failed and why.
   * @param what for example "load BPF object smb"
   * @param errno positive errno, 0 where there is none
   * @param program the program that failed, where it is known
   * @param log what libbpf and the verifier said, may be long
   */
  constructor(
    what: string,
    readonly errno: number,
    readonly program: string | null,
    readonly log: string,
  ) {
    const why = errno === 0 ? log.split("\n", 1)[0] : describeErrno(errno);
    super(`Cannot ${what}${program === null ? "" : ` (program ${program})`}: because ${why}`);
  }
}

interface Program {
  pointer: Deno.PointerObject;
  section: string;
  /** Verifier log, kept until the object is loaded. */
  log: Uint8Array<ArrayBuffer> | null;
}

/** The end of a NUL-terminated log. */
function logText(log: Uint8Array | null): string {
  if (log === null || log[0] === 0) return "";
  const end = log.indexOf(0);
  return new TextDecoder().decode(log.subarray(0, end < 0 ? log.length : end)).trimEnd();
}

/** One BPF object file. */
export class BpfObject {
  readonly #name: string;
  #object: Deno.PointerObject | null;
  /** libbpf keeps pointers into the file until it is closed. */
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #symbols: Map<string, ElfSymbol>;
  readonly #programs = new Map<string, Program>();
  readonly #maps = new Map<string, Deno.PointerObject>();
  readonly #links = new Map<string, Deno.PointerObject>();
  #loaded = false;

  private constructor(
    name: string,
    bytes: Uint8Array<ArrayBuffer>,
    object: Deno.PointerObject,
    symbols: Map<string, ElfSymbol>,
  ) {
    this.#name = name;
    this.#bytes = bytes;
    this.#object = object;
    this.#symbols = symbols;
    const b = libbpf();
    for (
      let p = b.bpf_object__next_program(object, null);
      p !== null;
      p = b.bpf_object__next_program(object, p)
    ) {
      const log = new Uint8Array(VERIFIER_LOG_BYTES);
      b.bpf_program__set_log_buf(p, log, BigInt(log.length));
      const section = stringOf(b.bpf_program__section_name(p));
      this.#programs.set(stringOf(b.bpf_program__name(p)), { pointer: p, section, log });
    }
    for (
      let m = b.bpf_object__next_map(object, null);
      m !== null;
      m = b.bpf_object__next_map(object, m)
    ) {
      this.#maps.set(stringOf(b.bpf_map__name(m)), m);
    }
  }

  /**
   * Opens an object from memory; nothing is in the kernel yet.
   * @param name what its maps of global data are prefixed with
   * @throws BpfObjectError, ElfError
   */
  static open(file: Uint8Array, name: string): BpfObject {
    const bytes = new Uint8Array(file);
    const symbols = new Map(new Elf(bytes).symbols().map((symbol) => [symbol.name, symbol]));
    // struct bpf_object_open_opts of libbpf 1.0 with the name it points to behind it.
    const label = cString(name);
    const options = new Uint8Array(OPEN_OPTIONS_BYTES + label.length);
    options.set(label, OPEN_OPTIONS_BYTES);
    const address = BigInt(Deno.UnsafePointer.value(Deno.UnsafePointer.of(options.buffer)));
    const fields = new DataView(options.buffer);
    fields.setBigUint64(0, BigInt(OPEN_OPTIONS_BYTES), true);
    fields.setBigUint64(8, address + BigInt(OPEN_OPTIONS_BYTES), true);
    const { pointer: object, errno } = openObject(bytes, options);
    if (object === null) {
      throw new BpfObjectError(`open BPF object ${name}`, errno, null, takeLibbpfLog());
    }
    return new BpfObject(name, bytes, object, symbols);
  }

  /** Programs of the object and the sections that say where they attach. */
  get programs(): { name: string; section: string }[] {
    return [...this.#programs].map(([name, { section }]) => ({ name, section }));
  }

  /** Names of its maps. */
  get maps(): string[] {
    return [...this.#maps.keys()];
  }

  #program(name: string): Program {
    const program = this.#programs.get(name);
    if (program === undefined || this.#object === null) {
      throw new BpfObjectError(`find program ${name} in ${this.#name}`, ENOENT, null, "");
    }
    return program;
  }

  #map(name: string): Deno.PointerObject {
    const map = this.#maps.get(name);
    if (map === undefined || this.#object === null) {
      throw new BpfObjectError(`find map ${name} in ${this.#name}`, ENOENT, null, "");
    }
    return map;
  }

  #setUp(result: number, what: string): void {
    if (result < 0) throw new BpfObjectError(what, -result, null, takeLibbpfLog());
  }

  /**
   * Sets a `const volatile` variable before the object is loaded.
   * @throws BpfObjectError where there is no such variable
   */
  rodata(name: string, value: number | bigint | boolean): void {
    const symbol = this.#symbols.get(name);
    if (symbol === undefined || !symbol.section.startsWith(".rodata") || this.#loaded) {
      throw new BpfObjectError(`set rodata ${name} of ${this.#name}`, ENOENT, null, "");
    }
    const data = this.#initialValue(symbol.section);
    if (symbol.offset + symbol.bytes > data.byteLength) {
      throw new BpfObjectError(`set rodata ${name}`, 0, null, "it lies beyond its section");
    }
    const number = BigInt(value);
    for (let i = 0; i < symbol.bytes; i++) {
      data.setUint8(symbol.offset + i, Number((number >> BigInt(8 * i)) & 0xffn));
    }
  }

  /** The bytes a global data section starts with; they are libbpf's until the object is loaded. */
  #initialValue(section: string): DataView {
    for (const [name, map] of this.#maps) {
      // libbpf names such a map "<first 8 letters of the object><section>".
      if (!name.endsWith(section)) continue;
      const size = new BigUint64Array(1);
      const value = libbpf().bpf_map__initial_value(map, new Uint8Array(size.buffer));
      if (value === null) break;
      return new DataView(Deno.UnsafePointerView.getArrayBuffer(value, Number(size[0])));
    }
    throw new BpfObjectError(`find section ${section} of ${this.#name}`, ENOENT, null, "");
  }

  /** Whether `load` is to load this program. */
  setAutoload(name: string, autoload: boolean): void {
    const { pointer } = this.#program(name);
    this.#setUp(libbpf().bpf_program__set_autoload(pointer, autoload), `set autoload of ${name}`);
  }

  /** The function that a fentry or fexit program is to attach to, in place of its section's. */
  setAttachTarget(name: string, target: string): void {
    const result = libbpf().bpf_program__set_attach_target(
      this.#program(name).pointer,
      0,
      cString(target),
    );
    this.#setUp(result, `set the target of ${name} to ${target}`);
  }

  /** Entries of a map, before the object is loaded. */
  setMaxEntries(map: string, entries: number): void {
    const result = libbpf().bpf_map__set_max_entries(this.#map(map), entries);
    this.#setUp(result, `size map ${map} to ${entries}`);
  }

  /** Has the object use a map that exists (its descriptor is duplicated). */
  reuseMap(map: string, fd: number): void {
    this.#setUp(libbpf().bpf_map__reuse_fd(this.#map(map), fd), `reuse map ${map}`);
  }

  /**
   * Creates the maps and loads the programs that are to be loaded.
   * @throws BpfObjectError naming the program that failed; the object can only be closed then
   */
  load(): void {
    this.#loadedWith(loadObject(this.#toLoad()));
  }

  /** The same on another thread, while this one goes on. @throws BpfObjectError */
  async loadInBackground(): Promise<void> {
    this.#loadedWith(await loadInBackground(this.#toLoad()));
  }

  #toLoad(): Deno.PointerObject {
    if (this.#object === null) throw new BpfObjectError(`load ${this.#name}`, ENOENT, null, "");
    return this.#object;
  }

  #loadedWith({ result, log }: Loaded): void {
    if (result < 0) {
      let failed = /^libbpf: prog '([^']+)': .*(?:failed|-\d+)/m.exec(log)?.[1] ?? null;
      let verifier = "";
      for (const [name, program] of this.#programs) {
        const text = logText(program.log);
        if (text === "") continue;
        failed ??= name;
        if (failed === name) verifier = text;
      }
      const all = [log, verifier].filter((text) => text !== "").join("\n");
      throw new BpfObjectError(`load BPF object ${this.#name}`, -result, failed, all);
    }
    this.#loaded = true;
    for (const [name, program] of this.#programs) {
      libbpf().bpf_program__set_log_buf(program.pointer, null, 0n);
      this.#programs.set(name, { ...program, log: null });
    }
    noteLoaded(this, this.#name);
  }

  /** Attaches a loaded program by what its section says. @throws BpfObjectError */
  attach(name: string): void {
    const { pointer } = this.#program(name);
    const { pointer: link, errno } = attachProgram(pointer);
    if (link === null) {
      throw new BpfObjectError(`attach to the kernel`, errno, name, takeLibbpfLog());
    }
    this.#links.set(name, link);
  }

  /** Detaches one program; it stays loaded. */
  detach(name: string): void {
    const link = this.#links.get(name);
    if (link === undefined) return;
    this.#links.delete(name);
    libbpf().bpf_link__destroy(link);
  }

  /** Descriptor of a map; valid in every thread until `close`. */
  mapFd(name: string): number {
    return libbpf().bpf_map__fd(this.#map(name));
  }

  /** Descriptor of a loaded program, or -1. */
  programFd(name: string): number {
    const fd = libbpf().bpf_program__fd(this.#program(name).pointer);
    return fd < 0 ? -1 : fd;
  }

  /** Detaches and unloads everything. */
  close(): void {
    if (this.#object === null) return;
    noteClosed(this);
    for (const name of [...this.#links.keys()]) this.detach(name);
    libbpf().bpf_object__close(this.#object);
    this.#object = null;
  }
}
