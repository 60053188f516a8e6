/**
 * Reads a line of /proc/PID/stat, proc_pid_stat(5), from bytes.
 *
 * The name of the command may hold anything, blanks and parentheses too: it ends at the last one.
 * @module
 */
import { Fields } from "./fields.ts";

const OPEN = 40;
const CLOSE = 41;
/** Fields between state and utime, between stime and num_threads, and before starttime and rss. */
const [TO_UTIME, TO_THREADS, TO_START, TO_RSS] = [10, 4, 1, 1];

/** What is taken of a line. One object is filled again and again. */
export class ProcessStat {
  /** Where the command's name is in the bytes. */
  comm_from = 0;
  /** End of it. */
  comm_to = 0;
  /** Code of R, S, D, Z, T, t, X, I. */
  state = 0;
  /** Parent. */
  ppid = 0;
  /** User and system time of all its threads, those that ended too, in ticks. */
  ticks = 0;
  /** Threads. */
  threads = 0;
  /** When it began, in ticks since the boot: tells it from another of the same pid. */
  start_ticks = 0;
  /** Resident pages. */
  rss_pages = 0;
  readonly #fields = new Fields();

  /** Takes the line of `bytes[0..length)`; false where it is not of that form. */
  parse(bytes: Uint8Array, length: number): boolean {
    const fields = this.#fields.start(bytes, length);
    if (!fields.line() || !fields.past(OPEN)) return false;
    this.comm_from = fields.at;
    const close = bytes.lastIndexOf(CLOSE, fields.end - 1);
    if (close < fields.at || close + 2 >= fields.end) return false;
    this.comm_to = close;
    this.state = bytes[close + 2];
    fields.at = close + 3;
    this.ppid = fields.number();
    fields.skip(TO_UTIME - 1);
    const user = fields.number();
    this.ticks = user + fields.number();
    fields.skip(TO_THREADS);
    this.threads = fields.number();
    fields.skip(TO_START);
    this.start_ticks = fields.number();
    fields.skip(TO_RSS);
    this.rss_pages = fields.number();
    // The last number is there only where all others were.
    return !Number.isNaN(this.rss_pages + this.ticks + this.threads + this.start_ticks);
  }
}
