/**
 * System calls whose failure somebody looks at: they give the negative errno themselves
 * (packaging/native/shim.c). errno cannot be read from here with certainty: between the call and the
 * reading the runtime may make calls of its own on this thread (compiling, collecting garbage).
 * @module
 */
import { errno, libc } from "./libc.ts";
import { openNativeLibrary } from "./native_library.ts";

const SYMBOLS = {
  aod_bpf: { parameters: ["i32", "buffer", "u32"], result: "i32" },
  aod_openat: { parameters: ["i32", "buffer", "i32", "u32"], result: "i32" },
  aod_read: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  aod_write: { parameters: ["i32", "buffer", "usize"], result: "i32" },
  aod_getdents64: { parameters: ["i32", "buffer", "usize"], result: "i32" },
} as const;

/** For a source tree that was not built: good enough to build it. */
const FALLBACK = {
  aod_bpf: {
    name: "syscall",
    parameters: ["i64", "i64", "buffer", "u64"],
    result: "i32",
  },
  openat: { parameters: ["i32", "buffer", "i32", "u32"], result: "i32" },
  getdents64: { parameters: ["i32", "buffer", "usize"], result: "i32" },
} as const;

/** The current directory as that of openat(2): include/uapi/linux/fcntl.h. */
export const AT_FDCWD: number = -100;

/** __NR_bpf: arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h */
const NR_BPF = Deno.build.arch === "aarch64" ? 280n : 321n;

/** The calls; each gives its result or the negative errno. */
export interface SystemCalls {
  /** bpf(2): the command, its attributes and their length. */
  aod_bpf(command: number, attributes: BufferSource, bytes: number): number;
  /** openat(2): directory (AT_FDCWD), path with its NUL, flags, mode. */
  aod_openat(directory: number, path: BufferSource, flags: number, mode: number): number;
  /** read(2) of less than 2 GiB. */
  aod_read(fd: number, to: BufferSource, bytes: bigint): number;
  /** write(2) of less than 2 GiB. */
  aod_write(fd: number, from: BufferSource, bytes: bigint): number;
  /** getdents64(2). */
  aod_getdents64(fd: number, to: BufferSource, bytes: bigint): number;
}

let calls: SystemCalls | null = null;

/** The system calls of this thread. @throws when no library has them */
export function systemCalls(): SystemCalls {
  return calls ??= open();
}

function open(): SystemCalls {
  try {
    return openNativeLibrary(SYMBOLS, "libc.so.6").symbols;
  } catch {
    return withErrno();
  }
}

function withErrno(): SystemCalls {
  const { symbols } = Deno.dlopen("libc.so.6", FALLBACK);
  const c = libc();
  const of = (result: number) => result < 0 ? -errno() : result;
  return {
    aod_bpf: (command, block, bytes) =>
      of(symbols.aod_bpf(NR_BPF, BigInt(command), block, BigInt(bytes))),
    aod_openat: (directory, path, flags, mode) => of(symbols.openat(directory, path, flags, mode)),
    aod_read: (fd, to, bytes) => of(Number(c.read(fd, to, bytes))),
    aod_write: (fd, from, bytes) => of(Number(c.write(fd, from, bytes))),
    aod_getdents64: (fd, to, bytes) => of(symbols.getdents64(fd, to, bytes)),
  };
}
