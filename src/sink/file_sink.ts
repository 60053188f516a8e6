/**
 * The event log in a file: rotated by size and time at the end of a line, with compression,
 * retention and fsync as asked for. `tail -F` and logrotate can be used on it.
 * @module
 */
import { constants } from "node:fs";
import { open, rename, unlink } from "node:fs/promises";
import { dirname } from "node:path";
import { reasonOf } from "../os/reason.ts";
import { Compressor } from "./compress.ts";
import { LogFile, sinkError } from "./log_file.ts";
import { listRotated, nextName, surplus } from "./rotation.ts";
import { type Chunk, type Sink, SinkError, wholeLines } from "./sink.ts";

/** When the disk is waited for: not at all, when a file is done, or once a second as well. */
export type FsyncPolicy = "never" | "rotate" | "interval";

/** Where and how. */
export interface FileSinkOptions {
  /** The file; rotated ones lie beside it. */
  path: string;
  /** A file is rotated before it gets longer than this; null: never. */
  rotate_bytes: number | null;
  /** A file that holds something is rotated after this time; null: never. */
  rotate_ms: number | null;
  /** Rotated files that are kept. */
  keep: number;
  /** Rotated files are compressed. */
  compress: boolean;
  /** When the disk is waited for. */
  fsync: FsyncPolicy;
  /** What each file begins with. */
  head?: () => Uint8Array | null;
  /**
   * Lines that end with a line feed: what is there is appended to, a broken last line taken away.
   * Otherwise nothing is appended to what is there: it is rotated, or refused.
   */
  text: boolean;
  /** Gets what does not stop the log: one sentence each. */
  onNotice: (message: string) => void;
}

/** Compression at the end of a run takes at most this long. */
const CLOSING_MS = 5_000;

/** Appends to a file. */
export class FileSink implements Sink {
  readonly #options: FileSinkOptions;
  readonly #compressor: Compressor;
  #file: LogFile;
  #headBytes = 0;
  #openedAt = performance.now();
  #written = 0n;
  #dirty = false;
  #syncing: Promise<void> = Promise.resolve();
  #syncs = 0;

  private constructor(options: FileSinkOptions, file: LogFile) {
    this.#options = options;
    this.#file = file;
    this.#compressor = new Compressor(options.onNotice);
  }

  /** Opens the file. @throws SinkError */
  static async open(options: FileSinkOptions): Promise<FileSink> {
    const sink = new FileSink(options, await LogFile.open(options.path));
    try {
      await sink.#takeOver();
      return sink;
    } catch (error) {
      await sink.#file.close();
      throw sinkError(options.path, error, 0);
    }
  }

  get written_bytes(): bigint {
    return this.#written;
  }

  async write(chunk: Chunk): Promise<void> {
    let lines = 0;
    try {
      for (let start = 0; lines < chunk.ends.length;) {
        const until = await this.#fitting(chunk.ends, lines, start);
        if (until === lines) continue; // rotated
        const end = chunk.ends[until - 1];
        const ends = chunk.ends.subarray(lines, until).map((at) => at - start);
        await this.#append({ bytes: chunk.bytes.subarray(start, end), ends });
        lines = until;
        start = end;
      }
    } catch (error) {
      const { reason, message, lines: more } = sinkError(this.#options.path, error, 0);
      throw new SinkError(reason, message, lines + more);
    }
  }

  async tick(): Promise<void> {
    try {
      if (this.#isDue() && this.#hasLines()) await this.#rotate();
      else if (!await this.#file.isInPlace()) await this.#reopen();
      if (this.#options.fsync === "interval" && this.#dirty && this.#syncs === 0) {
        this.#sync(this.#file);
      }
    } catch (error) {
      throw sinkError(this.#options.path, error, 0);
    }
  }

  async close(): Promise<void> {
    await this.#syncing;
    if (this.#options.fsync !== "never" && this.#dirty) this.#sync(this.#file);
    await this.#syncing;
    await this.#file.close();
    await this.#compressor.close(CLOSING_MS);
  }

  /**
   * The line after the last one that goes into this file; rotates, and says `from`, where none does.
   */
  async #fitting(ends: Uint32Array, from: number, start: number): Promise<number> {
    const { rotate_bytes } = this.#options;
    if (this.#isDue() && this.#hasLines()) {
      await this.#rotate();
      return from;
    }
    if (rotate_bytes === null) return ends.length;
    const until = wholeLines(ends, start + Math.max(0, rotate_bytes - this.#file.bytes));
    if (until > from) return until;
    // A line that is longer than a file may be gets one of its own.
    if (!this.#hasLines()) return from + 1;
    await this.#rotate();
    return from;
  }

  #isDue(): boolean {
    const { rotate_ms } = this.#options;
    return rotate_ms !== null && performance.now() - this.#openedAt >= rotate_ms;
  }

  #hasLines(): boolean {
    return this.#file.bytes > this.#headBytes;
  }

  async #append(chunk: Chunk): Promise<void> {
    this.#dirty = true;
    const before = this.#file.bytes;
    try {
      await this.#file.append(chunk);
    } finally {
      this.#written += BigInt(this.#file.bytes - before);
    }
  }

  /** Puts the file's name on and goes on with a new one. */
  async #rotate(): Promise<void> {
    const { path } = this.#options;
    const old = this.#file;
    if (await old.isInPlace()) {
      await rename(path, nextName(path, listRotated(path).rotated, new Date()));
    }
    await this.#reopen();
    await this.#retain();
  }

  async #reopen(): Promise<void> {
    const old = this.#file;
    this.#file = await LogFile.open(this.#options.path);
    this.#dirty = false;
    if (this.#options.fsync !== "never") this.#sync(old, true);
    else await old.close();
    await this.#begin();
  }

  async #begin(): Promise<void> {
    this.#openedAt = performance.now();
    const head = this.#file.bytes === 0 ? this.#options.head?.() ?? null : null;
    this.#headBytes = head?.length ?? 0;
    if (head !== null && head.length > 0) {
      await this.#append({ bytes: head, ends: new Uint32Array([head.length]) });
    }
  }

  /** Goes on where an earlier run ended. */
  async #takeOver(): Promise<void> {
    const { path, text, onNotice, rotate_bytes, rotate_ms } = this.#options;
    if (text) {
      const broken = await this.#file.repairTail();
      if (broken > 0) onNotice(`${path}: took away ${broken} bytes of a line that was cut`);
    }
    const rotates = rotate_bytes !== null || rotate_ms !== null;
    if (!text && this.#file.bytes > 0) {
      if (!rotates) throw new Error("it exists and is not empty");
      await this.#rotate();
    } else await this.#begin();
    if (!rotates) return;
    for (const left of listRotated(path).leftovers) await unlink(left);
    await this.#retain();
    if (!this.#options.compress) return;
    for (const { path: plain, compressed } of listRotated(path).rotated) {
      if (!compressed) this.#compressor.add(plain);
    }
  }

  /** Removes what is too old; hands the newest to the compressor. */
  async #retain(): Promise<void> {
    const { path, keep, compress, onNotice } = this.#options;
    const { rotated } = listRotated(path);
    const gone = surplus(rotated, keep);
    for (const { path: old } of gone) {
      this.#compressor.forget(old);
      await unlink(old).catch((error) => {
        onNotice(`Cannot remove ${old}: because ${reasonOf(error)}`);
      });
    }
    const newest = rotated.at(-1);
    if (compress && newest !== undefined && !newest.compressed && !gone.includes(newest)) {
      this.#compressor.add(newest.path);
    }
  }

  /** Waits for the disk in the background, one file after another. */
  #sync(file: LogFile, close = false): void {
    this.#dirty = false;
    this.#syncs++;
    this.#syncing = this.#syncing.then(async () => {
      await file.sync();
      if (close) {
        await file.close();
        await syncDirectory(dirname(this.#options.path));
      }
    }).catch((error) => {
      this.#options.onNotice(`Cannot sync ${this.#options.path}: because ${reasonOf(error)}`);
    }).finally(() => this.#syncs--);
  }
}

/** Makes names durable. */
async function syncDirectory(path: string): Promise<void> {
  const handle = await open(path, constants.O_RDONLY | constants.O_DIRECTORY);
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}
