/**
 * Reads the files of /proc into one buffer that is used again and again: two or three system calls a
 * file and no allocation. What is read is good until the next read.
 * @module
 */
import { EINTR, ENOENT, ESRCH, SyscallError } from "./errno.ts";
import { closeFd, cString } from "./libc.ts";
import { AT_FDCWD, type SystemCalls, systemCalls } from "./system_calls.ts";

/** Flags of openat(2), <asm-generic/fcntl.h>: the same on x86-64; arm64 has its own (see below). */
const O_CLOEXEC = 0o2000000;
const O_DIRECTORY = Deno.build.arch === "aarch64" ? 0o40000 : 0o200000;
const O_NOFOLLOW = Deno.build.arch === "aarch64" ? 0o100000 : 0o400000;

/** A first size that holds every file of a usual host. */
const START_BYTES = 64 << 10;
/** More is not read of any file. */
const MAX_BYTES = 16 << 20;

/** A path as C takes it, made once for a file that is read often. */
export type CPath = Uint8Array<ArrayBuffer>;

/** The path for {@link ProcReader.read}. @throws TypeError where it has a NUL byte */
export function cPath(path: string): CPath {
  return cString(path);
}

/** A reader with its buffer. Not for two files at a time. */
export class ProcReader {
  /** What was read last, from 0 on. */
  bytes: Uint8Array<ArrayBuffer>;
  /** How much of `bytes` the last read filled. */
  length = 0;
  /** errno of the last read that gave false. */
  error = 0;
  readonly #calls: SystemCalls;
  #size: bigint;

  /**
   * A reader with a buffer of `size` bytes, which grows where a file is larger.
   * @throws Error where the C library cannot be opened
   */
  constructor(size = START_BYTES) {
    this.#calls = systemCalls();
    this.bytes = new Uint8Array(size);
    this.#size = BigInt(size);
  }

  /**
   * Reads a file to its end. False where it cannot be opened or read; `error` says why.
   * A symbolic link at the end of the path is not followed.
   */
  read(path: CPath): boolean {
    const fd = this.#open(path, O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return false;
    let total = 0;
    for (;;) {
      if (total === this.bytes.length && !this.#grow()) break;
      const rest = total === 0 ? this.bytes : this.bytes.subarray(total);
      const size = total === 0 ? this.#size : BigInt(rest.length);
      const n = this.#calls.aod_read(fd, rest, size);
      if (n < 0) {
        if (n === -EINTR) continue;
        return this.#failed(fd, -n);
      }
      if (n === 0) break;
      total += n;
    }
    closeFd(fd);
    this.length = total;
    return true;
  }

  /**
   * Reads a file that the kernel gives in one piece and that ends with a line feed, as a process's
   * `stat` and `io`: one read(2) where that came whole.
   */
  readLine(path: CPath): boolean {
    const fd = this.#open(path, O_CLOEXEC | O_NOFOLLOW);
    if (fd < 0) return false;
    const n = this.#calls.aod_read(fd, this.bytes, this.#size);
    if (n < 0) return this.#failed(fd, -n);
    closeFd(fd);
    this.length = n;
    return true;
  }

  /**
   * Calls `visit` for every name in a directory that is a number (up to 2^31), in no order.
   * False where the directory cannot be read.
   */
  numbersIn(path: CPath, visit: (value: number) => void): boolean {
    const fd = this.#open(path, O_CLOEXEC | O_DIRECTORY);
    if (fd < 0) return false;
    for (;;) {
      const n = this.#calls.aod_getdents64(fd, this.bytes, this.#size);
      if (n < 0) return this.#failed(fd, -n);
      if (n === 0) break;
      visitNumbers(this.bytes, n, visit);
    }
    closeFd(fd);
    return true;
  }

  /** The file is not there, or its process has ended. */
  get missing(): boolean {
    return this.error === ENOENT || this.error === ESRCH;
  }

  /** The failure of the last read as an error. */
  failure(path: CPath): SyscallError {
    const name = new TextDecoder().decode(path.subarray(0, -1));
    return new SyscallError(`read of ${name}`, this.error);
  }

  #open(path: CPath, flags: number): number {
    const fd = this.#calls.aod_openat(AT_FDCWD, path, flags, 0);
    this.length = 0;
    this.error = fd < 0 ? -fd : 0;
    return fd;
  }

  #failed(fd: number, number: number): false {
    this.error = number;
    closeFd(fd);
    return false;
  }

  #grow(): boolean {
    if (this.bytes.length >= MAX_BYTES) return false;
    const larger = new Uint8Array(this.bytes.length * 2);
    larger.set(this.bytes);
    this.bytes = larger;
    this.#size = BigInt(larger.length);
    return true;
  }
}

/** linux_dirent64 of getdents64(2): u64 ino, u64 off, u16 reclen, u8 type, name with a NUL. */
const DIRENT_RECLEN = 16;
const DIRENT_NAME = 19;

/** A number has no more digits. */
const MAX_DIGITS = 10;

function visitNumbers(bytes: Uint8Array, length: number, visit: (value: number) => void): void {
  for (let at = 0; at + DIRENT_NAME < length;) {
    let value = 0;
    let i = at + DIRENT_NAME;
    const limit = i + MAX_DIGITS;
    for (; i < limit; i++) {
      const digit = bytes[i] - 48;
      if (digit < 0 || digit > 9) break;
      value = value * 10 + digit;
    }
    const isNumber = i > at + DIRENT_NAME && bytes[i] === 0 && value <= 0x7fffffff;
    const size = bytes[at + DIRENT_RECLEN] | bytes[at + DIRENT_RECLEN + 1] << 8;
    if (size === 0) return;
    at += size;
    if (isNumber) visit(value);
  }
}
