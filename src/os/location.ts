/**
 * Where this program's own files are: a checkout, a directory (cache of the launcher, or the virtual
 * file system of `deno compile`), or memory files at fixed descriptors (launcher without a place
 * to unpack to, see packaging/launcher/memory.c).
 * @module
 */

/** Descriptors that the launcher hands over when it runs from memory; the same in launcher/aod.h. */
export const MEMORY_FD = { main: 100, worker: 101, assets: 102 } as const;

/** Where the program's files are. Directories end with a slash. */
export type Location =
  | { kind: "source"; checkout: string }
  | { kind: "directory"; directory: string }
  | { kind: "memory" };

/** Tells from a module's own address where the program lives. */
export function locationOf(moduleUrl: string): Location {
  if (/^file:\/\/\/proc\/self\/fd\/\d+$/.test(moduleUrl)) return { kind: "memory" };
  const directory = decodeURIComponent(new URL(".", moduleUrl).pathname);
  if (moduleUrl.endsWith(".ts")) {
    return { kind: "source", checkout: directory.replace(/src\/os\/$/, "") };
  }
  return { kind: "directory", directory };
}

/** Where this process's program lives. */
export const LOCATION: Location = locationOf(import.meta.url);
