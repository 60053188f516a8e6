/**
 * One open log file: 0600, not through a link, appended to; what a failed write left of a line is
 * taken back.
 * @module
 */
import { constants } from "node:fs";
import { type FileHandle, lstat, mkdir, open } from "node:fs/promises";
import { dirname } from "node:path";
import { effectiveUid } from "../os/process.ts";
import { reasonOf } from "../os/reason.ts";
import { type Chunk, failureOf, SinkError, wholeBytes, wholeLines } from "./sink.ts";

const APPEND = constants.O_RDWR | constants.O_APPEND | constants.O_NOFOLLOW |
  constants.O_NONBLOCK | constants.O_CREAT;
const LINE_FEED = 10;
/** No line is longer: how far back the end of the last whole line is looked for. */
const TAIL_BYTES = 1 << 20;

/** An open log file. */
export class LogFile {
  readonly #path: string;
  readonly #handle: FileHandle;
  readonly #inode: bigint;
  #bytes: number;

  private constructor(path: string, handle: FileHandle, inode: bigint, bytes: number) {
    this.#path = path;
    this.#handle = handle;
    this.#inode = inode;
    this.#bytes = bytes;
  }

  /**
   * Opens or makes the file, and its directory (0700) where it is missing.
   * @throws SinkError where it cannot be written or is not ours
   */
  static async open(path: string): Promise<LogFile> {
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const handle = await open(path, APPEND, 0o600);
      try {
        const info = await handle.stat({ bigint: true });
        if (!info.isFile()) throw new Error("it is not a regular file");
        if (info.uid !== BigInt(effectiveUid())) throw new Error("it belongs to another user");
        return new LogFile(path, handle, info.ino, Number(info.size));
      } catch (error) {
        await handle.close();
        throw error;
      }
    } catch (error) {
      throw sinkError(path, error, 0);
    }
  }

  /** Its size, as far as this process wrote it. */
  get bytes(): number {
    return this.#bytes;
  }

  /** Appends lines. @throws SinkError after taking a broken line back */
  async append({ bytes, ends }: Chunk): Promise<void> {
    let done = 0;
    try {
      while (done < bytes.length) {
        const { bytesWritten } = await this.#handle.write(bytes, done, bytes.length - done);
        if (bytesWritten === 0) throw new Error("nothing was taken");
        done += bytesWritten;
      }
      this.#bytes += done;
    } catch (error) {
      // The call that fails may have written before, and does not say how much.
      done = await this.#grown(done);
      await this.#takeBack(done - wholeBytes(ends, done));
      this.#bytes += wholeBytes(ends, done);
      throw sinkError(this.#path, error, wholeLines(ends, done));
    }
  }

  /** Bytes by which the file is longer than before; at least `least`. */
  async #grown(least: number): Promise<number> {
    try {
      const { size } = await this.#handle.stat();
      return Math.max(least, size - this.#bytes);
    } catch {
      return least;
    }
  }

  /** Removes `bytes` from the end; by the size as it is, for others may have cut the file. */
  async #takeBack(bytes: number): Promise<void> {
    if (bytes === 0) return;
    try {
      const { size } = await this.#handle.stat();
      await this.#handle.truncate(Math.max(0, size - bytes));
    } catch {
      // The error of the write is what is told.
    }
  }

  /** Takes away what a run that died left of its last line; how many bytes that was. */
  async repairTail(): Promise<number> {
    const from = Math.max(0, this.#bytes - TAIL_BYTES);
    const tail = new Uint8Array(this.#bytes - from);
    const { bytesRead } = await this.#handle.read(tail, 0, tail.length, from);
    if (bytesRead === 0 || tail[bytesRead - 1] === LINE_FEED) return 0;
    const broken = bytesRead - 1 - tail.lastIndexOf(LINE_FEED, bytesRead - 1);
    // No line feed at all: this is no log of lines; nothing is taken from it.
    if (broken === bytesRead && from > 0) return 0;
    await this.#takeBack(broken);
    this.#bytes -= broken;
    return broken;
  }

  /** Whether the path still names this file: others may have moved, removed or cut it. */
  async isInPlace(): Promise<boolean> {
    try {
      const { ino, size } = await lstat(this.#path, { bigint: true });
      if (ino !== this.#inode) return false;
      this.#bytes = Number(size);
      return true;
    } catch {
      return false;
    }
  }

  /** Waits until the disk has what was written. */
  async sync(): Promise<void> {
    await this.#handle.datasync();
  }

  /** Closes the descriptor. */
  async close(): Promise<void> {
    await this.#handle.close();
  }
}

/** The error of a call as one about `path`. */
export function sinkError(path: string, error: unknown, lines: number): SinkError {
  if (error instanceof SinkError) return error;
  const link = error instanceof Error && "code" in error && error.code === "ELOOP";
  const reason = link ? "it is a symbolic link" : reasonOf(error);
  return new SinkError(failureOf(error), `Cannot write ${path}: because ${reason}`, lines);
}
