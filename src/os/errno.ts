/**
 * A failed system call as an error: the call, the errno and its name.
 * @module
 */
import { lateBuiltin } from "./late_builtin.ts";

/** errno values that callers branch on (include/uapi/asm-generic/errno-base.h and errno.h). */
export const EPERM = 1;
/** No such file, key or tracepoint. */
export const ENOENT = 2;
/** No such process, or BTF has no such function. */
export const ESRCH = 3;
/** A signal came. */
export const EINTR = 4;
/** A map is full. */
export const E2BIG = 7;
/** No such descriptor. */
export const EBADF = 9;
/** Try again. */
export const EAGAIN = 11;
/** Not allowed; the verifier refuses with it as well. */
export const EACCES = 13;
/** It is there already. */
export const EEXIST = 17;
/** Not understood. */
export const EINVAL = 22;
/** No space left. */
export const ENOSPC = 28;
/** Not supported. */
export const EOPNOTSUPP = 95;

/** Answers that are no faults: they come in threads that need nothing else of `node:util`. */
const USUAL: Readonly<Record<number, readonly [name: string, text: string]>> = {
  [ENOENT]: ["ENOENT", "no such file or directory"],
  [EEXIST]: ["EEXIST", "file already exists"],
};

/** Name and text of an errno, for example `"ENOENT (no such file or directory)"`. */
export function describeErrno(errno: number): string {
  const known = USUAL[errno] ?? lateBuiltin("node:util").getSystemErrorMap().get(-errno);
  if (known === undefined) return errno === 524 ? "ENOTSUPP (not supported)" : `errno ${errno}`;
  return `${known[0]} (${known[1]})`;
}

/** A system or library call failed. `errno` is positive. */
export class SyscallError extends Error {
  /** Tells this kind of error from others. */
  override readonly name = "SyscallError";

  /**
   * Names the call and the errno.
   * @param call what was called, for example `"mmap"` or `"bpf(BPF_MAP_CREATE)"`
   * @param errno positive errno, as read right after the call
   */
  constructor(readonly call: string, readonly errno: number) {
    super(`${call}: ${describeErrno(errno)}`);
  }
}
