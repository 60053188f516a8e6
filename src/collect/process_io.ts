/**
 * What a process read and wrote, /proc/PID/io: only of those in the lists of the largest, for it
 * costs as much as the rest of a process's sweep.
 * @module
 */
import { cPath, type ProcReader } from "../os/proc_reader.ts";
import { growth } from "./counter.ts";
import { ascii, Fields } from "./fields.ts";

/** Lines that are used: what came from and went to storage, proc_pid_io(5). */
const READ = ascii("read_bytes:");
const WRITTEN = ascii("write_bytes:");

/** I/O of one process. */
export interface ProcessIo {
  /** From storage since it began; null where it may not be read. */
  read_bytes: number | null;
  /** To storage since it began. */
  write_bytes: number | null;
  /** Since the sweep before; null where it was in no list then. */
  read_bytes_delta: number | null;
  /** As the other. */
  write_bytes_delta: number | null;
}

interface Known {
  start_ticks: number;
  read: number;
  written: number;
  round: number;
  io: ProcessIo;
}

/** Follows the processes of the lists. */
export class ProcessIoReader {
  readonly #proc: string;
  readonly #fields = new Fields();
  readonly #known = new Map<number, Known>();
  #round = 0;

  /** Nothing is known yet. */
  constructor(proc: string) {
    this.#proc = proc;
  }

  /** Ends a round: forgets processes that it did not ask for. */
  sweep(): void {
    for (const [pid, { round }] of this.#known) if (round !== this.#round) this.#known.delete(pid);
    this.#round++;
  }

  /** Reads, once a round; a process that has ended, or that may not be looked at, has no values. */
  read(reader: ProcReader, pid: number, start_ticks: number): ProcessIo {
    const before = this.#known.get(pid);
    if (before?.round === this.#round) return before.io;
    let [read, written] = [NaN, NaN];
    if (reader.readLine(cPath(`${this.#proc}/${pid}/io`))) {
      const fields = this.#fields.start(reader.bytes, reader.length);
      while (fields.line()) {
        if (fields.take(READ)) read = fields.number();
        else if (fields.take(WRITTEN)) written = fields.number();
      }
    }
    const same = before !== undefined && before.start_ticks === start_ticks;
    const io: ProcessIo = {
      read_bytes: orNull(read),
      write_bytes: orNull(written),
      read_bytes_delta: same ? orNull(growth(before.read, read)) : null,
      write_bytes_delta: same ? orNull(growth(before.written, written)) : null,
    };
    this.#known.set(pid, { start_ticks, read, written, round: this.#round, io });
    return io;
  }
}

function orNull(value: number): number | null {
  return Number.isNaN(value) ? null : value;
}
