/**
 * The history of metrics on disk: a simulated day of 60 keys at one point a second, flushed every ten
 * seconds as the service does, and a month of roll-ups. Size, cost of writing, times of questions.
 * @module
 */
import { rmSync, statSync } from "node:fs";
import { cpuUsage } from "node:process";
import { MetricHistory } from "../src/sink/history/history.ts";
import { SeriesStore } from "../src/stream/series.ts";
import { type Benchmark, type BenchOptions, type Figure, quantileOf } from "./support/figure.ts";
import { hostSeries } from "./support/host_series.ts";

const KEYS = 60;
const FLUSH_SEC = 10;
const HOUR_SEC = 3600;
const DAY_SEC = 24 * HOUR_SEC;
const BEGIN_SEC = 1_735_689_600;
/** Nothing is dropped for its size here. */
const LIMITS = { raw_hours: 24, rollup_days: 31, max_mb: 2048 };
const CPU_US_PER_SEC = 1e6;
const QUERIES = 21;

/** A history that is filled by a clock of its own. */
class Filled {
  readonly directory = Deno.makeTempDirSync({ prefix: "aod-history-bench-" });
  readonly flush_ms: number[] = [];
  now_sec = BEGIN_SEC;
  history!: MetricHistory;
  points = 0;
  cpu_us = 0;

  async open(): Promise<void> {
    this.history = await MetricHistory.open(this.directory, LIMITS, {
      now_ms: () => this.now_sec * 1000,
      on_warning: (message) => {
        throw new Error(message);
      },
    });
  }

  /** Adds points for `seconds`, one every `step_sec` for each key, and flushes. */
  fill(seconds: number, step_sec: number, flush_sec: number): void {
    const series = hostSeries(KEYS);
    const end = this.now_sec + seconds;
    while (this.now_sec < end) {
      const flushAt = this.now_sec + flush_sec;
      for (; this.now_sec < flushAt; this.now_sec += step_sec) {
        for (const [key, next] of series) this.history.add(key, this.now_sec, next());
        this.points += KEYS;
      }
      const [begun, used] = [performance.now(), cpuUsage()];
      if (!this.history.flush()) throw new Error("a flush failed");
      this.flush_ms.push(performance.now() - begun);
      const { user, system } = cpuUsage(used);
      this.cpu_us += user + system;
    }
  }

  /** Milliseconds of a question, median. */
  ask(from_sec: number, resolution?: "raw" | "minute"): { ms: number; points: number } {
    const key = this.history.keys()[7];
    const times: number[] = [];
    let points = 0;
    for (let i = 0; i < QUERIES; i++) {
      const begun = performance.now();
      points = this.history.range(key, from_sec, this.now_sec, resolution)?.values.length ?? 0;
      times.push(performance.now() - begun);
    }
    return { ms: quantileOf(times.sort((a, b) => a - b), 0.5), points };
  }

  /** Bytes of the closed file. */
  close(): number {
    this.history.close();
    const { size } = statSync(`${this.directory}/metrics.db`);
    rmSync(this.directory, { recursive: true });
    return size;
  }
}

async function day(quick: boolean): Promise<Figure[]> {
  const seconds = quick ? 2 * HOUR_SEC : DAY_SEC;
  const name = quick ? "2 h" : "24 h";
  const filled = new Filled();
  await filled.open();
  filled.fill(seconds, 1, FLUSH_SEC);
  const { now_sec } = filled;
  const five = filled.ask(now_sec - 300);
  const hour = filled.ask(now_sec - HOUR_SEC);
  const minutes = filled.ask(now_sec - seconds, "minute");
  const all = filled.ask(now_sec - seconds, "raw");
  const series = new SeriesStore({ points: 1000, keys: 1000 });
  const begun = performance.now();
  const restored = await filled.history.restore(series);
  const restore_ms = performance.now() - begun;
  const flushes = filled.flush_ms.sort((a, b) => a - b);
  const { points, cpu_us } = filled;
  const bytes = filled.close();
  const cpu_percent = 100 * cpu_us / CPU_US_PER_SEC / seconds;
  const question = (what: string, { ms, points }: { ms: number; points: number }): Figure => ({
    name: `question: ${what}`,
    value: ms,
    unit: "ms",
    detail: { points },
  });
  return [
    {
      name: `${name} of ${KEYS} keys at 1 s: size on disk`,
      value: bytes / 2 ** 20,
      unit: "MB",
      detail: { points, bytes_per_point: bytes / points },
    },
    {
      name: "writing, CPU of a core",
      value: cpu_percent,
      unit: "%",
      detail: { us_per_point: cpu_us / points, flush_sec: FLUSH_SEC },
    },
    {
      name: `flush of ${KEYS * FLUSH_SEC} points`,
      value: quantileOf(flushes, 0.5),
      unit: "ms",
      detail: { p99: quantileOf(flushes, 0.99), worst: flushes[flushes.length - 1] },
    },
    question("5 min of points", five),
    question("1 h of points", hour),
    question(`${name} of roll-ups`, minutes),
    question(`${name} of points`, all),
    { name: "series restored at start", value: restore_ms, unit: "ms", detail: { restored } },
  ];
}

/** Four points a minute, so that least, greatest and mean differ; of the points only a day stays. */
async function month(days: number): Promise<Figure[]> {
  const filled = new Filled();
  await filled.open();
  filled.fill(days * DAY_SEC, 15, 15 * 60);
  const asked = filled.ask(filled.now_sec - days * DAY_SEC);
  const bytes = filled.close();
  return [
    {
      name: `${days} days of roll-ups and a day of points at 15 s`,
      value: bytes / 2 ** 20,
      unit: "MB",
    },
    {
      name: `question: ${days} days of roll-ups`,
      value: asked.ms,
      unit: "ms",
      detail: { points: asked.points },
    },
  ];
}

/** History on disk. */
export const historyBenchmark: Benchmark = {
  name: "history",
  about: "metrics on disk: a day of 60 keys at 1 s, size, writing, questions",
  async run({ quick, say }: BenchOptions) {
    say("a day");
    const figures = await day(quick);
    say("a month");
    return [...figures, ...await month(quick ? 2 : 30)];
  },
};
