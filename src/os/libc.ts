/**
 * The C library by FFI: the few calls that Deno has no API for. Opened on first use, so that
 * commands which need no kernel feature never load it; usable in every worker.
 *
 * errno is per thread and an isolate keeps its thread, so it is read through a pointer taken once,
 * right after a synchronous call. The runtime may have changed it by then: it is good for a message.
 * What decides by it uses system_calls.ts. Calls marked nonblocking run on another thread and have none.
 * @module
 */
import { SyscallError } from "./errno.ts";

/** What is taken from libc. */
export const SYMBOLS = {
  __errno_location: { parameters: [], result: "pointer" },
  mmap: { parameters: ["pointer", "usize", "i32", "i32", "i32", "i64"], result: "pointer" },
  munmap: { parameters: ["pointer", "usize"], result: "i32" },
  open: { parameters: ["buffer", "i32", "i32"], result: "i32" },
  close: { parameters: ["i32"], result: "i32" },
  read: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  write: { parameters: ["i32", "buffer", "usize"], result: "isize" },
  dup: { parameters: ["i32"], result: "i32" },
  getuid: { parameters: [], result: "u32" },
  geteuid: { parameters: [], result: "u32" },
  epoll_create1: { parameters: ["i32"], result: "i32" },
  epoll_ctl: { parameters: ["i32", "i32", "i32", "buffer"], result: "i32" },
  malloc: { parameters: ["usize"], result: "pointer" },
  free: { parameters: ["pointer"], result: "void" },
  epoll_wait_async: {
    name: "epoll_wait",
    parameters: ["i32", "pointer", "i32", "i32"],
    result: "i32",
    nonblocking: true,
  },
  eventfd: { parameters: ["u32", "i32"], result: "i32" },
  ftruncate: { parameters: ["i32", "i64"], result: "i32" },
  memfd_create: { parameters: ["buffer", "u32"], result: "i32" },
  clock_gettime: { parameters: ["i32", "buffer"], result: "i32" },
  sysconf: { parameters: ["i32"], result: "i64" },
  // syscall(2) is variadic; glibc's is a plain register shuffle, so a fixed prototype is right.
  syscall_gettid: { name: "syscall", parameters: ["i64"], result: "i32" },
} as const;

/** The symbols of libc that are used, typed. */
export type Libc = Deno.DynamicLibrary<typeof SYMBOLS>["symbols"];

let library: Deno.DynamicLibrary<typeof SYMBOLS> | null = null;
let errnoView: Deno.UnsafePointerView | null = null;

/**
 * The C library's symbols.
 * @throws when libc.so.6 cannot be opened or lacks a symbol (not a glibc system)
 */
export function libc(): Libc {
  library ??= Deno.dlopen("libc.so.6", SYMBOLS);
  return library.symbols;
}

/** errno of this thread right after a failed synchronous call, as a rule: for messages only. */
export function errno(): number {
  if (errnoView === null) {
    const pointer = libc().__errno_location();
    if (pointer === null) throw new Error("Cannot read errno: because libc gave no address for it");
    errnoView = new Deno.UnsafePointerView(pointer);
  }
  return errnoView.getInt32();
}

/**
 * Passes a result through when it is not negative.
 * @throws SyscallError with the errno of `call` otherwise
 */
export function check(result: number, call: string): number {
  if (result < 0) throw new SyscallError(call, errno());
  return result;
}

/** Closes a descriptor; an error is of no use to anyone and ignored. */
export function closeFd(fd: number): void {
  if (fd >= 0) libc().close(fd);
}

/** A NUL-terminated copy of `text` to hand to C. */
export function cString(text: string): Uint8Array<ArrayBuffer> {
  const body = new TextEncoder().encode(text);
  if (body.includes(0)) throw new TypeError("Cannot pass a string with a NUL byte to C");
  const bytes = new Uint8Array(body.length + 1);
  bytes.set(body);
  return bytes;
}
