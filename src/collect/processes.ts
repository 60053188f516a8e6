/**
 * Processes: /proc/PID/stat of all, /proc/PID/io of the largest by CPU and by memory. Command lines
 * are not read: that takes a lock which a process stuck in a page fault holds.
 * @module
 */
import { libc } from "../os/libc.ts";
import { type CPath, cPath, ProcReader } from "../os/proc_reader.ts";
import {
  clocksOf,
  type CollectEnvironment,
  type Collector,
  type CollectorEntry,
  type Sample,
} from "./collector.ts";
import { gauge } from "./describe.ts";
import { Points } from "./points.ts";
import { type ProcessIo, ProcessIoReader } from "./process_io.ts";
import { ProcessStat } from "./process_stat.ts";
import { largest, ProcessTable } from "./process_table.ts";

/** Rows of a list. */
const TOP = 10;
/** Processes that are looked at; pid_max is 4 million at most, but such hosts are rare. */
const MAX_PROCESSES = 65_536;
/** sysconf(3) of glibc. */
const [SC_CLK_TCK, SC_PAGESIZE] = [2, 30];

/** A row of `by_cpu` and `by_memory`. */
export interface ProcessRow extends ProcessIo {
  /** Process. */
  pid: number;
  /** Parent. */
  ppid: number;
  /** Name of the command, up to 15 bytes. */
  comm: string;
  /** R, S, D, Z, T, t, X or I. */
  state: string;
  /** Processor time since the sweep before, in percent of one core; null in the first sweep. */
  cpu_percent: number | null;
  /** Resident memory. */
  memory_bytes: number;
  /** Threads. */
  threads: number;
}

class ProcessCollector implements Collector {
  readonly name = "process";
  readonly #reader = new ProcReader();
  readonly #clocks: ReturnType<typeof clocksOf>;
  readonly #proc: CPath;
  readonly #path: StatPath;
  readonly #io: ProcessIoReader;
  readonly #stat = new ProcessStat();
  readonly #table = new ProcessTable(MAX_PROCESSES);
  readonly #top = new Int32Array(TOP);
  readonly #ticks_per_sec = Number(libc().sysconf(SC_CLK_TCK));
  readonly #page_bytes = Number(libc().sysconf(SC_PAGESIZE));
  #pids = new Int32Array(1024);
  #count = 0;
  #before_ms = NaN;
  #elapsed_ms = NaN;

  constructor(env: CollectEnvironment) {
    this.#clocks = clocksOf(env);
    this.#proc = cPath(env.proc);
    this.#path = new StatPath(env.proc);
    this.#io = new ProcessIoReader(env.proc);
  }

  sample(): Sample {
    const timestamp = this.#clocks.wall_ms() / 1000;
    const now_ms = this.#clocks.now_ms();
    this.#elapsed_ms = now_ms - this.#before_ms;
    this.#before_ms = now_ms;
    const points = new Points();
    this.#sweep();
    this.#counts(points);
    const tables = {
      by_cpu: this.#rows(this.#table.grown_ticks),
      by_memory: this.#rows(this.#table.rss_pages),
    };
    this.#io.sweep();
    return { timestamp, points: points.list, tables };
  }

  /** @throws Error where the list of processes cannot be read */
  #sweep(): void {
    const [reader, stat, table] = [this.#reader, this.#stat, this.#table];
    this.#count = 0;
    if (!reader.numbersIn(this.#proc, this.#addPid)) throw reader.failure(this.#proc);
    table.begin();
    for (let i = 0; i < this.#count; i++) {
      const pid = this.#pids[i];
      // One that has ended since is not there any more.
      if (!reader.readLine(this.#path.of(pid))) continue;
      if (stat.parse(reader.bytes, reader.length)) table.put(pid, stat, reader.bytes);
    }
    table.end();
  }

  readonly #addPid = (pid: number): void => {
    if (this.#count === this.#pids.length) {
      const longer = new Int32Array(this.#pids.length * 2);
      longer.set(this.#pids);
      this.#pids = longer;
    }
    this.#pids[this.#count++] = pid;
  };

  #counts(points: Points): void {
    const { slots, state, threads, seen, beyond } = this.#table;
    const states = new Uint32Array(128);
    let allThreads = 0;
    for (let i = 0; i < seen; i++) {
      states[state[slots[i]] & 127]++;
      allThreads += threads[slots[i]];
    }
    const count = (letter: string) => states[letter.charCodeAt(0)];
    points.add("process.count", seen);
    points.add("process.threads", allThreads);
    points.add("process.running", count("R"));
    points.add("process.blocked", count("D"));
    points.add("process.zombies", count("Z"));
    points.add("process.stopped", count("T") + count("t"));
    points.add("process.left_out", beyond);
  }

  #rows(values: Float64Array): ProcessRow[] {
    const table = this.#table;
    const found = largest(table, values, this.#top);
    return Array.from(this.#top.subarray(0, found), (slot): ProcessRow => ({
      pid: table.pid[slot],
      ppid: table.ppid[slot],
      comm: table.comm(slot),
      state: String.fromCharCode(table.state[slot]),
      cpu_percent: this.#cpuPercent(slot),
      memory_bytes: table.rss_pages[slot] * this.#page_bytes,
      threads: table.threads[slot],
      ...this.#io.read(this.#reader, table.pid[slot], table.start_ticks[slot]),
    }));
  }

  #cpuPercent(slot: number): number | null {
    const percent = this.#table.grown_ticks[slot] * 100_000 / this.#ticks_per_sec /
      this.#elapsed_ms;
    return Number.isFinite(percent) ? percent : null;
  }
}

/** `/proc/PID/stat`, written into the same bytes again and again. */
class StatPath {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  readonly #from: number;

  constructor(proc: string) {
    this.#bytes = cPath(`${proc}/4294967295/stat`);
    this.#from = cPath(`${proc}/`).length - 1;
  }

  of(pid: number): CPath {
    const bytes = this.#bytes;
    let digits = 1;
    for (let rest = pid; rest >= 10; rest = rest / 10 | 0) digits++;
    let end = this.#from + digits;
    for (let at = end - 1, rest = pid; at >= this.#from; at--, rest = rest / 10 | 0) {
      bytes[at] = 48 + rest % 10;
    }
    for (let i = 0; i < STAT.length; i++) bytes[end++] = STAT[i];
    return bytes;
  }
}

const STAT = cPath("/stat");

/** The collector `process`. */
export const processes: CollectorEntry = {
  name: "process",
  interval: "process_interval",
  description: `Processes: how many, and the ${TOP} largest by CPU and by memory with their I/O.`,
  metrics: [
    gauge("process.count", "processes", "Processes there are, zombies included"),
    gauge("process.threads", "threads", "Threads of all processes"),
    gauge("process.running", "processes", "Processes whose first thread runs or could"),
    gauge(
      "process.blocked",
      "processes",
      "Processes whose first thread sleeps without interruption",
    ),
    gauge("process.zombies", "processes", "Processes that ended and whose parent has not asked"),
    gauge("process.stopped", "processes", "Processes that are stopped, by a signal or a tracer"),
    gauge("process.left_out", "processes", `Processes beyond the first ${MAX_PROCESSES}`),
  ],
  make: (env) => new ProcessCollector(env),
};
