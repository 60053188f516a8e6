/**
 * The host monitoring platform: `ebpf`, `collectors`, `ml`, `logging`, `bus`, `history`, `budget`.
 * Keys and defaults of the first four are those of the system that this one replaces.
 * @module
 */
import * as z from "zod";
import { absolutePath, choice, type FieldInfo, flag, number } from "./fields.ts";

const mapping = { error: "a mapping" };

/**
 * A path that may be left out.
 * @internal
 */
export function optionalPath(info: FieldInfo): z.ZodOptional<z.ZodString> {
  const schema = absolutePath(info);
  return schema.optional().meta(schema.meta() ?? {});
}

/**
 * Whether a section is in force: true where the section is there, false where it is not.
 * @internal
 */
export function sectionSwitch(what: string): z.ZodOptional<z.ZodBoolean> {
  return z.boolean({ error: "true or false" }).optional().meta({
    description: `${what} A section that is there is on unless this says false.`,
    allowed: "true or false",
    apply: "reload",
    since: "0.1.0",
  });
}

/**
 * `ebpf`: tracers of the kernel.
 * @ignore inferred type
 */
export const ebpf = z.strictObject({
  enable_syscall_trace: flag(false, {
    description: "Trace system calls: latencies by call and process, and slow calls as events.",
  }),
  enable_exec_monitor: flag(false, {
    description: "Trace processes: fork, exec with its arguments, exit with code and lifetime.",
  }),
  enable_io_monitor: flag(false, {
    description: "Trace block I/O: latencies by device and operation, and slow requests as events.",
  }),
  buffer_pages: number({ min: 1, max: 65_536, powerOfTwo: true }, 64, {
    unit: "pages (4096 bytes)",
    description: "Size of each tracer's own ring buffer. A change loads the tracers anew.",
  }),
  slow_ms: number({ min: 0.001, max: 3_600_000 }, 10, {
    unit: "ms",
    description: "A system call or block request that took so long or longer is an event.",
  }),
  sample_every: number({ min: 0, max: 1_000_000_000, integer: true }, 1000, {
    unit: "calls",
    description: "One system call in so many is an event however fast it was; 0: none.",
  }),
  run_time: choice(["never", "sampled", "always"], "sampled", {
    description:
      "When the kernel counts what each of the agent's BPF programs costs, which makes every run of every BPF program on the machine slower (by 80 to 150 ns on a virtual machine): never, for one second when /metrics or /stats is asked for (every 30 s at most), or all the time.",
  }),
}, mapping);

const interval = (fallback: number, what: string) =>
  number({ min: 0.1, max: 3600 }, fallback, {
    unit: "s",
    description: `Time between two looks at ${what}.`,
  });

/**
 * `collectors`: metrics of the host.
 * @ignore inferred type
 */
export const collectors = z.strictObject({
  enabled: sectionSwitch("Measure the host."),
  cpu_interval: interval(1, "processors, load and pressure"),
  memory_interval: interval(1, "memory, swap and pressure"),
  disk_interval: interval(2, "block devices"),
  network_interval: interval(2, "network interfaces and TCP"),
  process_interval: interval(3, "processes"),
  smb_interval: interval(2, "the sessions and counts of the CIFS client"),
}, mapping);

/**
 * `ml`: learned anomalies and trends.
 * @ignore inferred type
 */
export const ml = z.strictObject({
  enabled: sectionSwitch("Look for anomalies in the metrics."),
  anomaly_threshold: number({ min: 0.5, max: 1 }, 0.7, {
    description:
      "Score of the isolation forest (0.5 is usual, 1 is as odd as can be) from which a state of the host is an anomaly.",
  }),
  enable_trend_prediction: flag(true, {
    description: "Slope and direction of every metric, and when a limit will be reached.",
  }),
  enable_robust_detection: flag(false, {
    description:
      "Compare each metric with its median too, by the median absolute deviation (method `robust`): what a few wild values cannot move. Takes twice the memory of a metric.",
  }),
  history_window_size: number({ min: 30, max: 100_000, integer: true }, 1000, {
    unit: "points",
    description: "Points of each metric that are kept in memory.",
  }),
}, mapping);

/**
 * `logging`: the agent's own log on stderr.
 * @ignore inferred type
 */
export const logging = z.strictObject({
  level: choice(["DEBUG", "INFO", "WARNING", "ERROR"], "INFO", {
    description: "Least level that is written. AOD_LOG_LEVEL overrides it.",
  }),
  verbose: flag(false, { description: "Write everything, as level DEBUG does." }),
}, mapping);

/**
 * `bus`: events between the parts of the platform.
 * @ignore inferred type
 */
export const bus = z.strictObject({
  buffer_size: number({ min: 16, max: 1_000_000, integer: true }, 10_000, {
    unit: "events",
    description: "Events that may wait for a subscriber; what is dropped is counted for each.",
  }),
  on_full: choice(["drop_oldest", "drop_newest"], "drop_oldest", {
    description: "Which event goes when no more may wait.",
  }),
}, mapping);

/**
 * `history`: metrics on disk, so that a restart keeps them.
 * @ignore inferred type
 */
export const history = z.strictObject({
  enabled: flag(false, { description: "Keep the metrics on disk (SQLite)." }),
  directory: optionalPath({
    description: "Directory of the files. Without it `history/` below aod_output_dir.",
  }),
  raw_hours: number({ min: 0.1, max: 8760 }, 24, {
    unit: "h",
    description: "How long every point stays.",
  }),
  rollup_days: number({ min: 0.01, max: 3650 }, 30, {
    unit: "days",
    description: "How long the roll-ups of one minute stay.",
  }),
  max_mb: number({ min: 8, max: 1_048_576 }, 512, {
    unit: "MB (2^20 bytes)",
    description: "Size of all files beyond which the oldest points go.",
  }),
  flush_interval: number({ min: 1, max: 3600 }, 10, {
    unit: "s",
    description: "Time between two writes: what a crash loses at most.",
  }),
}, mapping);

/**
 * `budget`: what the agent may cost.
 * @ignore inferred type
 */
export const budget = z.strictObject({
  cpu_percent: number({ min: 0, max: 100_000 }, 10, {
    unit: "% of one core",
    description:
      "Over this for a minute, optional work is shed: tracers, then learning, then collectors; watching SMB never. 0: no limit.",
  }),
  rss_mb: number({ min: 0, max: 1_048_576 }, 512, {
    unit: "MB (2^20 bytes)",
    description: "The same for resident memory. 0: no limit.",
  }),
}, mapping);
