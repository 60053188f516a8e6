/**
 * Where the event log goes: an output that takes whole lines, and says how many when it fails.
 * @module
 */

import { SyscallError } from "../os/errno.ts";

/** Why an output takes nothing any more; `abandoned`: nobody waits for it any more. */
export type SinkFailure = "disk_full" | "closed_pipe" | "io" | "abandoned";

/** An output failed; what it holds ends with a whole line. */
export class SinkError extends Error {
  /** Tells this kind of error from others. */
  override readonly name = "SinkError";

  /**
   * Takes the reason for programs and the sentence for people.
   * @param lines how many lines of the chunk that failed are in the output, whole
   */
  constructor(readonly reason: SinkFailure, message: string, readonly lines: number) {
    super(message);
  }
}

/** Lines (records, in a binary format) back to back. */
export interface Chunk {
  /** All of them. */
  readonly bytes: Uint8Array;
  /** Where each ends in `bytes`; ascending, the last one is the length of `bytes`. */
  readonly ends: Uint32Array;
}

/** An output of the event log; one call at a time. */
export interface Sink {
  /** Bytes that the output has taken, since it was opened. */
  readonly written_bytes: bigint;
  /**
   * Appends a chunk, which stays as it is until this is fulfilled.
   * @throws SinkError
   */
  write(chunk: Chunk): Promise<void>;
  /**
   * To be called about once a second: what is due by the clock, and whether anybody still reads.
   * @throws SinkError
   */
  tick(): Promise<void>;
  /**
   * Ends it: what was written is kept, background work is finished or left for the next run.
   * @throws SinkError
   */
  close(): Promise<void>;
}

/** How many of `ends` lie at or before `bytes`: lines that are whole when so much was taken. */
export function wholeLines(ends: Uint32Array, bytes: number): number {
  let low = 0;
  let high = ends.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (ends[middle] <= bytes) low = middle + 1;
    else high = middle;
  }
  return low;
}

/** End of the last whole line when `bytes` were taken. */
export function wholeBytes(ends: Uint32Array, bytes: number): number {
  const lines = wholeLines(ends, bytes);
  return lines === 0 ? 0 : ends[lines - 1];
}

const CODES: Record<string, SinkFailure> = {
  ENOSPC: "disk_full",
  EDQUOT: "disk_full",
  EFBIG: "disk_full",
  EPIPE: "closed_pipe",
};

/** EFBIG, ENOSPC, EDQUOT: include/uapi/asm-generic/errno-base.h, errno.h */
const FULL = [27, 28, 122];

/** What an error of a write means, by its code. */
export function failureOf(error: unknown): SinkFailure {
  if (error instanceof Deno.errors.BrokenPipe) return "closed_pipe";
  if (error instanceof SyscallError && FULL.includes(error.errno)) return "disk_full";
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  return CODES[code] ?? "io";
}
