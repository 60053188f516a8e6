/**
 * Processor time and resident memory of one process, from /proc/PID/stat.
 * @module
 */
import { ProcessStat } from "../../collect/process_stat.ts";
import { libc } from "../../os/libc.ts";
import { type CPath, cPath, ProcReader } from "../../os/proc_reader.ts";

/** sysconf(3) of glibc. */
const [SC_CLK_TCK, SC_PAGESIZE] = [2, 30];
/** Code of a process that has ended and whose parent has not asked. */
const ZOMBIE = "Z".charCodeAt(0);
/** Bytes of a megabyte, as everywhere in the lab. */
const MB = 2 ** 20;

/** What one look at a process gave. */
export interface ProcessSample {
  /** Since the look before, of all its threads, in percent of one core. */
  cpu_percent: number;
  /** Resident memory, in 2^20 bytes. */
  rss_mb: number;
}

/** Looks at one process until it ends; another one that gets its pid is not taken for it. */
export class ProcessUsage {
  /** The process. */
  readonly pid: number;
  readonly #reader = new ProcReader(4096);
  readonly #stat = new ProcessStat();
  readonly #path: CPath;
  readonly #ticks_per_sec = Number(libc().sysconf(SC_CLK_TCK));
  readonly #page_bytes = Number(libc().sysconf(SC_PAGESIZE));
  readonly #start_ticks: number;
  readonly #first_ticks: number;
  #ticks: number;
  #at_ms: number;
  #ended = false;

  /**
   * Takes the first look, which later ones are compared with.
   * @throws {Error} "Cannot watch ...: because ..." when there is no such process
   */
  constructor(pid: number, proc = "/proc") {
    this.pid = pid;
    this.#path = cPath(`${proc}/${pid}/stat`);
    this.#at_ms = performance.now();
    if (!this.#read()) throw new Error(`Cannot watch pid ${pid}: because there is no such process`);
    this.#start_ticks = this.#stat.start_ticks;
    this.#first_ticks = this.#ticks = this.#stat.ticks;
  }

  /** True once a look has found it gone. */
  get ended(): boolean {
    return this.#ended;
  }

  /** Processor time from the first look to the last one that found it, in seconds. */
  get cpu_sec(): number {
    return (this.#ticks - this.#first_ticks) / this.#ticks_per_sec;
  }

  /** What it used since the look before; null when it has ended. */
  sample(): ProcessSample | null {
    const now_ms = performance.now();
    if (this.#ended || !this.#read() || this.#stat.start_ticks !== this.#start_ticks) {
      this.#ended = true;
      return null;
    }
    const elapsed_sec = (now_ms - this.#at_ms) / 1000;
    const used_sec = (this.#stat.ticks - this.#ticks) / this.#ticks_per_sec;
    this.#ticks = this.#stat.ticks;
    this.#at_ms = now_ms;
    return {
      cpu_percent: elapsed_sec > 0 ? 100 * used_sec / elapsed_sec : 0,
      rss_mb: this.#stat.rss_pages * this.#page_bytes / MB,
    };
  }

  #read(): boolean {
    return this.#reader.readLine(this.#path) &&
      this.#stat.parse(this.#reader.bytes, this.#reader.length) && this.#stat.state !== ZOMBIE;
  }
}
