/**
 * What logging costs a program that does nothing but read and write one byte, side by side with the
 * peers that are installed: time added to a call, and processor time of the logger per million events.
 *
 * The same workload runs alone and with aod in turns; the figure is the median of the differences.
 * Nothing can be hidden in the workload: a call takes about 150 ns. aod logs these calls of the whole
 * machine with result, duration and path; the peers log those of the one process.
 * @module
 */
import { aodTool } from "./support/event_log/aod.ts";
import { compare, figuresOf } from "./support/event_log/compare.ts";
import { partsOf } from "./support/event_log/parts.ts";
import type { Benchmark, BenchOptions, Figure } from "./support/figure.ts";

const CALLS = ["read", "write"];

async function run({ quick, say }: BenchOptions): Promise<Figure[]> {
  const tool = aodTool("aod trace", ["--only", CALLS.join(",")]);
  const compared = await compare({
    load: (calls) => ({ work: ["rw", calls], calls: CALLS }),
    calls: 1_000_000,
    // Slow ones get less to do.
    peerCalls: { "perf trace": 100_000, "strace -f": 20_000, auditd: 50_000 },
    tool,
    pairs: quick ? 3 : 9,
    peerRuns: quick ? 1 : 3,
    say,
  });
  const parts = await partsOf(["--only", CALLS.join(",")], ["rw", 1_000_000]);
  return [
    ...figuresOf(compared, {
      added_ns: 400,
      cpu_sec_per_million: 0.45,
      ratios: { "bpftrace printf": 15, "perf trace": 50 },
    }),
    ...parts,
  ];
}

/** Read and write. */
export const eventLogRwBenchmark: Benchmark = {
  name: "log-rw",
  about: "event log: reads and writes of 1 byte at full speed, and the peers that are installed",
  root: true,
  run,
};
