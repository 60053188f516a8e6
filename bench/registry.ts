/**
 * All benchmarks, in the order in which they run. A new one is a file and a line here.
 * @module
 */
import type { Benchmark } from "./support/figure.ts";
import { collectBenchmark } from "./collect_bench.ts";
import { decodeBenchmark } from "./decode_bench.ts";
import { eventLogFormatBenchmark } from "./event_log_format_bench.ts";
import { idleBenchmark } from "./idle_bench.ts";
import { probeBenchmark } from "./probe_bench.ts";
import { streamBenchmark } from "./stream_bench.ts";
import { latencyBenchmark } from "./detect_latency_bench.ts";
import { vmDetectBenchmark } from "./vm_detect_bench.ts";
import { vmIdleBenchmark } from "./vm_idle_bench.ts";
import { vmThroughputBenchmark } from "./vm_throughput_bench.ts";

/** Every benchmark. */
export const BENCHMARKS: Benchmark[] = [
  probeBenchmark,
  decodeBenchmark,
  streamBenchmark,
  eventLogFormatBenchmark,
  latencyBenchmark,
  collectBenchmark,
  idleBenchmark,
  vmDetectBenchmark,
  vmIdleBenchmark,
  vmThroughputBenchmark,
];
