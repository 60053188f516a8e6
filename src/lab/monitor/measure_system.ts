/**
 * `aod lab monitor`: processors and memory of the host, and of one process if asked for.
 * @module
 */
import { COLUMN } from "../csv/format.ts";
import { ProcessUsage } from "./process_usage.ts";
import type { Measurement } from "./session.ts";
import { SystemUsage } from "./system_usage.ts";

const SYSTEM_COLUMNS = [COLUMN.cpu, COLUMN.memory];
const PROCESS_COLUMNS = ["Process_CPU_Percent", "Process_RSS_MB"];

/**
 * Begins to measure the host.
 * @param pid a process that is measured as well; its cells are empty once it has ended
 * @throws {Error} when there is no such process or /proc cannot be read
 */
export function measureSystem(pid: number | null): Measurement {
  const process = pid === null ? null : new ProcessUsage(pid);
  const system = new SystemUsage();
  return {
    columns: process === null ? SYSTEM_COLUMNS : [...SYSTEM_COLUMNS, ...PROCESS_COLUMNS],
    at_once: false,
    measure: (say) => {
      const { cpu_percent, memory_percent } = system.sample();
      const cells: (number | null)[] = [cpu_percent, memory_percent];
      let text = `CPU ${cpu_percent.toFixed(1)} %, memory ${memory_percent.toFixed(1)} %`;
      if (process !== null) {
        const ended = process.ended;
        const used = process.sample();
        if (used === null && !ended) say(`pid ${process.pid} has ended: its cells stay empty`);
        cells.push(used?.cpu_percent ?? null, used?.rss_mb ?? null);
        if (used !== null) {
          text += `, pid ${process.pid} ${used.cpu_percent.toFixed(1)} % of a core`;
        }
      }
      return { cells, text };
    },
  };
}
