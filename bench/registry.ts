/**
 * All benchmarks, in the order in which they run. A new one is a file and a line here.
 * @module
 */
import type { Benchmark } from "./support/figure.ts";
import { anomalyQualityBenchmark } from "./anomaly_quality_bench.ts";
import { apiBenchmark } from "./api_bench.ts";
import { busBenchmark } from "./bus_bench.ts";
import { collectBenchmark } from "./collect_bench.ts";
import { collectorsBenchmark } from "./collectors_bench.ts";
import { decodeBenchmark } from "./decode_bench.ts";
import { eventLogFormatBenchmark } from "./event_log_format_bench.ts";
import { eventLogCapturedBenchmark } from "./event_log_captured_bench.ts";
import { eventLogExecBenchmark } from "./event_log_exec_bench.ts";
import { eventLogFilesBenchmark } from "./event_log_files_bench.ts";
import { eventLogFilterBenchmark } from "./event_log_filter_bench.ts";
import { eventLogIdleBenchmark } from "./event_log_idle_bench.ts";
import { eventLogMemoryBenchmark } from "./event_log_memory_bench.ts";
import { eventLogRwBenchmark } from "./event_log_rw_bench.ts";
import { forestBenchmark } from "./forest_bench.ts";
import { historyBenchmark } from "./history_bench.ts";
import { blockTracerBenchmark } from "./block_tracer_bench.ts";
import { idleBenchmark } from "./idle_bench.ts";
import { labBenchmark } from "./lab_bench.ts";
import { platformIdleBenchmark } from "./platform_idle_bench.ts";
import { probeBenchmark } from "./probe_bench.ts";
import { syscallTracerBenchmark } from "./syscall_tracer_bench.ts";
import { streamBenchmark } from "./stream_bench.ts";
import { latencyBenchmark } from "./detect_latency_bench.ts";
import { vmDetectBenchmark } from "./vm_detect_bench.ts";
import { vmIdleBenchmark } from "./vm_idle_bench.ts";
import { vmLabBenchmark } from "./vm_lab_bench.ts";
import { vmThroughputBenchmark } from "./vm_throughput_bench.ts";

/** Every benchmark. */
export const BENCHMARKS: Benchmark[] = [
  probeBenchmark,
  decodeBenchmark,
  streamBenchmark,
  eventLogFormatBenchmark,
  eventLogRwBenchmark,
  eventLogFilesBenchmark,
  eventLogCapturedBenchmark,
  eventLogExecBenchmark,
  eventLogFilterBenchmark,
  eventLogIdleBenchmark,
  eventLogMemoryBenchmark,
  syscallTracerBenchmark,
  blockTracerBenchmark,
  latencyBenchmark,
  collectBenchmark,
  forestBenchmark,
  anomalyQualityBenchmark,
  collectorsBenchmark,
  busBenchmark,
  historyBenchmark,
  apiBenchmark,
  idleBenchmark,
  platformIdleBenchmark,
  labBenchmark,
  vmDetectBenchmark,
  vmIdleBenchmark,
  vmThroughputBenchmark,
  vmLabBenchmark,
];
