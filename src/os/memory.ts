/**
 * Gives memory back that only the start needed: freed blocks that the C library kept, and pages of
 * the runtime's code and constants. Those are clean and come back from the page cache where they are
 * used again.
 * @module
 */

/** madvise(2), <asm-generic/mman-common.h>: drops the pages of a range. */
const MADV_DONTNEED = 4;

/** One private mapping of a file in this process that cannot be written and never was. */
export interface CodeMapping {
  /** First address. */
  start: bigint;
  /** Length. */
  bytes: bigint;
  /** Of it in memory. */
  resident_kb: number;
}

/**
 * Finds in the text of /proc/self/smaps the code and constants of files without a private copy of
 * any page: dropping pages of others would lose what was written there.
 */
export function cleanCodeMappings(smaps: string): CodeMapping[] {
  const mappings: CodeMapping[] = [];
  const head = /^([0-9a-f]+)-([0-9a-f]+) r-[x-]p \S+ \S+ [1-9]\d* +\/.*$/;
  for (const block of smaps.split(/^(?=[0-9a-f]+-[0-9a-f]+ )/m)) {
    const lines = block.split("\n");
    const match = head.exec(lines[0]);
    if (match === null) continue;
    const kb = (name: string) => {
      const line = lines.find((text) => text.startsWith(`${name}:`));
      return line === undefined ? NaN : Number(/\d+/.exec(line)?.[0] ?? NaN);
    };
    // Pages of a file in memory (tmpfs, memfd) are always dirty, but the file keeps them: only copies
    // of its own would be lost, and these are anonymous.
    if (kb("Anonymous") !== 0) continue;
    const start = BigInt(`0x${match[1]}`);
    mappings.push({ start, bytes: BigInt(`0x${match[2]}`) - start, resident_kb: kb("Rss") });
  }
  return mappings;
}

/** Gives back what can be; best effort, never throws. */
export function releaseUnusedMemory(): void {
  try {
    using library = new ReleaseCalls();
    library.trim();
    const smaps = Deno.readTextFileSync("/proc/self/smaps");
    for (const mapping of cleanCodeMappings(smaps)) library.drop(mapping);
  } catch {
    // Without it the agent is larger, nothing else.
  }
}

class ReleaseCalls implements Disposable {
  readonly #library = Deno.dlopen("libc.so.6", {
    malloc_trim: { parameters: ["usize"], result: "i32" },
    madvise: { parameters: ["pointer", "usize", "i32"], result: "i32" },
  });

  trim(): void {
    this.#library.symbols.malloc_trim(0n);
  }

  drop({ start, bytes }: CodeMapping): void {
    const address = Deno.UnsafePointer.create(start);
    if (address !== null) this.#library.symbols.madvise(address, bytes, MADV_DONTNEED);
  }

  [Symbol.dispose](): void {
    this.#library.close();
  }
}
