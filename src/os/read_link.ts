/**
 * Where a symbolic link points to, as bytes: Deno's own call refuses what is no UTF-8.
 * @module
 */
import { cString } from "./libc.ts";

/** PATH_MAX, include/uapi/linux/limits.h. */
const MAX_BYTES = 4096;

const SYMBOLS = {
  readlink: { parameters: ["buffer", "buffer", "usize"], result: "isize" },
} as const;

let library: Deno.DynamicLibrary<typeof SYMBOLS> | null = null;

/** The target of the link at `path`; null where it cannot be read or is longer than a path can be. */
export function readLinkBytes(path: string): Uint8Array | null {
  library ??= Deno.dlopen("libc.so.6", SYMBOLS);
  const bytes = new Uint8Array(MAX_BYTES + 1);
  const length = Number(library.symbols.readlink(cString(path), bytes, BigInt(bytes.length)));
  return length > 0 && length <= MAX_BYTES ? bytes.subarray(0, length) : null;
}
