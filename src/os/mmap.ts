/**
 * mmap(2) of a descriptor as an ArrayBuffer that views the pages in place.
 * @module
 */
import { SyscallError } from "./errno.ts";
import { errno, libc } from "./libc.ts";

/** include/uapi/asm-generic/mman-common.h */
export const PROT_READ = 1;
/** include/uapi/asm-generic/mman-common.h */
export const PROT_WRITE = 2;
const MAP_SHARED = 1;
const MAP_FAILED = 0xffff_ffff_ffff_ffffn;
const SC_PAGESIZE = 30; // _SC_PAGESIZE, bits/confname.h

/** Pages mapped into this process. */
export interface MappedMemory {
  /**
   * Views the pages themselves: never transfer it, and never touch it after `unmap`, which leaves
   * every view of it dangling.
   */
  readonly buffer: ArrayBuffer;
  /** Address of the first page, for C. */
  readonly pointer: Deno.PointerObject;
  /** Gives the pages back; a second call does nothing. */
  unmap(): void;
}

let pageSize = 0;

/** Bytes in a page of this machine. */
export function pageBytes(): number {
  if (pageSize === 0) pageSize = Number(libc().sysconf(SC_PAGESIZE));
  return pageSize;
}

/**
 * Maps `bytes` of `fd` from `offset`, shared with whoever else has it.
 * @throws SyscallError
 */
export function mapShared(fd: number, offset: number, bytes: number, prot: number): MappedMemory {
  const c = libc();
  const pointer = c.mmap(null, BigInt(bytes), prot, MAP_SHARED, fd, BigInt(offset));
  if (pointer === null || Deno.UnsafePointer.value(pointer) === MAP_FAILED) {
    throw new SyscallError("mmap", errno());
  }
  const buffer = Deno.UnsafePointerView.getArrayBuffer(pointer, bytes);
  let mapped = true;
  return {
    buffer,
    pointer,
    unmap() {
      if (!mapped) return;
      mapped = false;
      c.munmap(pointer, BigInt(bytes));
    },
  };
}
