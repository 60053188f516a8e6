/**
 * Processors: /proc/stat, /proc/loadavg and /proc/pressure/cpu.
 * @module
 */
import { type CPath, cPath, ProcReader } from "../os/proc_reader.ts";
import {
  clocksOf,
  type CollectEnvironment,
  type Collector,
  type CollectorEntry,
  type Sample,
} from "./collector.ts";
import { CounterTable, growth } from "./counter.ts";
import { delta, gauge, share } from "./describe.ts";
import { ascii, Fields } from "./fields.ts";
import { percent, Points } from "./points.ts";
import { Pressure, pressureMetrics } from "./pressure.ts";

/** Columns of a cpu line, proc_stat(5): times in ticks. guest and guest_nice are in user and nice. */
const COLUMNS = 8;
const [USER, NICE, SYSTEM, IDLE, IOWAIT, IRQ, SOFTIRQ, STEAL] = [0, 1, 2, 3, 4, 5, 6, 7];
/** NR_CPUS of the largest distribution kernels. */
const MAX_CPUS = 8192;

const CPU = ascii("cpu");
const CONTEXT_SWITCHES = ascii("ctxt ");
const FORKS = ascii("processes ");
const RUNNING = ascii("procs_running ");
const BLOCKED = ascii("procs_blocked ");

/** One line: the times before, and what was added since. */
class CpuTimes {
  round = -1;
  readonly #total: string;
  readonly #parts: readonly [string, number[]][];
  readonly #before = new Float64Array(COLUMNS).fill(NaN);
  readonly #added = new Float64Array(COLUMNS);

  constructor(name: string, details: boolean) {
    this.#total = name;
    const parts: [string, number[]][] = [[`${name}.iowait`, [IOWAIT]], [`${name}.steal`, [STEAL]]];
    if (details) {
      parts.push([`${name}.user`, [USER, NICE]], [`${name}.system`, [SYSTEM]], [
        `${name}.irq`,
        [IRQ, SOFTIRQ],
      ]);
    }
    this.#parts = parts;
  }

  /** Takes the line's times and adds shares of the time since the line before. */
  add(fields: Fields, totalKey: string | null, points: Points): void {
    const [before, added] = [this.#before, this.#added];
    let whole = 0;
    for (let i = 0; i < COLUMNS; i++) {
      const now = fields.number();
      // Kernels before 2.6.11 have less columns; idle and iowait may fall by a little between two
      // readings (proc_stat(5)), which is no time.
      const grown = Number.isNaN(now) ? 0 : growth(before[i], now);
      added[i] = Number.isNaN(grown) && before[i] - now < 1000 ? 0 : grown;
      before[i] = Number.isNaN(now) ? 0 : now;
      whole += added[i];
    }
    points.add(totalKey ?? this.#total, percent(whole - added[IDLE] - added[IOWAIT], whole));
    for (const [key, columns] of this.#parts) {
      let part = 0;
      for (const column of columns) part += added[column];
      points.add(key, percent(part, whole));
    }
  }
}

class CpuCollector implements Collector {
  readonly name = "cpu";
  readonly #reader = new ProcReader();
  readonly #fields = new Fields();
  readonly #clocks: ReturnType<typeof clocksOf>;
  readonly #stat: CPath;
  readonly #loadavg: CPath;
  readonly #pressure: Pressure;
  readonly #all = new CpuTimes("cpu", true);
  readonly #cores = new CounterTable(MAX_CPUS, (name) => new CpuTimes(`cpu.${name}`, false));
  readonly #names: string[] = [];
  #switches = NaN;
  #forks = NaN;

  constructor(env: CollectEnvironment) {
    this.#clocks = clocksOf(env);
    this.#stat = cPath(`${env.proc}/stat`);
    this.#loadavg = cPath(`${env.proc}/loadavg`);
    this.#pressure = new Pressure(env.proc, "cpu", "cpu", false);
  }

  sample(): Sample {
    const timestamp = this.#clocks.wall_ms() / 1000;
    const points = new Points();
    if (!this.#reader.read(this.#stat)) throw this.#reader.failure(this.#stat);
    const fields = this.#fields.start(this.#reader.bytes, this.#reader.length);
    while (fields.line()) this.#line(fields, points);
    points.add("cpu.cores", this.#cores.named);
    this.#cores.sweep();
    this.#load(points);
    this.#pressure.add(this.#reader, this.#clocks.now_ms(), points);
    return { timestamp, points: points.list };
  }

  #line(fields: Fields, points: Points): void {
    if (fields.take(CPU)) {
      // "cpu  " is the sum; "cpu0 " has its number at once.
      if (fields.bytes[fields.at] === 32) return this.#all.add(fields, "cpu.total", points);
      const number = fields.number();
      if (!Number.isSafeInteger(number) || number >= MAX_CPUS) return;
      const name = this.#names[number] ??= `core${number}`;
      this.#cores.row(name)?.add(fields, null, points);
    } else if (fields.take(CONTEXT_SWITCHES)) {
      const now = fields.number();
      points.add("cpu.context_switches_delta", growth(this.#switches, now));
      this.#switches = now;
    } else if (fields.take(FORKS)) {
      const now = fields.number();
      points.add("cpu.forks_delta", growth(this.#forks, now));
      this.#forks = now;
    } else if (fields.take(RUNNING)) points.add("cpu.tasks_running", fields.number());
    else if (fields.take(BLOCKED)) points.add("cpu.tasks_blocked", fields.number());
  }

  /** `0.35 0.22 0.18 2/345 6789`. */
  #load(points: Points): void {
    if (!this.#reader.read(this.#loadavg)) return;
    const fields = this.#fields.start(this.#reader.bytes, this.#reader.length);
    if (!fields.line()) return;
    points.add("cpu.load1", fields.decimal());
    points.add("cpu.load5", fields.decimal());
    points.add("cpu.load15", fields.decimal());
  }
}

/** The collector `cpu`. */
export const cpu: CollectorEntry = {
  name: "cpu",
  interval: "cpu_interval",
  description: "Processors: times of all together and of each, load, pressure.",
  metrics: [
    share(
      "cpu.total",
      "Time in which the processors did something: neither idle nor waiting for I/O",
    ),
    share("cpu.user", "Time in user mode, nice or not, guests included"),
    share("cpu.system", "Time in the kernel, interrupts left out"),
    share("cpu.irq", "Time with interrupts, hard and soft"),
    share("cpu.iowait", "Idle time in which a task waited for I/O"),
    share("cpu.steal", "Time that the hypervisor gave to others"),
    share("cpu.core<number>", "As cpu.total, of one core: cpu.core0"),
    share("cpu.core<number>.iowait", "As cpu.iowait, of one core"),
    share("cpu.core<number>.steal", "As cpu.steal, of one core"),
    gauge("cpu.cores", "cores", "Processors that are online"),
    gauge(
      "cpu.load1",
      "tasks",
      "Tasks that run or wait, or sleep without interruption: mean of 1 minute",
    ),
    gauge("cpu.load5", "tasks", "The same, of 5 minutes"),
    gauge("cpu.load15", "tasks", "The same, of 15 minutes"),
    gauge("cpu.tasks_running", "tasks", "Tasks that run or could"),
    gauge("cpu.tasks_blocked", "tasks", "Tasks that wait for I/O"),
    delta("cpu.context_switches_delta", "switches", "Switches from one task to another"),
    delta("cpu.forks_delta", "tasks", "Processes and threads made"),
    ...pressureMetrics("cpu", "a processor", false),
  ],
  make: (env) => new CpuCollector(env),
};
