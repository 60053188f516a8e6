/**
 * What the block tracer adds to direct reads of 4 KiB from this machine's disk, by pairs in turns; and how
 * large the tracers' BPF objects are.
 * @module
 */
import { countProgramTime, programStats } from "../src/bpf/program_stats.ts";
import { loadBlockIo } from "../src/probe/block_io/load.ts";
import { loadExecMonitor } from "../src/probe/exec_monitor/load.ts";
import { loadSyscallTracer } from "../src/probe/syscall_tracer/load.ts";
import type { TracerProbe } from "../src/probe/tracer/handles.ts";
import { type Benchmark, type BenchOptions, type Figure, median } from "./support/figure.ts";
import { interval } from "./support/paired.ts";
import { DirectReads } from "./support/tracer/direct_reads.ts";

/** A pair is short, so that what changes on the disk changes for both. */
const READS = 2000;

/** The reads are a child's: nobody is left out. Otherwise the defaults. */
const COMMON = { ring_bytes: 64 * 4096, leave_out_self: false };

function tracer() {
  return loadBlockIo({ ...COMMON, slow_ms: 10, sample_every: 1000 });
}

async function traced(reads: DirectReads): Promise<number> {
  const probe = tracer();
  try {
    return await reads.run(READS);
  } finally {
    probe.close();
  }
}

async function slower(reads: DirectReads, pairs: number): Promise<Figure> {
  await reads.run(READS);
  const alone: number[] = [];
  const percent: number[] = [];
  for (let i = 0; i < pairs; i++) {
    const first = i % 2 === 0 ? await reads.run(READS) : NaN;
    const with_ns = await traced(reads);
    const without_ns = i % 2 === 0 ? first : await reads.run(READS);
    alone.push(without_ns);
    percent.push(100 * (with_ns / without_ns - 1));
  }
  const { low, high } = interval(percent);
  return {
    name: "direct reads of 4 KiB, slower by",
    value: median(percent),
    unit: "%",
    target: { at_most: 1 },
    detail: { alone_us: median(alone) / 1000, mean_low: low, mean_high: high, pairs },
  };
}

/** By the kernel's own count, which adds two reads of the clock to each run. */
async function runTime(reads: DirectReads): Promise<Figure> {
  const probe = tracer();
  try {
    using _counting = countProgramTime();
    await reads.run(5 * READS);
    const { block_issue, block_complete } = probe.handles.programs;
    const [issue, complete] = [block_issue, block_complete].map(programStats)
      .map(({ run_time_ns, run_count }) => Number(run_time_ns) / Number(run_count));
    return {
      name: "run time of both programs a request, by BPF_ENABLE_STATS",
      value: issue + complete,
      unit: "ns",
      detail: { issue_ns: issue, complete_ns: complete },
    };
  } finally {
    probe.close();
  }
}

/** Sizes of the object files. */
function objects(): Figure {
  const probes: [string, () => TracerProbe][] = [
    [
      "syscall_tracer",
      () => loadSyscallTracer({ ...COMMON, by: "comm", rows: 64, slow_ms: 10, sample_every: 0 }),
    ],
    ["exec_monitor", () => loadExecMonitor(COMMON)],
    ["block_io", tracer],
  ];
  const detail: Record<string, number> = {};
  let total = 0;
  for (const [name, load] of probes) {
    const probe = load();
    probe.close();
    detail[`${name}_bytes`] = probe.object_bytes;
    total += probe.object_bytes;
  }
  return { name: "BPF objects of the three tracers", value: total / 1024, unit: "KiB", detail };
}

async function run({ quick }: BenchOptions): Promise<Figure[]> {
  await using reads = await DirectReads.start();
  return [await slower(reads, quick ? 5 : 41), await runTime(reads), objects()];
}

/** The block tracer's price. */
export const blockTracerBenchmark: Benchmark = {
  name: "block-tracer",
  about: "block tracer: what direct reads pay; sizes of the tracers' BPF objects",
  root: true,
  run,
};
