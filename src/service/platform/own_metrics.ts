/**
 * What the agent costs and does, as metrics like all others: processor time and memory of the whole
 * process, what its parts have done since the last look, run time of its BPF programs.
 * @module
 */
import type { ProgramTimes } from "../../bpf/program_time.ts";
import type { MetricDescriptor } from "../../collect/collector.ts";
import { delta, gauge, mean, share } from "../../collect/describe.ts";
import type { MetricPoint } from "../../stream/bus_event.ts";

/** Source of their events. */
export const OWN_SOURCE = "collector::aod";

const GAUGES = [
  gauge("aod.rss_bytes", "bytes", "Resident memory of the agent"),
  gauge("aod.bus_waiting", "events", "Events that wait for a subscriber of the bus"),
  gauge("aod.series", "keys", "Metric keys with points in memory"),
  gauge("aod.history_bytes", "bytes", "Size of the metrics on disk"),
  gauge("aod.api_streams_open", "streams", "Event streams that are open"),
] as const;

const DELTAS = [
  delta("aod.bus_events_delta", "events", "Events published on the bus"),
  delta("aod.bus_dropped_delta", "events", "Events that a subscriber of the bus lost"),
  delta("aod.detection_points_delta", "points", "Points and states of the host that were judged"),
  delta("aod.anomalies_delta", "anomalies", "Anomalies of metrics"),
  delta("aod.anomalies_unsaid_delta", "anomalies", "Anomalies of metrics left unsaid, too soon"),
  delta("aod.history_written_delta", "points", "Points written to disk"),
  delta("aod.history_dropped_delta", "points", "Points that were lost on the way to the disk"),
  delta("aod.api_requests_delta", "requests", "Requests that the API answered"),
  delta("aod.api_refused_delta", "requests", "Requests and connections that the API turned away"),
  delta("aod.smb_records_delta", "records", "Records of SMB taken from the ring"),
  delta("aod.smb_anomalies_delta", "anomalies", "Anomalies of SMB"),
  delta("aod.bundles_delta", "bundles", "Bundles sealed"),
  delta("aod.actions_delta", "actions", "Quick actions run"),
  delta("aod.actions_failed_delta", "actions", "Quick actions without success"),
  delta("aod.event_log_written_delta", "events", "Events of the kernel event log in its output"),
  delta("aod.restarts_delta", "restarts", "Workers started again"),
] as const;

const CPU = share("aod.cpu_percent", "Processor time of the agent, of one core");
const PROGRAM = "aod.bpf.<program>";

/** What {@linkcode OwnMetrics} gives. */
export const OWN_METRICS: readonly MetricDescriptor[] = [
  CPU,
  ...GAUGES,
  ...DELTAS,
  share(
    `${PROGRAM}.cpu_percent`,
    "Time in a BPF program, as smb.fe_mid_alloc, while the kernel counted it (ebpf.run_time), of one core",
  ),
  mean(`${PROGRAM}.run_us`, "us", "One run of it"),
];

/** Values by key that go up and down. */
export type OwnGauges = Readonly<Record<string, number>>;
/** Totals by the key that their growth gets. */
export type OwnTotals = Readonly<Record<string, number>>;

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

/** Measures the process that it runs in; what has grown it tells as growth. */
export class OwnMetrics {
  #before: { at_ms: number; seconds: number } | null = null;
  #totals: OwnTotals = {};
  #times: ProgramTimes | null = null;

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

  /** Points of this look; a total gives one from the second look on, while it grows or stays. */
  points({ cpu_percent, rss_bytes }: OwnCost, gauges: OwnGauges, totals: OwnTotals): MetricPoint[] {
    const points: MetricPoint[] = [];
    if (cpu_percent !== null) points.push({ key: CPU.key, value: cpu_percent });
    points.push({ key: "aod.rss_bytes", value: rss_bytes });
    for (const [key, value] of Object.entries(gauges)) points.push({ key, value });
    for (const [key, total] of Object.entries(totals)) {
      const before = this.#totals[key];
      if (before !== undefined && total >= before) points.push({ key, value: total - before });
    }
    this.#totals = totals;
    return points;
  }

  /** Points of what BPF programs cost since the last look; none while nothing was counted. */
  programPoints(times: ProgramTimes): MetricPoint[] {
    const before = this.#times;
    this.#times = times;
    const seconds = times.counted_sec - (before?.counted_sec ?? 0);
    if (!(seconds > 0)) return [];
    return times.programs.flatMap(({ object, program, run_time_ns, run_count }) => {
      if (run_count === 0) return []; // some run once at the load
      const old = before?.programs.find((p) => p.object === object && p.program === program);
      const runs = run_count - (old?.run_count ?? 0);
      const ns = run_time_ns - (old?.run_time_ns ?? 0);
      const key = PROGRAM.replace("<program>", `${object}.${program}`);
      const cpu = { key: `${key}.cpu_percent`, value: ns / 1e7 / seconds };
      return runs === 0 ? [cpu] : [cpu, { key: `${key}.run_us`, value: ns / runs / 1000 }];
    });
  }
}
