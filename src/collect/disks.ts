/**
 * Disks: /proc/diskstats, whole devices that ever did something, and /proc/pressure/io.
 * @module
 */
import { existsSync, readdirSync } from "node:fs";
import { type CPath, cPath, ProcReader } from "../os/proc_reader.ts";
import {
  clocksOf,
  type CollectEnvironment,
  type Collector,
  type CollectorEntry,
  type Sample,
} from "./collector.ts";
import { CounterTable, growth } from "./counter.ts";
import { delta, gauge, mean, share } from "./describe.ts";
import { Fields } from "./fields.ts";
import { percent, Points } from "./points.ts";
import { Pressure, pressureMetrics } from "./pressure.ts";

/** Columns behind the name, Documentation/admin-guide/iostats.rst; the last six since 4.18 and 5.5. */
const COLUMNS = 17;
const [READS, READ_SECTORS, READ_MS, WRITES, WRITTEN_SECTORS, WRITE_MS] = [0, 2, 3, 4, 6, 7];
const [IN_FLIGHT, BUSY_MS, QUEUE_MS, DISCARDS, DISCARDED_SECTORS] = [8, 9, 10, 11, 13];
const FLUSHES = 15;
/** Printed as unsigned int: they wrap every 49 days of work. */
const NARROW = new Set([READ_MS, WRITE_MS, BUSY_MS, QUEUE_MS]);
const WIDTHS = Array.from({ length: COLUMNS }, (_, i): 32 | 64 => NARROW.has(i) ? 32 : 64);
/** A sector of diskstats, whatever the device's own is. */
const SECTOR_BYTES = 512;
/** Devices with rows, partitions too; a storage server has some hundreds of LUNs. */
const MAX_DISKS = 2048;
/** in_flight is the difference of two counters and may be below 0 for a moment: printed as 2^32 - 1. */
const MAX_IN_FLIGHT = 2 ** 31;

/** Counters that are summed over all disks, with their keys below `disk.total`. */
const SUMMED = [READ_SECTORS, WRITTEN_SECTORS, READS, WRITES];

class Disk {
  round = -1;
  /** A whole device: below /sys/block, partitions are not. */
  readonly whole: boolean;
  /** On top of other devices or of a file: what it does is counted there as well. */
  readonly stacked: boolean;
  readonly before = new Float64Array(COLUMNS).fill(NaN);
  readonly #keys: Record<"read_bytes" | "write_bytes" | "reads" | "writes", string>;
  readonly #more: Record<"await" | "queue" | "util" | "flight" | "discard" | "flush", string>;

  constructor(name: string, sys: string) {
    // Slashes of old drivers' names are written so below /sys.
    const directory = `${sys}/block/${name.replaceAll("/", "!")}`;
    this.whole = existsSync(directory);
    this.stacked = existsSync(`${directory}/loop`) || hasEntries(`${directory}/slaves`);
    const key = `disk.${name}`;
    this.#keys = {
      read_bytes: `${key}.read_bytes_delta`,
      write_bytes: `${key}.write_bytes_delta`,
      reads: `${key}.reads_delta`,
      writes: `${key}.writes_delta`,
    };
    this.#more = {
      await: `${key}.await_ms`,
      queue: `${key}.queue`,
      util: `${key}.utilization`,
      flight: `${key}.in_flight`,
      discard: `${key}.discard_bytes_delta`,
      flush: `${key}.flushes_delta`,
    };
  }

  /** Adds what `grown` says; `elapsed_ms` is the time in which it grew. */
  add(points: Points, grown: Float64Array, in_flight: number, elapsed_ms: number): void {
    const [keys, more] = [this.#keys, this.#more];
    points.add(keys.read_bytes, grown[READ_SECTORS] * SECTOR_BYTES);
    points.add(keys.write_bytes, grown[WRITTEN_SECTORS] * SECTOR_BYTES);
    points.add(keys.reads, grown[READS]);
    points.add(keys.writes, grown[WRITES]);
    // No request ended: there is no mean, 0 / 0.
    points.add(more.await, (grown[READ_MS] + grown[WRITE_MS]) / (grown[READS] + grown[WRITES]));
    if (elapsed_ms > 0) points.add(more.queue, grown[QUEUE_MS] / elapsed_ms);
    points.add(more.util, percent(grown[BUSY_MS], elapsed_ms));
    points.add(more.flight, in_flight < MAX_IN_FLIGHT ? in_flight : 0);
    points.add(more.discard, grown[DISCARDED_SECTORS] * SECTOR_BYTES);
    points.add(more.flush, grown[FLUSHES]);
  }
}

function hasEntries(directory: string): boolean {
  try {
    return readdirSync(directory).length > 0;
  } catch {
    return false; // partitions have none
  }
}

class DiskCollector implements Collector {
  readonly name = "disk";
  readonly #reader = new ProcReader();
  readonly #fields = new Fields();
  readonly #clocks: ReturnType<typeof clocksOf>;
  readonly #diskstats: CPath;
  readonly #pressure: Pressure;
  readonly #disks: CounterTable<Disk>;
  readonly #grown = new Float64Array(COLUMNS);
  readonly #sums = new Float64Array(COLUMNS);
  #before_ms = NaN;

  constructor(env: CollectEnvironment) {
    this.#clocks = clocksOf(env);
    this.#diskstats = cPath(`${env.proc}/diskstats`);
    this.#pressure = new Pressure(env.proc, "io", "disk", true);
    this.#disks = new CounterTable(MAX_DISKS, (name) => new Disk(name, env.sys));
  }

  sample(): Sample {
    const timestamp = this.#clocks.wall_ms() / 1000;
    const points = new Points();
    const now_ms = this.#clocks.now_ms();
    // A kernel without block devices has no such file.
    if (this.#reader.read(this.#diskstats)) this.#devices(points, now_ms - this.#before_ms);
    else if (!this.#reader.missing) throw this.#reader.failure(this.#diskstats);
    this.#before_ms = now_ms;
    this.#pressure.add(this.#reader, now_ms, points);
    return { timestamp, points: points.list };
  }

  #devices(points: Points, elapsed_ms: number): void {
    const fields = this.#fields.start(this.#reader.bytes, this.#reader.length);
    const sums = this.#sums.fill(0);
    while (fields.line()) this.#device(fields, points, elapsed_ms);
    if (elapsed_ms > 0) {
      points.add("disk.total.read_bytes_delta", sums[READ_SECTORS] * SECTOR_BYTES);
      points.add("disk.total.write_bytes_delta", sums[WRITTEN_SECTORS] * SECTOR_BYTES);
      points.add("disk.total.reads_delta", sums[READS]);
      points.add("disk.total.writes_delta", sums[WRITES]);
    }
    points.add("disk.left_out", this.#disks.beyond);
    this.#disks.sweep();
  }

  #device(fields: Fields, points: Points, elapsed_ms: number): void {
    fields.skip(2);
    const name = fields.text();
    if (name === "") return;
    const disk = this.#disks.row(name);
    if (disk === null || !disk.whole) return;
    const [before, grown] = [disk.before, this.#grown];
    let in_flight = NaN;
    let work = 0;
    for (let i = 0; i < COLUMNS; i++) {
      const now = fields.number();
      if (i === IN_FLIGHT) in_flight = now;
      if (i === READS || i === WRITES || i === DISCARDS) work += Number.isNaN(now) ? 0 : now;
      grown[i] = growth(before[i], now, WIDTHS[i]);
      before[i] = now;
    }
    // Loop and ram devices that nobody uses are many and never do anything.
    if (work === 0) return;
    disk.add(points, grown, in_flight, elapsed_ms);
    if (disk.stacked) return;
    for (const i of SUMMED) this.#sums[i] += Number.isNaN(grown[i]) ? 0 : grown[i];
  }
}

const DEVICE = "disk.<device>";

/** The collector `disk`. */
export const disks: CollectorEntry = {
  name: "disk",
  interval: "disk_interval",
  description: "Block devices: bytes, requests, times, queue, utilisation, pressure.",
  metrics: [
    delta(`${DEVICE}.read_bytes_delta`, "bytes", "Read from the device"),
    delta(`${DEVICE}.write_bytes_delta`, "bytes", "Written to the device"),
    delta(`${DEVICE}.reads_delta`, "requests", "Reads that ended"),
    delta(`${DEVICE}.writes_delta`, "requests", "Writes that ended"),
    mean(`${DEVICE}.await_ms`, "ms", "From the issue of a read or write to its end"),
    mean(`${DEVICE}.queue`, "requests", "Requests on their way"),
    share(`${DEVICE}.utilization`, "Time in which at least one request was on its way"),
    gauge(`${DEVICE}.in_flight`, "requests", "Requests on their way at the moment of the sample"),
    delta(`${DEVICE}.discard_bytes_delta`, "bytes", "Discarded; kernels since 4.18"),
    delta(`${DEVICE}.flushes_delta`, "requests", "Flushes that ended; kernels since 5.5"),
    delta("disk.total.read_bytes_delta", "bytes", "Read from all devices that are on no other"),
    delta("disk.total.write_bytes_delta", "bytes", "Written to all devices that are on no other"),
    delta("disk.total.reads_delta", "requests", "Reads of these that ended"),
    delta("disk.total.writes_delta", "requests", "Writes of these that ended"),
    gauge("disk.left_out", "devices", `Devices beyond the first ${MAX_DISKS}: they have no series`),
    ...pressureMetrics("disk", "I/O", true),
  ],
  make: (env) => new DiskCollector(env),
};
