/**
 * An output that leaves room to others: it fails as a full disk does while its file system has less
 * free than the reserve.
 * @module
 */
import { statfs } from "node:fs/promises";
import { dirname } from "node:path";
import type { Chunk, Sink } from "../../sink/sink.ts";
import { SinkError } from "../../sink/sink.ts";

/**
 * Looks once.
 * @param path of the output's file, whose directory exists
 * @throws SinkError where there is too little room
 */
export async function checkReserve(path: string, reserve_bytes: number): Promise<void> {
  if (reserve_bytes === 0) return;
  let free: number;
  try {
    const { bavail, bsize } = await statfs(dirname(path));
    free = bavail * bsize;
  } catch {
    return; // What is wrong with the directory the write will say.
  }
  if (free >= reserve_bytes) return;
  const [left, wanted] = [free, reserve_bytes].map((bytes) => (bytes / 2 ** 20).toFixed(1));
  const why = `its file system has ${left} MB free, less than event_log.min_free_mb ${wanted}`;
  throw new SinkError("disk_full", `Cannot write ${path}: because ${why}`, 0);
}

/** A sink that looks about once a second. */
export class ReservedSink implements Sink {
  readonly #inner: Sink;
  readonly #path: string;
  readonly #reserve: number;

  /** Guards an open sink. */
  constructor(inner: Sink, path: string, reserve_bytes: number) {
    this.#inner = inner;
    this.#path = path;
    this.#reserve = reserve_bytes;
  }

  get written_bytes(): bigint {
    return this.#inner.written_bytes;
  }

  write(chunk: Chunk): Promise<void> {
    return this.#inner.write(chunk);
  }

  async tick(): Promise<void> {
    await checkReserve(this.#path, this.#reserve);
    await this.#inner.tick();
  }

  close(): Promise<void> {
    return this.#inner.close();
  }
}
