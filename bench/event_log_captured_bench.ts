/**
 * Whether everything is captured: reads and writes at full speed, by one process and by one a core,
 * with and without two more that take all the processor time they get. Default ring, JSON to a file.
 *
 * The figure is the share of the calls that is in the output, counted there by process and path.
 * @module
 */
import { AodTrace } from "./support/event_log/aod.ts";
import { countLines, rest } from "./support/event_log/tool.ts";
import { Hogs, niceness, Work } from "./support/event_log/work.ts";
import { type Benchmark, type BenchOptions, type Figure, median } from "./support/figure.ts";

const CALLS = 3_000_000;
const HOGS = 2;
/** What work.c reads from and writes to. */
const FILES = '"path":"/dev/\\(zero\\|null\\)"';

interface Run {
  percent: number;
  dropped: number;
  events_per_sec: number;
  /** Seconds from the last call to the end of the output. */
  drain_sec: number;
}

async function once(processes: number, hogs: number): Promise<Run> {
  const dir = Deno.makeTempDirSync({ prefix: "aod-bench-" });
  const calls = CALLS / processes;
  try {
    const trace = await AodTrace.start(dir, ["--only", "read,write"]);
    await using stack = new AsyncDisposableStack();
    const works: Work[] = [];
    for (let i = 0; i < processes; i++) works.push(stack.use(await Work.start("rw", calls)));
    stack.use(new Hogs(hogs));
    await rest(200);
    const begun = performance.now();
    await Promise.all(works.map((work) => work.run()));
    const done = performance.now();
    await trace.stop();
    const ended = performance.now();
    let lines = 0;
    for (const { pid } of works) {
      lines += await countLines(`${dir}/events.jsonl`, `"tgid":${pid},.*${FILES}`);
    }
    return {
      percent: lines * 100 / CALLS,
      dropped: trace.dropped,
      events_per_sec: CALLS * 1000 / (done - begun),
      drain_sec: (ended - done) / 1000,
    };
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

async function run({ quick, say }: BenchOptions): Promise<Figure[]> {
  const cores = navigator.hardwareConcurrency;
  const figures: Figure[] = [];
  for (const processes of [1, cores]) {
    for (const hogs of [0, HOGS]) {
      const runs: Run[] = [];
      for (let i = 0; i < (quick ? 1 : 3); i++) runs.push(await once(processes, hogs));
      const name = `captured, ${processes} process${processes === 1 ? "" : "es"}` +
        (hogs === 0 ? "" : `, ${hogs} hogs beside`);
      const percent = Math.min(...runs.map((each) => each.percent));
      say(`  ${name}: ${percent} %`);
      figures.push({
        name,
        value: percent,
        unit: "%",
        target: { at_least: 100, at_most: 100 },
        detail: {
          runs: runs.length,
          calls_each: CALLS,
          dropped_by_the_ledger: runs.reduce((sum, each) => sum + each.dropped, 0),
          events_per_sec: median(runs.map((each) => each.events_per_sec)),
          drain_sec: median(runs.map((each) => each.drain_sec)),
          nice: niceness(),
        },
      });
    }
  }
  return figures;
}

/** Nothing is lost. */
export const eventLogCapturedBenchmark: Benchmark = {
  name: "log-captured",
  about: "event log: share of reads and writes at full speed that is in the output, default ring",
  root: true,
  run,
};
