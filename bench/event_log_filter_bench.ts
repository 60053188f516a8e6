/**
 * What calls pay that nobody logs, while others are logged: getpid with the file class on; and what a
 * logged kind of call pays that a filter leaves out: reads and writes of another process.
 * @module
 */
import { AodTrace } from "./support/event_log/aod.ts";
import { bare, nsPerCall } from "./support/event_log/measure.ts";
import { niceness, Work } from "./support/event_log/work.ts";
import { type Benchmark, type BenchOptions, type Figure, median } from "./support/figure.ts";

const CALLS = 2_000_000;

/** Nanoseconds added to a call of `mode`, by pairs in turns. */
async function added(mode: string, args: string[], pairs: number): Promise<Figure["detail"]> {
  const load = { work: [mode, CALLS], calls: [] };
  const alone: number[] = [];
  const more: number[] = [];
  for (let i = 0; i < pairs; i++) {
    const dir = Deno.makeTempDirSync({ prefix: "aod-bench-" });
    try {
      const first = i % 2 === 0 ? nsPerCall(await bare(load)) : NaN;
      const trace = await AodTrace.start(dir, args);
      await using work = await Work.start(mode, CALLS);
      const logged = nsPerCall(await work.run());
      await trace.stop();
      const without = i % 2 === 0 ? first : nsPerCall(await bare(load));
      alone.push(without);
      more.push(logged - without);
    } finally {
      Deno.removeSync(dir, { recursive: true });
    }
  }
  return {
    added_ns: median(more),
    alone_ns: median(alone),
    pairs,
    least_ns: Math.min(...more),
    most_ns: Math.max(...more),
    nice: niceness(),
  };
}

async function run({ quick }: BenchOptions): Promise<Figure[]> {
  const pairs = quick ? 3 : 7;
  const cases: [string, string, string[]][] = [
    ["a call of no logged kind (getpid, file class on)", "getpid", ["-e", "file"]],
    ["the same with process events that are no calls (exit)", "getpid", ["--only", "exit"]],
    ["a read or write that --pid leaves out", "rw", ["--only", "read,write", "--pid", "1"]],
    ["a read or write that --uid leaves out", "rw", ["--only", "read,write", "--uid", "4242"]],
  ];
  const figures: Figure[] = [];
  for (const [name, mode, args] of cases) {
    const detail = await added(mode, args, pairs);
    figures.push({ name: `added to ${name}`, value: Number(detail?.added_ns), unit: "ns", detail });
  }
  return figures;
}

/** A filter's price. */
export const eventLogFilterBenchmark: Benchmark = {
  name: "log-filter",
  about: "event log: what calls pay that are not logged",
  root: true,
  run,
};
