/**
 * libbpf by FFI: opening, loading and attaching objects. Used by the controller only; workers get
 * descriptors and use bpf(2) directly.
 *
 * libbpf's print function is process-global and may be called from any thread, so it is never a
 * JavaScript callback: a C function in the library fills a buffer, which is read after a call.
 * @module
 */
import { errno } from "../os/libc.ts";
import { openNativeLibrary } from "../os/native_library.ts";

/** What is taken from libbpf. */
export const SYMBOLS = {
  libbpf_set_print: { parameters: ["pointer"], result: "pointer" },
  libbpf_version_string: { parameters: [], result: "pointer" },
  libbpf_num_possible_cpus: { parameters: [], result: "i32" },
  bpf_object__open_mem: { parameters: ["buffer", "usize", "buffer"], result: "pointer" },
  bpf_object__load: { parameters: ["pointer"], result: "i32" },
  /** The same on another thread: what the verifier does takes its time. */
  load_in_background: {
    name: "bpf_object__load",
    parameters: ["pointer"],
    result: "i32",
    nonblocking: true,
  },
  bpf_object__close: { parameters: ["pointer"], result: "void" },
  bpf_object__next_program: { parameters: ["pointer", "pointer"], result: "pointer" },
  bpf_object__next_map: { parameters: ["pointer", "pointer"], result: "pointer" },
  bpf_program__name: { parameters: ["pointer"], result: "pointer" },
  bpf_program__section_name: { parameters: ["pointer"], result: "pointer" },
  bpf_program__fd: { parameters: ["pointer"], result: "i32" },
  bpf_program__autoload: { parameters: ["pointer"], result: "bool" },
  bpf_program__set_autoload: { parameters: ["pointer", "bool"], result: "i32" },
  bpf_program__set_log_buf: { parameters: ["pointer", "buffer", "usize"], result: "i32" },
  bpf_program__set_attach_target: { parameters: ["pointer", "i32", "buffer"], result: "i32" },
  bpf_program__attach: { parameters: ["pointer"], result: "pointer" },
  bpf_link__destroy: { parameters: ["pointer"], result: "i32" },
  bpf_map__name: { parameters: ["pointer"], result: "pointer" },
  bpf_map__fd: { parameters: ["pointer"], result: "i32" },
  bpf_map__max_entries: { parameters: ["pointer"], result: "u32" },
  bpf_map__set_max_entries: { parameters: ["pointer", "u32"], result: "i32" },
  bpf_map__reuse_fd: { parameters: ["pointer", "i32"], result: "i32" },
  bpf_map__initial_value: { parameters: ["pointer", "buffer"], result: "pointer" },
  // Only in libaodnative.so.
  aod_log_install: { parameters: ["i32"], result: "void", optional: true },
  aod_log_take: { parameters: ["buffer", "usize"], result: "usize", optional: true },
  /** bpf_object__load on another thread, with what that thread's libbpf says. */
  aod_load_object: {
    parameters: ["pointer", "buffer", "usize", "buffer"],
    result: "i32",
    nonblocking: true,
    optional: true,
  },
  /** bpf_object__open_mem and bpf_program__attach with their errno. */
  aod_open_object: {
    parameters: ["buffer", "usize", "buffer", "buffer"],
    result: "pointer",
    optional: true,
  },
  aod_attach: { parameters: ["pointer", "buffer"], result: "pointer", optional: true },
} as const;

/** The symbols of libbpf that are used, typed. */
export type Libbpf = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

/** What libaodnative.so keeps of a thread's log, AOD_LOG_BYTES in packaging/native/shim.c. */
const LOG_BYTES = 64 * 1024;

/** Debian's libbpf, for running from a source tree that was not built. */
const SYSTEM_LIBRARY = "libbpf.so.1";

let library: Deno.DynamicLibrary<typeof SYMBOLS> | null = null;

/**
 * libbpf's symbols; the library is opened at the first call.
 * @throws when it cannot be opened
 */
export function libbpf(): Libbpf {
  if (library === null) {
    library = openNativeLibrary(SYMBOLS, SYSTEM_LIBRARY);
    if (library.symbols.aod_log_install) library.symbols.aod_log_install(0);
    else library.symbols.libbpf_set_print(null);
  }
  return library.symbols;
}

/** What libbpf made, or null with the errno. */
export interface Made {
  /** Of libbpf; null where it failed. */
  pointer: Deno.PointerValue;
  /** Why; 0 where it did not fail. */
  errno: number;
}

/** bpf_object__open_mem. */
export function openObject(bytes: Uint8Array<ArrayBuffer>, options: Uint8Array<ArrayBuffer>): Made {
  const b = libbpf();
  const code = new Int32Array(1);
  const size = BigInt(bytes.length);
  const pointer = b.aod_open_object
    ? b.aod_open_object(bytes, size, options, code)
    : b.bpf_object__open_mem(bytes, size, options);
  return { pointer, errno: pointer === null ? code[0] || errno() : 0 };
}

/** bpf_program__attach; {@linkcode takeLibbpfLog} has what libbpf says of it. */
export function attachProgram(program: Deno.PointerValue): Made {
  const b = libbpf();
  takeLibbpfLog();
  const code = new Int32Array(1);
  const pointer = b.aod_attach ? b.aod_attach(program, code) : b.bpf_program__attach(program);
  return { pointer, errno: pointer === null ? code[0] || errno() : 0 };
}

/** How a load went. */
export interface Loaded {
  /** 0, or the errno below it. */
  result: number;
  /** What libbpf printed. */
  log: string;
}

/** bpf_object__load. */
export function loadObject(object: Deno.PointerObject): Loaded {
  takeLibbpfLog();
  const result = libbpf().bpf_object__load(object);
  return { result, log: takeLibbpfLog() };
}

/** bpf_object__load on another thread. */
export async function loadInBackground(object: Deno.PointerObject): Promise<Loaded> {
  const b = libbpf();
  if (!b.aod_load_object) return { result: await b.load_in_background(object), log: "" };
  const text = new Uint8Array(LOG_BYTES);
  const used = new BigUint64Array(1);
  const result = await b.aod_load_object(object, text, BigInt(text.length), used);
  return { result, log: logOf(text, used[0]) };
}

/** What libbpf printed since the last call: its warnings, one a line. Empty without libaodnative.so. */
export function takeLibbpfLog(): string {
  const take = libbpf().aod_log_take;
  if (!take) return "";
  const buffer = new Uint8Array(LOG_BYTES);
  return logOf(buffer, take(buffer, BigInt(buffer.length)));
}

function logOf(buffer: Uint8Array, used: bigint): string {
  const length = Math.min(Number(used), buffer.length);
  return new TextDecoder().decode(buffer.subarray(0, length)).trimEnd();
}

/** A C string that libbpf owns. */
export function stringOf(pointer: Deno.PointerValue): string {
  return pointer === null ? "" : Deno.UnsafePointerView.getCString(pointer);
}

/** libbpf's version, for example `"v1.1"`. */
export function libbpfVersion(): string {
  return stringOf(libbpf().libbpf_version_string());
}

/**
 * CPUs that per-CPU maps are laid out for.
 * @throws Error where the kernel does not say
 */
export function possibleCpus(): number {
  const cpus = libbpf().libbpf_num_possible_cpus();
  if (cpus <= 0) throw new Error("Cannot tell the number of possible CPUs: because /sys is absent");
  return cpus;
}
