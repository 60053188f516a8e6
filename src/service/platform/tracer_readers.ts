/**
 * Reads the tracers that the main thread has loaded: events to the bus, histograms for Prometheus.
 * @module
 */
import type { MetricFamily } from "../../api/prometheus.ts";
import { reasonOf } from "../../os/reason.ts";
import { BlockIoReader } from "../../probe/block_io/reader.ts";
import { ExecMonitorReader } from "../../probe/exec_monitor/reader.ts";
import { SyscallTracerReader } from "../../probe/syscall_tracer/reader.ts";
import type { TracerEvent, TracerLedger } from "../../probe/tracer/event.ts";
import type { PlatformFault, TracerName, TracerSources } from "./messages.ts";
import type { Pipeline } from "./pipeline.ts";
import { TracerHistograms } from "./tracer_histograms.ts";

/** Events of one look; what is left waits in the ring. */
const MOST_EVENTS = 2000;
const POLL_MS = 250;

interface Reader {
  poll(limit: number): TracerEvent[];
  ledger(): TracerLedger;
  close(): void;
}

interface Reading {
  id: number;
  reader: Reader;
  /** Takes the histograms. */
  count: () => void;
}

/** What it works with. */
export interface TracerReadersOptions {
  /** Where events go. */
  pipeline: () => Pipeline;
  /** Told of what does not work. */
  log: (text: string) => void;
}

/** Readers of one worker. */
export class TracerReaders {
  readonly #options: TracerReadersOptions;
  readonly #readings = new Map<TracerName, Reading>();
  readonly #histograms = new TracerHistograms();
  #timer: ReturnType<typeof setInterval> | null = null;
  /** Tracers that cannot be read. */
  readonly faults: PlatformFault[] = [];

  /** Reads nothing yet. */
  constructor(options: TracerReadersOptions) {
    this.#options = options;
  }

  /** Tracers that are read. */
  get names(): TracerName[] {
    return [...this.#readings.keys()];
  }

  /** Reads these from now on, and lets go of the others. */
  apply(sources: TracerSources): void {
    for (const [name, { id }] of [...this.#readings]) {
      if (sources[name]?.id !== id) this.#end(name);
    }
    this.faults.length = 0;
    const { syscall, exec, block_io } = sources;
    const nextId = () => this.#options.pipeline().nextId();
    if (syscall !== undefined) {
      this.#begin("syscall", syscall.id, () => {
        const reader = new SyscallTracerReader(syscall.handles, nextId);
        return { reader, count: () => this.#histograms.syscalls(reader.snapshot()) };
      });
    }
    if (exec !== undefined) {
      this.#begin("exec", exec.id, () => {
        return { reader: new ExecMonitorReader(exec.handles, nextId), count: () => {} };
      });
    }
    if (block_io !== undefined) {
      this.#begin("block_io", block_io.id, () => {
        const reader = new BlockIoReader(block_io.handles, nextId);
        return { reader, count: () => this.#histograms.blocks(reader.snapshot()) };
      });
    }
    if (this.#readings.size > 0) this.#timer ??= setInterval(() => this.#poll(), POLL_MS);
    else if (this.#timer !== null) {
      clearInterval(this.#timer);
      this.#timer = null;
    }
  }

  /** What became of everything, by tracer. */
  ledgers(): Partial<Record<TracerName, TracerLedger>> {
    return Object.fromEntries([...this.#readings].map(([name, { reader }]) => [
      name,
      reader.ledger(),
    ]));
  }

  /** Histograms and ledgers. */
  families(): MetricFamily[] {
    this.#count();
    return this.#histograms.families(this.ledgers());
  }

  #begin(name: TracerName, id: number, open: () => Omit<Reading, "id">): void {
    if (this.#readings.has(name)) return;
    try {
      this.#readings.set(name, { id, ...open() });
    } catch (error) {
      const reason = `Cannot read it: because ${reasonOf(error)}`;
      this.faults.push({ part: name, reason });
      this.#options.log(`${name}: ${reason}`);
    }
  }

  #end(name: TracerName): void {
    const reading = this.#readings.get(name);
    this.#readings.delete(name);
    reading?.reader.close();
  }

  #poll(): void {
    const { bus } = this.#options.pipeline();
    for (const [name, { reader }] of [...this.#readings]) {
      try {
        for (const event of reader.poll(MOST_EVENTS)) bus.publish(event);
      } catch (error) {
        const reason = `Cannot read it: because ${reasonOf(error)}`;
        this.#end(name);
        this.faults.push({ part: name, reason });
        this.#options.log(`${name}: ${reason}`);
      }
    }
  }

  #count(): void {
    for (const { count } of this.#readings.values()) count();
  }
}
