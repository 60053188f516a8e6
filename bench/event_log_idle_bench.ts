/**
 * What the event log costs while little happens: processor time of `aod trace` with all types on, on
 * a machine that does what an idle one does; and memory.
 * @module
 */
import { AodTrace } from "./support/event_log/aod.ts";
import { rest } from "./support/event_log/tool.ts";
import type { Benchmark, BenchOptions, Figure } from "./support/figure.ts";

const SETTLE_MS = 15_000;

/** Seconds that all processors have worked. */
function busySec(): number {
  const [user, nice, system, , , irq, softirq] = Deno.readTextFileSync("/proc/stat")
    .split("\n")[0].trim().split(/\s+/).slice(1).map(Number);
  return (user + nice + system + irq + softirq) / 100;
}

/** Processor time of every thread by schedstat, in seconds: finer than ticks. */
function threadsSec(pid: number): number {
  let sum = 0;
  for (const { name } of Deno.readDirSync(`/proc/${pid}/task`)) {
    const text = Deno.readTextFileSync(`/proc/${pid}/task/${name}/schedstat`);
    sum += Number(text.split(" ")[0]);
  }
  return sum / 1e9;
}

async function run({ quick, say }: BenchOptions): Promise<Figure[]> {
  const dir = Deno.makeTempDirSync({ prefix: "aod-bench-" });
  try {
    const trace = await AodTrace.start(dir, ["-e", "all"]);
    const seconds = quick ? 10 : 60;
    say(`  settles for ${SETTLE_MS / 1000} s, then measured for ${seconds} s`);
    await rest(SETTLE_MS);
    const linesBefore = Deno.statSync(`${dir}/events.jsonl`).size;
    const [cpu, busy, begun] = [threadsSec(trace.process.pid), busySec(), performance.now()];
    await rest(seconds * 1000);
    const took = (performance.now() - begun) / 1000;
    const percent = (threadsSec(trace.process.pid) - cpu) * 100 / took;
    const others = Math.max(0, (busySec() - busy) / took - percent / 100);
    const bytes = Deno.statSync(`${dir}/events.jsonl`).size - linesBefore;
    const rss = trace.rssBytes();
    await trace.stop();
    return [
      {
        name: "all types on, little happens",
        value: percent,
        unit: "% of a core",
        target: { at_most: 1 },
        detail: {
          seconds,
          output_bytes_per_sec: bytes / took,
          other_work_cores: others,
          written: trace.ledger?.written ?? 0,
        },
      },
      { name: "RSS meanwhile", value: rss / 2 ** 20, unit: "MB" },
    ];
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

/** Little happens. */
export const eventLogIdleBenchmark: Benchmark = {
  name: "log-idle",
  about: "event log: processor time and memory with all types on while the machine is idle",
  root: true,
  run,
};
