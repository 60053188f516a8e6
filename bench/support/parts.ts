/**
 * The parts of aod that the benchmarks belong to, for the summary.
 * @module
 */

/** A part and its benchmarks. */
export interface BenchPart {
  /** For people. */
  title: string;
  /** Names of benchmarks. */
  benchmarks: readonly string[];
}

/** What is in none of them is shown as {@linkcode OTHER}. */
export const PARTS: readonly BenchPart[] = [
  {
    title: "Watching SMB",
    benchmarks: [
      ...["probe", "decode", "stream", "detect-latency", "collect", "idle", "vm-detect", "vm-idle"],
      "vm-throughput",
    ],
  },
  {
    title: "Kernel event log",
    benchmarks: [
      ...["event-log-format", "log-rw", "log-files", "log-captured", "log-exec", "log-filter"],
      ...["log-idle", "log-memory"],
    ],
  },
  {
    title: "Host monitoring platform",
    benchmarks: [
      ...["syscall-tracer", "block-tracer", "collectors", "learning", "anomaly-quality", "bus"],
      ...["history", "api", "platform-idle"],
    ],
  },
  { title: "Impact lab", benchmarks: ["lab", "vm-lab"] },
];

/** Title of what is in no part. */
export const OTHER = "Other";
