/**
 * Memory of `aod trace` at a million events a second, JSON to a file, default ring: the most that is
 * resident in 10 seconds. A mapped ring counts twice, since it is mapped twice in a row.
 * @module
 */
import { aodTool } from "./support/event_log/aod.ts";
import { captured } from "./support/event_log/compare.ts";
import { logged, nsPerCall } from "./support/event_log/measure.ts";
import type { Benchmark, BenchOptions, Figure } from "./support/figure.ts";

const RATE = 1_000_000;
const RING_MB = 32;

async function run({ quick }: BenchOptions): Promise<Figure[]> {
  const calls = RATE * (quick ? 3 : 10);
  const measured = await logged(
    { work: ["paced", calls, RATE], calls: ["read", "write"] },
    aodTool("aod trace", ["--only", "read,write"]),
  );
  return [
    {
      name: "RSS at most",
      value: measured.rss_bytes / 2 ** 20,
      unit: "MB",
      target: { at_most: 150 + 2 * RING_MB },
      detail: {
        events_per_sec: 1e9 / nsPerCall(measured.work),
        seconds: measured.work.wall_ns / 1e9,
        captured_percent: captured(measured),
      },
    },
    {
      name: "processor time per million events",
      value: measured.cpu_sec * 1e6 / measured.events,
      unit: "s",
    },
  ];
}

/** Memory. */
export const eventLogMemoryBenchmark: Benchmark = {
  name: "log-memory",
  about: "event log: memory at a million events a second",
  root: true,
  run,
};
