/**
 * What the syscall tracer adds to a syscall (getpid in a loop, processor time of the thread), and what
 * it costs the agent to read it at 100,000 syscalls a second.
 * @module
 */
import process from "node:process";
import { countProgramTime, programStats } from "../src/bpf/program_stats.ts";
import { loadSyscallTracer } from "../src/probe/syscall_tracer/load.ts";
import { SyscallTracerReader } from "../src/probe/syscall_tracer/reader.ts";
import { eventIds } from "../src/stream/bus_event.ts";
import { niceness, Work, type WorkResult } from "./support/event_log/work.ts";
import { type Benchmark, type BenchOptions, type Figure, median } from "./support/figure.ts";

const CALLS = 3_000_000;
const RATE = 100_000;
/** The work is a child of the benchmark: nobody is left out. Otherwise the defaults. */
const OPTIONS = {
  ring_bytes: 64 * 4096,
  leave_out_self: false,
  by: "comm",
  rows: 4096,
  slow_ms: 10,
  sample_every: 1000,
} as const;

/** Loaded, until disposed of. */
function tracer(): Disposable & { reader: SyscallTracerReader; programs: number[]; bytes: number } {
  const probe = loadSyscallTracer(OPTIONS);
  const reader = new SyscallTracerReader(probe.handles, eventIds());
  const { sys_enter, sys_exit } = probe.handles.programs;
  return {
    reader,
    programs: [sys_enter, sys_exit],
    bytes: probe.object_bytes,
    [Symbol.dispose]() {
      reader.close();
      probe.close();
    },
  };
}

async function getpids(): Promise<WorkResult> {
  await using work = await Work.start("getpid", CALLS);
  return await work.run();
}

const perCall = ({ cpu_ns, calls }: WorkResult) => cpu_ns / calls;

async function added(pairs: number): Promise<Figure> {
  const alone: number[] = [];
  const more: number[] = [];
  for (let i = 0; i < pairs; i++) {
    const before = i % 2 === 0 ? perCall(await getpids()) : NaN;
    const traced = await (async () => {
      using _tracer = tracer();
      return perCall(await getpids());
    })();
    const without = i % 2 === 0 ? before : perCall(await getpids());
    alone.push(without);
    more.push(traced - without);
  }
  return {
    name: "added to a syscall (getpid)",
    value: median(more),
    unit: "ns",
    target: { at_most: 200 },
    detail: {
      alone_ns: median(alone),
      least_ns: Math.min(...more),
      most_ns: Math.max(...more),
      pairs,
      nice: niceness(),
    },
  };
}

/** By the kernel's own count, which adds two reads of the clock to each run. */
async function runTime(): Promise<Figure> {
  using traced = tracer();
  using _counting = countProgramTime();
  await getpids();
  const stats = traced.programs.map(programStats);
  const each = stats.map(({ run_time_ns, run_count }) => Number(run_time_ns) / Number(run_count));
  return {
    name: "run time of both programs, by BPF_ENABLE_STATS",
    value: each[0] + each[1],
    unit: "ns",
    detail: { enter_ns: each[0], exit_ns: each[1] },
  };
}

/** What `ebpf.run_time` costs while the kernel counts; a call runs two programs. */
async function counting(pairs: number): Promise<Figure> {
  const more: number[] = [];
  using _tracer = tracer();
  for (let i = 0; i < pairs; i++) {
    const without = perCall(await getpids());
    using _counting = countProgramTime();
    more.push((perCall(await getpids()) - without) / 2);
  }
  return {
    name: "counting run time (ebpf.run_time), added to a run of a BPF program",
    value: median(more),
    unit: "ns",
    detail: { least_ns: Math.min(...more), most_ns: Math.max(...more), pairs },
  };
}

async function agent(seconds: number): Promise<Figure> {
  using traced = tracer();
  await using work = await Work.start("paced", RATE * seconds, RATE);
  const ended = work.run();
  let running = true;
  ended.finally(() => running = false).catch(() => {});
  let calls = 0;
  let events = 0;
  let polls = 0;
  const begin = performance.now();
  const before = processCpuUs();
  while (running) {
    await Promise.race([ended, new Promise((resolve) => setTimeout(resolve, 1000))]);
    events += traced.reader.poll(10_000).length;
    for (const row of traced.reader.snapshot()) calls += row.calls;
    polls++;
  }
  const cpu_sec = (processCpuUs() - before) / 1e6;
  const elapsed_sec = (performance.now() - begin) / 1000;
  return {
    name: "agent at 100k syscalls/s, of a core",
    value: 100 * cpu_sec / elapsed_sec,
    unit: "%",
    target: { at_most: 2 },
    detail: { calls_per_sec: calls / elapsed_sec, events, polls, seconds: elapsed_sec },
  };
}

/** Processor time of this process, all threads. */
function processCpuUs(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

async function run({ quick }: BenchOptions): Promise<Figure[]> {
  const object: Figure = {
    name: "BPF object",
    value: (() => {
      using traced = tracer();
      return traced.bytes / 1024;
    })(),
    unit: "KiB",
  };
  return [
    await added(quick ? 3 : 9),
    await runTime(),
    await counting(quick ? 3 : 9),
    await agent(quick ? 3 : 20),
    object,
  ];
}

/** The syscall tracer's price. */
export const syscallTracerBenchmark: Benchmark = {
  name: "syscall-tracer",
  about: "syscall tracer: what a call pays, and what reading costs",
  root: true,
  run,
};
