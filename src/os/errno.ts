/**
 * A failed system call as an error: the call, the errno and its name.
 * @module
 */
import { getSystemErrorMap } from "node:util";

/** errno values that callers branch on (include/uapi/asm-generic/errno-base.h and errno.h). */
export const EPERM = 1;
export const ENOENT = 2;
export const ESRCH = 3;
export const EINTR = 4;
export const E2BIG = 7;
export const EAGAIN = 11;
export const EACCES = 13;
export const EEXIST = 17;
export const EINVAL = 22;
export const ENOSPC = 28;
export const EOPNOTSUPP = 95;

/** Name and text of an errno, for example `"ENOENT (no such file or directory)"`. */
export function describeErrno(errno: number): string {
  const known = getSystemErrorMap().get(-errno);
  if (known === undefined) return errno === 524 ? "ENOTSUPP (not supported)" : `errno ${errno}`;
  return `${known[0]} (${known[1]})`;
}

/** A system or library call failed. `errno` is positive. */
export class SyscallError extends Error {
  override readonly name = "SyscallError";

  /**
   * @param call what was called, for example `"mmap"` or `"bpf(BPF_MAP_CREATE)"`
   * @param errno positive errno, as read right after the call
   */
  constructor(readonly call: string, readonly errno: number) {
    super(`${call}: ${describeErrno(errno)}`);
  }
}
