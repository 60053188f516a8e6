/**
 * Opens libaodnative.so (libbpf, libelf, libz, zstd decompression) from memory: no directory has to
 * be writable and executable for it.
 * @module
 */
import { assetBytes } from "./assets.ts";
import { check, closeFd, cString, libc } from "./libc.ts";

const NAME = "libaodnative.so";
const MFD_CLOEXEC = 1; // include/uapi/linux/memfd.h

/** Whether another thread has opened it: then it is found by its name, and there is one of it. */
function isMapped(): boolean {
  return Deno.readTextFileSync("/proc/self/maps").includes(`/memfd:${NAME}`);
}

/**
 * The library with the symbols asked for; in a source tree that was not built, the system's
 * `fallback` instead.
 * @throws when neither can be opened or a symbol is missing
 */
export function openNativeLibrary<const S extends Deno.ForeignLibraryInterface>(
  symbols: S,
  fallback: string,
): Deno.DynamicLibrary<S> {
  if (isMapped()) {
    try {
      return Deno.dlopen(NAME, symbols);
    } catch {
      // That thread has closed it meanwhile.
    }
  }
  let bytes: Uint8Array;
  try {
    bytes = assetBytes(NAME);
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return Deno.dlopen(fallback, symbols);
    throw error;
  }
  const fd = check(libc().memfd_create(cString(NAME), MFD_CLOEXEC), "memfd_create");
  try {
    for (let done = 0; done < bytes.length;) {
      const rest = new Uint8Array(bytes.subarray(done));
      done += check(Number(libc().write(fd, rest, BigInt(rest.length))), "write(memfd)");
    }
    return Deno.dlopen(`/proc/self/fd/${fd}`, symbols);
  } finally {
    closeFd(fd);
  }
}
