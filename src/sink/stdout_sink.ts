/**
 * The event log on stdout. A reader that is slow holds up nobody but the log: writes wait on another
 * thread, and signals are handled meanwhile.
 * @module
 */
import { fstatSync } from "node:fs";
import { describeErrno, SyscallError } from "../os/errno.ts";
import { libc } from "../os/libc.ts";
import { reasonOf } from "../os/reason.ts";
import { isReaderGone, writeStdout } from "./stdout_output.ts";
import { type Chunk, failureOf, type Sink, SinkError, wholeBytes, wholeLines } from "./sink.ts";

/** Between two tries where stdout does not block and is full. */
const RETRY_MS = 5;
const STDOUT = 1;

/** What of stdout is used. */
export interface Output {
  /** Takes some of the bytes, at least one, and says how many. */
  write(bytes: Uint8Array): Promise<number>;
}

const REAL: Output = { write: writeStdout };

/** Writes to stdout. */
export class StdoutSink implements Sink {
  readonly #output: Output;
  readonly #isStdout: boolean;
  #written = 0n;

  /** Nothing is written yet. */
  constructor(output: Output = REAL) {
    this.#output = output;
    this.#isStdout = output === REAL;
  }

  get written_bytes(): bigint {
    return this.#written;
  }

  async write({ bytes, ends }: Chunk): Promise<void> {
    for (let done = 0; done < bytes.length;) {
      try {
        const taken = await this.#output.write(bytes.subarray(done));
        done += taken;
        this.#written += BigInt(taken);
      } catch (error) {
        if (error instanceof Deno.errors.Interrupted) continue;
        if (error instanceof Deno.errors.WouldBlock) {
          await new Promise((resolve) => setTimeout(resolve, RETRY_MS));
          continue;
        }
        this.#cut(done - wholeBytes(ends, done));
        const message = `Cannot write the output: because ${whyOf(error)}`;
        throw new SinkError(failureOf(error), message, wholeLines(ends, done));
      }
    }
  }

  /** A pipe that nobody reads any more is noticed while there is nothing to write. */
  tick(): Promise<void> {
    if (!this.#isStdout || !isReaderGone()) return Promise.resolve();
    const message = "Cannot write the output: because its reader is gone";
    return Promise.reject(new SinkError("closed_pipe", message, 0));
  }

  close(): Promise<void> {
    return Promise.resolve();
  }

  /** Takes a broken line back where stdout is a file: the last line stays whole. */
  #cut(bytes: number): void {
    if (!this.#isStdout || bytes === 0) return;
    const info = fstatSync(STDOUT);
    if (info.isFile() && libc().ftruncate(STDOUT, BigInt(info.size - bytes)) === 0) {
      this.#written -= BigInt(bytes);
    }
  }
}

/** The call is always the same one. */
function whyOf(error: unknown): string {
  return error instanceof SyscallError ? describeErrno(error.errno) : reasonOf(error);
}
