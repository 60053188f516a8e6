/**
 * How busy the host is: processors and memory in percent, by the agent's own collectors.
 * @module
 */
import { type CollectEnvironment, type Collector, HOST } from "../../collect/collector.ts";
import { cpu } from "../../collect/cpu.ts";
import { memory } from "../../collect/memory.ts";

/** What one look at the host gave. */
export interface SystemSample {
  /** Since the look before, all processors together: neither idle nor waiting for I/O. */
  cpu_percent: number;
  /** Memory in use, all but what is available. */
  memory_percent: number;
}

/** Looks at the host; each sample tells of the time since the one before. */
export class SystemUsage {
  readonly #cpu: Collector;
  readonly #memory: Collector;

  /**
   * Takes the first look, which the first sample is compared with.
   * @throws {Error} where /proc cannot be read
   */
  constructor(env: CollectEnvironment = HOST) {
    this.#cpu = cpu.make(env);
    this.#memory = memory.make(env);
    this.#cpu.sample();
  }

  /**
   * What was used since the look before. Less than a clock tick (10 ms) after it nothing can have
   * been counted, and `cpu_percent` is 0.
   */
  sample(): SystemSample {
    return {
      cpu_percent: valueOf(this.#cpu, "cpu.total") ?? 0,
      memory_percent: valueOf(this.#memory, "memory.percent") ?? 0,
    };
  }
}

function valueOf(collector: Collector, key: string): number | undefined {
  return collector.sample().points.find((point) => point.key === key)?.value;
}
