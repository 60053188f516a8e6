/**
 * What logging costs a program that opens, stats and closes one file, side by side with the peers
 * that are installed. Three events a round, one of them with the name, two with the path.
 * @module
 */
import { aodTool } from "./support/event_log/aod.ts";
import { compare, figuresOf } from "./support/event_log/compare.ts";
import { partsOf } from "./support/event_log/parts.ts";
import type { Benchmark, BenchOptions, Figure } from "./support/figure.ts";

const CALLS = ["openat", "newfstatat", "close"];
const TYPES = "open,stat,close";

async function run({ quick, say }: BenchOptions): Promise<Figure[]> {
  const dir = Deno.makeTempDirSync({ prefix: "aod-bench-" });
  const file = `${dir}/file`;
  Deno.writeTextFileSync(file, "");
  try {
    const compared = await compare({
      load: (calls) => ({ work: ["files", calls, file], calls: CALLS }),
      calls: 900_000,
      peerCalls: {
        "bpftrace printf": 300_000,
        "perf trace": 60_000,
        "strace -f": 15_000,
        auditd: 30_000,
      },
      tool: aodTool("aod trace", ["--only", TYPES]),
      pairs: quick ? 3 : 9,
      peerRuns: quick ? 1 : 3,
      say,
    });
    const parts = await partsOf(["--only", TYPES], ["files", 900_000, file]);
    return [...figuresOf(compared, { added_ns: 500, ratios: {} }), ...parts];
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

/** Open, stat and close. */
export const eventLogFilesBenchmark: Benchmark = {
  name: "log-files",
  about: "event log: open, stat and close of one file, and the peers that are installed",
  root: true,
  run,
};
