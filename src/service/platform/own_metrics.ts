/**
 * What the agent costs: processor time and memory of the whole process, as metrics like all others.
 * @module
 */
import type { MetricDescriptor } from "../../collect/collector.ts";
import { gauge, share } from "../../collect/describe.ts";
import type { MetricPoint } from "../../stream/bus_event.ts";

/** Source of their events. */
export const OWN_SOURCE = "collector::aod";

/** What {@linkcode OwnMetrics} gives. */
export const OWN_METRICS: readonly MetricDescriptor[] = [
  share("aod.cpu_percent", "Processor time of the agent, of one core"),
  gauge("aod.rss_bytes", "bytes", "Resident memory of the agent"),
  gauge("aod.bus_waiting", "events", "Events that wait for a subscriber of the bus"),
  gauge("aod.series", "keys", "Metric keys with points in memory"),
];

/** USER_HZ of every architecture that Linux has today (times(2)). */
const TICKS_PER_SEC = 100;
/** utime and stime of /proc/PID/stat are the 12th and 13th field after the name (proc(5)). */
const [UTIME, STIME] = [11, 12];

/** Processor time of a process from its /proc/PID/stat, in seconds. @throws Error for another form */
export function cpuSeconds(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  const seconds = (Number(fields[UTIME]) + Number(fields[STIME])) / TICKS_PER_SEC;
  if (!Number.isFinite(seconds)) throw new Error("Cannot read the processor time: of its form");
  return seconds;
}

/** Processor time of this process, all threads, in seconds. */
export function ownCpuSeconds(): number {
  return cpuSeconds(Deno.readTextFileSync("/proc/self/stat"));
}

/** What the agent cost since it was asked before. */
export interface OwnCost {
  /** Of one core, since the time before; null the first time. */
  cpu_percent: number | null;
  /** Now. */
  rss_bytes: number;
}

/** Measures the process that it runs in. */
export class OwnMetrics {
  #before: { at_ms: number; seconds: number } | null = null;

  /** Measures now. */
  cost(now_ms: number = performance.now()): OwnCost {
    const seconds = ownCpuSeconds();
    const before = this.#before;
    this.#before = { at_ms: now_ms, seconds };
    const cpu_percent = before === null || now_ms <= before.at_ms
      ? null
      : (seconds - before.seconds) * 100_000 / (now_ms - before.at_ms);
    return { cpu_percent, rss_bytes: Deno.memoryUsage().rss };
  }
}

/** The points of a cost. */
export function ownPoints(
  { cpu_percent, rss_bytes }: OwnCost,
  more: { waiting: number; series: number },
): MetricPoint[] {
  const points = [
    { key: "aod.rss_bytes", value: rss_bytes },
    { key: "aod.bus_waiting", value: more.waiting },
    { key: "aod.series", value: more.series },
  ];
  if (cpu_percent !== null) points.unshift({ key: "aod.cpu_percent", value: cpu_percent });
  return points;
}
