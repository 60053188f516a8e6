/**
 * What the block tracer adds to direct reads of 4 KiB from this machine's disk, and how large the tracers'
 * BPF objects are.
 *
 * The disk of a virtual machine is slower by more than the tracer's part from one second to the next, so
 * that stretches of some 20 ms with the tracer and without follow each other, hundreds of pairs of them,
 * with the same reads at the same places. A stretch is told by its median: a read that waited for someone
 * else says nothing of the tracer. The programs stay loaded and are attached and detached between the
 * stretches.
 * @module
 */
import { countProgramTime, programStats } from "../src/bpf/program_stats.ts";
import { mapArrayMmap } from "../src/bpf/map.ts";
import { BLOCK_CONFIG_BYTES, BLOCK_CONFIG_OFFSET } from "../src/probe/block_io/layout.gen.ts";
import { loadBlockIo } from "../src/probe/block_io/load.ts";
import { loadExecMonitor } from "../src/probe/exec_monitor/load.ts";
import { loadSyscallTracer } from "../src/probe/syscall_tracer/load.ts";
import type { TracerProbe } from "../src/probe/tracer/handles.ts";
import { type Benchmark, type BenchOptions, type Figure, median } from "./support/figure.ts";
import { interval } from "./support/paired.ts";
import { DirectReads, type ReadTimes } from "./support/tracer/direct_reads.ts";

/** Of a stretch. */
const READS = 200;
/** For the kernel's own count. */
const COUNTED_READS = 10_000;

/** The reads are a child's: it must not be left out. Otherwise the defaults. */
const COMMON = { ring_bytes: 64 * 4096, leave_out_self: false };
/** Larger than any thread group id: everybody is asked whether it is of this one, nobody is. */
const NOBODY = 0x7fff_ffff;

function tracer() {
  const probe = loadBlockIo({ ...COMMON, slow_ms: 10, sample_every: 1000 });
  const memory = mapArrayMmap(probe.handles.maps.block_config, BLOCK_CONFIG_BYTES, true);
  new DataView(memory.buffer).setUint32(BLOCK_CONFIG_OFFSET.own_tgid, NOBODY, true);
  memory.unmap();
  return probe;
}

async function slower(reads: DirectReads, pairs: number): Promise<Figure> {
  const probe = tracer();
  const [alone, by_median, by_mean]: number[][] = [[], [], []];
  try {
    probe.stop();
    await reads.run(READS);
    const traced = async (): Promise<ReadTimes> => {
      probe.start();
      try {
        return await reads.run(READS);
      } finally {
        probe.stop();
      }
    };
    for (let i = 0; i < pairs; i++) {
      const first = i % 2 === 0 ? await reads.run(READS) : null;
      const on = await traced();
      const off = first ?? await reads.run(READS);
      alone.push(off.median_ns);
      by_median.push(100 * (on.median_ns / off.median_ns - 1));
      by_mean.push(100 * (on.mean_ns / off.mean_ns - 1));
    }
  } finally {
    probe.close();
  }
  const { mean, low, high } = interval(by_median);
  const wall = interval(by_mean);
  return {
    name: "direct reads of 4 KiB, slower by",
    value: mean,
    unit: "%",
    target: { at_most: 1 },
    detail: {
      ...{ low_95: low, high_95: high, pairs, read_us: median(alone) / 1000 },
      ...{ mean_of_all_low_95: wall.low, mean_of_all_high_95: wall.high },
    },
  };
}

/** By the kernel's own count, which adds two reads of the clock to each run. */
async function runTime(reads: DirectReads): Promise<Figure> {
  const probe = tracer();
  try {
    using _counting = countProgramTime();
    await reads.run(COUNTED_READS);
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
  return [await slower(reads, quick ? 60 : 2000), await runTime(reads), objects()];
}

/** The block tracer's price. */
export const blockTracerBenchmark: Benchmark = {
  name: "block-tracer",
  about: "block tracer: what direct reads pay; sizes of the tracers' BPF objects",
  root: true,
  run,
};
