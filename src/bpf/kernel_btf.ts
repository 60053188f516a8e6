/**
 * BTF of the running kernel and its modules, from /sys/kernel/btf.
 * @module
 */
import { Btf } from "./btf.ts";

const BTF_DIRECTORY = "/sys/kernel/btf";

/** True when the kernel was built with BTF. */
export function hasKernelBtf(): boolean {
  return readOrNull("vmlinux", 1) !== null;
}

/** True when the module is loaded, or built in with something to show in sysfs. */
export function moduleLoaded(name: string): boolean {
  try {
    return Deno.statSync(`/sys/module/${name}`).isDirectory;
  } catch {
    return false;
  }
}

/** The file's bytes; `limit` only asks whether it can be read. */
function readOrNull(name: string, limit?: number): Uint8Array | null {
  try {
    const path = `${BTF_DIRECTORY}/${name}`;
    if (limit === undefined) return Deno.readFileSync(path);
    using file = Deno.openSync(path);
    const bytes = new Uint8Array(limit);
    return file.readSync(bytes) === null ? null : bytes;
  } catch {
    return null;
  }
}

/**
 * BTF in which a module's types and functions are found: the module's own on top of the kernel's, or
 * the kernel's alone where the module is built in or has none. It takes some MB: use it and let it go.
 * @returns null where the kernel has no BTF
 * @throws BtfError
 */
export function moduleBtf(module: string): Btf | null {
  const kernel = readOrNull("vmlinux");
  if (kernel === null) return null;
  const base = new Btf(kernel);
  const own = readOrNull(module);
  return own === null ? base : new Btf(own, base);
}
