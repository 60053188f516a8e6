/**
 * Compresses rotated files in the background: one at a time, in small steps between which the log
 * goes on; a crash leaves the plain file or the whole compressed one.
 * @module
 */
import { constants } from "node:fs";
import { type FileHandle, open, rename, unlink } from "node:fs/promises";
import { reasonOf } from "../os/reason.ts";
import { ZstdWriter } from "../os/zstd_write.ts";
import { TEMPORARY } from "./rotation.ts";

/** Bytes of one step: well under a millisecond of work. */
const STEP_BYTES = 128 * 1024;
const READ = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
const NEW = constants.O_WRONLY | constants.O_CREAT | constants.O_EXCL | constants.O_NOFOLLOW;

/** Makes `<path>.zst` (0600) of each file given and removes the plain one. */
export class Compressor {
  /** Files compressed. */
  done = 0;
  /** Files left as they were, because it failed. */
  failed = 0;
  readonly #onFailure: (message: string) => void;
  #waiting: string[] = [];
  #working: Promise<void> | null = null;
  #ending = false;

  /**
   * Does nothing yet.
   * @param onFailure gets one sentence per file that stays plain
   */
  constructor(onFailure: (message: string) => void) {
    this.#onFailure = onFailure;
  }

  /** Queues a file; one that is gone when its turn comes is passed over. */
  add(path: string): void {
    this.#waiting.push(path);
    this.#working ??= this.#work();
  }

  /** Takes a file out of the queue, because it is removed. */
  forget(path: string): void {
    this.#waiting = this.#waiting.filter((waiting) => waiting !== path);
  }

  /** Finishes what is queued, for at most `limit_ms`; the rest stays plain. */
  async close(limit_ms: number): Promise<void> {
    const timer = setTimeout(() => this.#ending = true, limit_ms);
    await this.#working;
    clearTimeout(timer);
  }

  async #work(): Promise<void> {
    // The caller's work first.
    await new Promise((resolve) => setTimeout(resolve, 0));
    for (let path = this.#waiting.shift(); path !== undefined; path = this.#waiting.shift()) {
      if (this.#ending) break;
      try {
        if (await this.#compress(path)) this.done++;
      } catch (error) {
        if (isAbsent(error)) continue;
        this.failed++;
        this.#onFailure(`Cannot compress ${path}: because ${reasonOf(error)}`);
      }
    }
    this.#working = null;
  }

  /** False where it was told to end on the way. */
  async #compress(path: string): Promise<boolean> {
    const source = await open(path, READ);
    const temporary = path + TEMPORARY;
    try {
      const target = await open(temporary, NEW, 0o600);
      try {
        const whole = await this.#copy(source, target);
        if (!whole) {
          await unlink(temporary);
          return false;
        }
        await target.datasync();
      } finally {
        await target.close();
      }
      await rename(temporary, path + ".zst");
    } catch (error) {
      await unlink(temporary).catch(() => {});
      throw error;
    } finally {
      await source.close();
    }
    try {
      await unlink(path);
    } catch (error) {
      // It was removed meanwhile, as too old: so is what was made of it.
      await unlink(path + ".zst").catch(() => {});
      throw error;
    }
    return true;
  }

  async #copy(source: FileHandle, target: FileHandle): Promise<boolean> {
    const writer = new ZstdWriter(async (chunk) => {
      for (let at = 0; at < chunk.length;) {
        at += (await target.write(chunk, at, chunk.length - at)).bytesWritten;
      }
    });
    try {
      const step = new Uint8Array(STEP_BYTES);
      for (;;) {
        if (this.#ending) return false;
        const { bytesRead } = await source.read(step, 0, step.length, null);
        if (bytesRead === 0) break;
        await writer.write(step.subarray(0, bytesRead));
      }
      await writer.end();
      return true;
    } finally {
      writer.destroy();
    }
  }
}

function isAbsent(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "ENOENT";
}
