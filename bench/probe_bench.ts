/**
 * What the kernel side costs one request on this processor: the raw tracepoint programs, run with
 * made arguments on a host without cifs, by the kernel's own statistics of BPF programs. The fentry
 * programs of the usual mode cannot run without cifs; they do the same work through the same functions.
 * @module
 */
import { SmbPrograms } from "../tests/support/smb_programs.ts";
import type { Benchmark, BenchOptions, Figure } from "./support/figure.ts";
import { median } from "./support/figure.ts";

const STATISTICS = "/proc/sys/kernel/bpf_stats_enabled";
const READ = 8;
/** Requests of a round. */
const REQUESTS = 2_000;
/** Longer than any request here takes. */
const NEVER_SLOW = 3_600_000_000_000n;

/** Median ns per request in the programs of its start and its end. */
function cost(programs: SmbPrograms, rounds: number): { start: number; end: number } {
  const starts: number[] = [];
  const ends: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const before = [programs.runTime("rt_cmd_enter"), programs.runTime("rt_cmd_done")];
    for (let i = 0; i < REQUESTS; i++) {
      const id = BigInt(round * REQUESTS + i);
      programs.enter(READ, id);
      programs.done(READ, id);
    }
    const after = [programs.runTime("rt_cmd_enter"), programs.runTime("rt_cmd_done")];
    const [start, end] = after.map((now, i) => (now.ns - before[i].ns) / REQUESTS);
    starts.push(start);
    ends.push(end);
    programs.rawRecords();
  }
  return { start: median(starts), end: median(ends) };
}

function run({ quick }: BenchOptions): Figure[] {
  const rounds = quick ? 5 : 31;
  const previous = Deno.readTextFileSync(STATISTICS);
  Deno.writeTextFileSync(STATISTICS, "1");
  try {
    const kinds = { "fast request": NEVER_SLOW, "slow request, put in the ring": 0n };
    return Object.entries(kinds).map(([name, threshold]) => {
      using programs = new SmbPrograms({ ring_bytes: 1 << 20, recorder_slots: 4096 });
      programs.setRules({ threshold_ns: threshold });
      const { start, end } = cost(programs, rounds);
      return {
        name: `in BPF programs, ${name}`,
        value: start + end,
        unit: "ns",
        detail: { start_ns: start, end_ns: end, rounds, requests: REQUESTS },
      };
    });
  } finally {
    Deno.writeTextFileSync(STATISTICS, previous);
  }
}

/** The kernel side, natively. */
export const probeBenchmark: Benchmark = {
  name: "probe",
  about: "time that the kernel side adds to a request on this processor",
  root: true,
  run,
};
