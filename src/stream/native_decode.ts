/**
 * The decoder of libaodnative.so (packaging/native/decode.c): three times as fast as the portable one.
 * @module
 */
import type { RingReader } from "../bpf/ring.ts";
import { openNativeLibrary } from "../os/native_library.ts";
import type { Columns } from "./columns.ts";
import { portableDecoder, type RunDecoder } from "./decode_run.ts";

const SYMBOLS = {
  aod_decode_run: {
    parameters: ["pointer", "u32", "pointer", "u32", "u32", "u32"],
    result: "u32",
  },
} as const;

/** A library without the function: what a tree that was not built has. */
const FALLBACK = "libc.so.6";

let library: Deno.DynamicLibrary<typeof SYMBOLS> | null | undefined;

function open(): Deno.DynamicLibrary<typeof SYMBOLS> | null {
  try {
    return openNativeLibrary(SYMBOLS, FALLBACK);
  } catch {
    return null;
  }
}

/** The native decoder for a ring and columns; null where the library is absent. */
export function nativeDecoder(ring: RingReader, columns: Columns): RunDecoder | null {
  library ??= open();
  if (library === null) return null;
  const decode = library.symbols.aod_decode_run;
  const data = ring.dataPointer;
  const { all, stride } = columns;
  const to = Deno.UnsafePointer.create(
    Deno.UnsafePointer.value(Deno.UnsafePointer.of(new Uint8Array(all.buffer))) +
      BigInt(all.byteOffset),
  );
  const ringBytes = 2 * ring.bytes;
  return (offset, row, limit) => {
    // The caller has seen to it; C would not notice.
    if (row + limit > columns.rows || offset + 128 * limit > ringBytes) {
      throw new RangeError(`Cannot decode ${limit} rows: because they are out of bounds`);
    }
    return decode(data, offset, to, stride, row, limit);
  };
}

/** The best decoder there is. */
export function runDecoder(ring: RingReader, columns: Columns): RunDecoder {
  return nativeDecoder(ring, columns) ?? portableDecoder(ring, columns);
}
