/**
 * Memory: /proc/meminfo and /proc/pressure/memory.
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
import { gauge, share } from "./describe.ts";
import { ascii, Fields } from "./fields.ts";
import { percent, Points } from "./points.ts";
import { Pressure, pressureMetrics } from "./pressure.ts";

/** Lines of meminfo that are used, proc_meminfo(5), in the order in which the kernel prints them. */
const LINES = [
  ...["MemTotal", "MemFree", "MemAvailable", "Buffers", "Cached", "SwapCached", "SwapTotal"],
  ...["SwapFree", "Dirty", "Writeback", "AnonPages", "Shmem", "Slab", "SReclaimable"],
] as const;
type Line = typeof LINES[number];

const WORDS: readonly Uint8Array[] = LINES.map((name) => ascii(`${name}:`));
const INDEX = Object.fromEntries(LINES.map((name, i) => [name, i])) as Record<Line, number>;
/** Values are in kB, which are KiB. */
const UNIT_BYTES = 1024;

class MemoryCollector implements Collector {
  readonly name = "memory";
  readonly #reader = new ProcReader();
  readonly #fields = new Fields();
  readonly #values = new Float64Array(LINES.length);
  readonly #clocks: ReturnType<typeof clocksOf>;
  readonly #meminfo: CPath;
  readonly #pressure: Pressure;

  constructor(env: CollectEnvironment) {
    this.#clocks = clocksOf(env);
    this.#meminfo = cPath(`${env.proc}/meminfo`);
    this.#pressure = new Pressure(env.proc, "memory", "memory", true);
  }

  sample(): Sample {
    const timestamp = this.#clocks.wall_ms() / 1000;
    const points = new Points();
    this.#read();
    const bytes = (line: Line) => this.#values[INDEX[line]] * UNIT_BYTES;
    const total = bytes("MemTotal");
    // Kernels before 3.14 do not say what is available.
    const available = Number.isNaN(bytes("MemAvailable"))
      ? bytes("MemFree") + bytes("Cached") + bytes("Buffers")
      : bytes("MemAvailable");
    const swapUsed = bytes("SwapTotal") - bytes("SwapFree");
    points.add("memory.virtual", total - available);
    points.add("memory.percent", percent(total - available, total));
    points.add("memory.total", total);
    points.add("memory.available", available);
    points.add("memory.free", bytes("MemFree"));
    points.add("memory.buffers", bytes("Buffers"));
    points.add("memory.cached", bytes("Cached"));
    points.add("memory.shared", bytes("Shmem"));
    points.add("memory.anonymous", bytes("AnonPages"));
    points.add("memory.dirty", bytes("Dirty"));
    points.add("memory.writeback", bytes("Writeback"));
    points.add("memory.slab", bytes("Slab"));
    points.add("memory.slab_reclaimable", bytes("SReclaimable"));
    points.add("memory.swap", swapUsed);
    points.add("memory.swap_total", bytes("SwapTotal"));
    points.add("memory.swap_cached", bytes("SwapCached"));
    points.add("memory.swap_percent", percent(swapUsed, bytes("SwapTotal")));
    this.#pressure.add(this.#reader, this.#clocks.now_ms(), points);
    return { timestamp, points: points.list };
  }

  /** @throws Error where meminfo cannot be read or has no MemTotal */
  #read(): void {
    const values = this.#values.fill(NaN);
    if (!this.#reader.read(this.#meminfo)) throw this.#reader.failure(this.#meminfo);
    const fields = this.#fields.start(this.#reader.bytes, this.#reader.length);
    // The order is known: mostly the next line that is looked for is the next one that is used.
    let next = 0;
    while (fields.line()) {
      for (let tries = 0; tries < LINES.length; tries++) {
        const i = (next + tries) % LINES.length;
        if (!fields.take(WORDS[i])) continue;
        values[i] = fields.number();
        next = i + 1;
        break;
      }
    }
    if (Number.isNaN(values[INDEX.MemTotal])) {
      throw new Error("Cannot read meminfo: because it has no line MemTotal");
    }
  }
}

const bytes = (key: string, description: string) => gauge(key, "bytes", description);

/** The collector `memory`. */
export const memory: CollectorEntry = {
  name: "memory",
  interval: "memory_interval",
  description: "Memory and swap, caches and slab, pressure.",
  metrics: [
    bytes("memory.virtual", "Memory in use: all but what is available"),
    share("memory.percent", "Memory in use, of all"),
    bytes("memory.total", "Memory that the kernel manages"),
    bytes("memory.available", "What programs could get without swapping"),
    bytes("memory.free", "Memory that nothing is in"),
    bytes("memory.buffers", "Blocks of devices in memory"),
    bytes("memory.cached", "Pages of files in memory, shared memory included"),
    bytes("memory.shared", "Shared memory and tmpfs"),
    bytes("memory.anonymous", "Pages of programs that no file is behind"),
    bytes("memory.dirty", "Pages that wait to be written"),
    bytes("memory.writeback", "Pages that are being written"),
    bytes("memory.slab", "Objects of the kernel"),
    bytes("memory.slab_reclaimable", "Of these, what the kernel can give back"),
    bytes("memory.swap", "Swap in use"),
    bytes("memory.swap_total", "Swap there is"),
    bytes("memory.swap_cached", "Pages that are in swap and in memory"),
    share("memory.swap_percent", "Swap in use, of all; none where there is no swap"),
    ...pressureMetrics("memory", "memory", true),
  ],
  make: (env) => new MemoryCollector(env),
};
