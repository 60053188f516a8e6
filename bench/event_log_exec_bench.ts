/**
 * How much longer fork, exec of /bin/true and wait take while events are logged: those of processes, and
 * those of all types. More than 5000 of them on each side.
 *
 * A time of fork and exec varies by more than what is looked for, and it drifts: many short runs are
 * taken in turns with and without, and the figure is the median of their ratios.
 * @module
 */
import { AodTrace } from "./support/event_log/aod.ts";
import { niceness, Work } from "./support/event_log/work.ts";
import { type Benchmark, type BenchOptions, type Figure, median } from "./support/figure.ts";
import { interval } from "./support/paired.ts";

/** Execs of one run: half of a pair. */
const PORTION = 1500;
const PAIRS = 21;
const CLASSES = { "process events": "process", "all 38 types": "all" };

async function portion(): Promise<number> {
  await using work = await Work.start("exec", PORTION);
  return (await work.run()).wall_ns;
}

async function pair(classes: string, loggedFirst: boolean): Promise<[number, number, number]> {
  const dir = Deno.makeTempDirSync({ prefix: "aod-bench-" });
  try {
    const before = loggedFirst ? NaN : await portion();
    const trace = await AodTrace.start(dir, ["-e", classes]);
    const logged = await portion();
    await trace.stop();
    return [loggedFirst ? await portion() : before, logged, trace.dropped];
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

async function run({ quick, say }: BenchOptions): Promise<Figure[]> {
  const figures: Figure[] = [];
  for (const [name, classes] of Object.entries(CLASSES)) {
    const alone: number[] = [];
    const longer: number[] = [];
    let dropped = 0;
    for (let i = 0; i < (quick ? 2 : PAIRS); i++) {
      const [without, logged, lost] = await pair(classes, i % 2 === 1);
      alone.push(without / PORTION / 1000);
      longer.push((logged / without - 1) * 100);
      dropped += lost;
    }
    say(`  ${name}: ${median(alone).toFixed(0)} us + ${median(longer).toFixed(1)} %`);
    figures.push({
      name: `fork, exec and wait take longer, ${name}`,
      value: median(longer),
      unit: "%",
      target: { at_most: 5 },
      detail: {
        alone_us: median(alone),
        pairs: longer.length,
        execs_a_side: longer.length * PORTION,
        mean_percent_low: interval(longer).low,
        mean_percent_high: interval(longer).high,
        least_percent: Math.min(...longer),
        most_percent: Math.max(...longer),
        dropped,
        nice: niceness(),
      },
    });
  }
  return figures;
}

/** Short-lived processes. */
export const eventLogExecBenchmark: Benchmark = {
  name: "log-exec",
  about: "event log: how much longer fork and exec of /bin/true take",
  root: true,
  run,
};
