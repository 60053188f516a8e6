/**
 * The cache of the test VM (`.cache/vm`): stages keyed by content, built once, published by rename.
 * Two runs that start at the same time share the work: the second waits for the first's lock.
 * @module
 */
import { createHash } from "node:crypto";
import { join } from "node:path";

/** Root of the checkout. */
export const ROOT = new URL("../../..", import.meta.url).pathname.replace(/\/$/, "");
/** Everything the VM keeps between runs; ignored by git, safe to delete. */
export const CACHE = join(ROOT, ".cache", "vm");

const LOCK_POLL_MS = 100;
const LOCK_TIMEOUT_MS = 900_000;

/** First 16 hex digits of the SHA-256 of all parts. */
export function digest(...parts: (string | Uint8Array)[]): string {
  const hash = createHash("sha256");
  for (const part of parts) {
    hash.update(`${part.length}:`);
    hash.update(part);
  }
  return hash.digest("hex").slice(0, 16);
}

/** Holds an exclusive flock(2) on `path` while it exists; the kernel drops it when the process dies. */
export class FileLock implements AsyncDisposable {
  #file: Deno.FsFile;
  #held = true;

  private constructor(file: Deno.FsFile) {
    this.#file = file;
  }

  /**
   * Waits until the lock is free.
   * @throws Error when it is not for a quarter of an hour: who holds it hangs.
   */
  static async take(path: string): Promise<FileLock> {
    return (await FileLock.takeOne([path]))[0];
  }

  /**
   * Waits until one of the locks is free; says which.
   * @throws Error when none of them is for a quarter of an hour.
   */
  static async takeOne(paths: string[]): Promise<[FileLock, number]> {
    for (const start = performance.now();;) {
      for (const [index, path] of paths.entries()) {
        const file = await Deno.open(path, { read: true, write: true, create: true, mode: 0o600 });
        if (await file.tryLock(true)) return [new FileLock(file), index];
        file.close();
      }
      if (performance.now() - start > LOCK_TIMEOUT_MS) {
        throw new Error(`Cannot lock ${paths.join(" or ")}: because other runs hold it`);
      }
      await new Promise((resolve) => setTimeout(resolve, LOCK_POLL_MS));
    }
  }

  /** Safe to call twice. */
  release(): void {
    if (this.#held) this.#file.close();
    this.#held = false;
  }

  [Symbol.asyncDispose](): Promise<void> {
    this.release();
    return Promise.resolve();
  }
}

/**
 * Returns the directory of a built stage, building it first where it does not exist.
 * `build` fills an empty directory; older results of the same name are removed afterwards.
 */
export async function stage(
  name: string,
  key: string,
  build: (directory: string) => Promise<void>,
): Promise<string> {
  const final = join(CACHE, `${name}-${key}`);
  if (await isDirectory(final)) return final;
  await Deno.mkdir(CACHE, { recursive: true });
  await using _lock = await FileLock.take(join(CACHE, `${name}.build-lock`));
  if (await isDirectory(final)) return final;
  const work = `${final}.partial`;
  await Deno.remove(work, { recursive: true }).catch(ignoreMissing);
  await Deno.mkdir(work);
  await build(work);
  await Deno.rename(work, final);
  await removeOlder(name, final);
  return final;
}

async function removeOlder(name: string, keep: string): Promise<void> {
  const pattern = new RegExp(`^${name.replaceAll(".", "\\.")}-[0-9a-f]{16}(\\.partial)?$`);
  for await (const entry of Deno.readDir(CACHE)) {
    const path = join(CACHE, entry.name);
    if (pattern.test(entry.name) && path !== keep) await Deno.remove(path, { recursive: true });
  }
}

async function isDirectory(path: string): Promise<boolean> {
  return (await Deno.lstat(path).catch(() => null))?.isDirectory ?? false;
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Deno.errors.NotFound)) throw error;
}
