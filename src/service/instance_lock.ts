/**
 * One agent per run directory: a flock(2) on its lock file, which the kernel drops when the process
 * ends however it ends, so that a lock never goes stale.
 * @module
 */
import { closeSync, ftruncateSync, readSync, writeSync } from "node:fs";
import { openPrivateFile } from "../os/paths.ts";
import { tryLockFile } from "../os/process.ts";
import { StartError } from "./start_error.ts";

/** A held lock. */
export class InstanceLock {
  readonly #fd: number;

  private constructor(fd: number) {
    this.#fd = fd;
  }

  /**
   * Takes the lock and writes this process's id into the file.
   * @throws {StartError} "already_running", naming the process that holds it
   */
  static acquire(path: string): InstanceLock {
    let fd: number;
    try {
      fd = openPrivateFile(path);
    } catch (error) {
      const reason = error instanceof Error ? error.message : String(error);
      throw new StartError("environment", `Cannot take the lock ${path}: because ${reason}`);
    }
    if (!tryLockFile(fd)) {
      const pid = readPid(fd);
      closeSync(fd);
      const who = pid === null ? "another process" : `pid ${pid}`;
      throw new StartError("already_running", `Cannot start: because aod already runs as ${who}`);
    }
    ftruncateSync(fd, 0);
    writeSync(fd, new TextEncoder().encode(`${Deno.pid}\n`), 0, undefined, 0);
    return new InstanceLock(fd);
  }

  /** Gives the lock back; the file stays, removing it would let two agents lock two files. */
  release(): void {
    ftruncateSync(this.#fd, 0);
    closeSync(this.#fd);
  }
}

function readPid(fd: number): number | null {
  const bytes = new Uint8Array(32);
  const length = readSync(fd, bytes, 0, bytes.length, 0);
  const text = new TextDecoder().decode(bytes.subarray(0, length)).trim();
  return /^[1-9]\d{0,9}$/.test(text) ? Number(text) : null;
}
