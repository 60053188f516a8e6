/**
 * What `/proc/PID/stat` says of a process that events want to know.
 * @module
 */
import { cPath, ProcReader } from "../os/proc_reader.ts";

/** A process as the kernel shows it. */
export interface ProcessStat {
  /** Name, at most 15 bytes. */
  comm: string;
  /** Parent; 0 for none. */
  ppid: number;
  /** Start in clock ticks since boot; with the pid it names one process for good. */
  start_ticks: number;
}

/** Fields after the name, by proc_pid_stat(5), counted from the state, which is field 3. */
const PPID = 4 - 3;
const START_TIME = 22 - 3;

/**
 * Reads the line of a `stat` file. The name may hold blanks and parentheses; it ends at the last one.
 * @returns null for what is no such line
 */
export function parseProcessStat(line: string): ProcessStat | null {
  const open = line.indexOf("(");
  const close = line.lastIndexOf(")");
  if (open < 0 || close < open) return null;
  const fields = line.slice(close + 2).split(" ");
  const ppid = wholeNumber(fields[PPID]);
  const start_ticks = wholeNumber(fields[START_TIME]);
  if (ppid === null || start_ticks === null) return null;
  return { comm: line.slice(open + 1, close), ppid, start_ticks };
}

function wholeNumber(text: string | undefined): number | null {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : null;
}

/** Reads `stat` files below a directory, by default `/proc`. */
export class ProcessStatReader {
  readonly #proc: string;
  readonly #reader = new ProcReader(READ_BYTES);
  readonly #decoder = new TextDecoder();

  /** Makes a reader. */
  constructor(proc = "/proc") {
    this.#proc = proc;
  }

  /** What is known of a process now; null when there is none. About 10 us, and never blocks. */
  read(pid: number): ProcessStat | null {
    if (!this.#reader.readLine(cPath(`${this.#proc}/${pid}/stat`))) return null;
    return parseProcessStat(
      this.#decoder.decode(this.#reader.bytes.subarray(0, this.#reader.length)),
    );
  }
}

/** The line has 52 numbers of at most 20 digits. */
const READ_BYTES = 2048;
