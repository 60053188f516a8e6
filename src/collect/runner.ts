/**
 * Runs collectors, each by its own interval, one after another in this thread: they never overlap.
 *
 * Runs are due at whole multiples of the interval after the start, on the monotonic clock, so that a
 * late run makes the next one no later; runs that were missed are left out and counted. One timer
 * serves all: collectors that are due together cost one wake-up.
 * @module
 */
import { reasonOf } from "../os/reason.ts";
import {
  clocksOf,
  type CollectEnvironment,
  type Collector,
  type CollectorEntry,
  type CollectorInterval,
  type MetricDescriptor,
  type MetricPoint,
  type Sample,
} from "./collector.ts";
import { delta, gauge } from "./describe.ts";

/** What {@link CollectorRunner} says of every collector. */
export const RUNNER_METRICS: readonly MetricDescriptor[] = [
  gauge("collector.<name>.duration_ms", "ms", "Time that the collector's run took"),
  {
    key: "collector.<name>.success",
    unit: "",
    metric_type: "state",
    description: "1 where the run gave a sample, 0 where it failed",
  },
  delta("collector.<name>.missed_delta", "runs", "Runs left out because the thread was late"),
];

/** Due within so much of each other: done together. */
const TOGETHER_MS = 5;
/** The longest wait of setTimeout is 2^31 - 1 ms; one long before it is as good. */
const LONGEST_WAIT_MS = 3_600_000;

/** Sets a timer; the result ends it. */
export type SetTimer = (run: () => void, delay_ms: number) => () => void;

/** What a runner needs. */
export interface RunnerOptions {
  /** Collectors to run. */
  collectors: readonly CollectorEntry[];
  /** In seconds, by key of the configuration. */
  intervals: Readonly<Record<CollectorInterval, number>>;
  /** Where to look. */
  env: CollectEnvironment;
  /** Takes a sample with the collector's own points behind its points; after a failure these alone. */
  onSample: (name: string, sample: Sample) => void;
  /** Takes what went wrong: once when a collector begins to fail or fails otherwise, not each time. */
  onError: (name: string, reason: string) => void;
  /** Whether the timer keeps the process alive; false where it is not said. */
  keepAlive?: boolean;
  /** Timers for tests. */
  setTimer?: SetTimer;
}

interface Job {
  readonly entry: CollectorEntry;
  collector: Collector | null;
  interval_ms: number;
  due_ms: number;
  missed: number;
  failure: string | null;
  readonly keys: { duration: string; success: string; missed: string };
}

/** The runner; {@link CollectorRunner.start} begins. */
export class CollectorRunner implements Disposable {
  readonly #options: RunnerOptions;
  readonly #clocks: ReturnType<typeof clocksOf>;
  readonly #setTimer: SetTimer;
  readonly #jobs: Job[];
  #endTimer: (() => void) | null = null;
  #running = false;

  /**
   * A runner that has not begun.
   * @throws RangeError for an interval that is no time
   */
  constructor(options: RunnerOptions) {
    this.#options = options;
    this.#clocks = clocksOf(options.env);
    this.#setTimer = options.setTimer ?? systemTimer(options.keepAlive ?? false);
    this.#jobs = options.collectors.map((entry) => ({
      entry,
      collector: null,
      interval_ms: intervalOf(entry, options.intervals),
      due_ms: 0,
      missed: 0,
      failure: null,
      keys: {
        duration: `collector.${entry.name}.duration_ms`,
        success: `collector.${entry.name}.success`,
        missed: `collector.${entry.name}.missed_delta`,
      },
    }));
  }

  /** Takes the first samples now, the baselines of deltas, and goes on by the intervals. */
  start(): void {
    if (this.#running) return;
    this.#running = true;
    const now = this.#clocks.now_ms();
    for (const job of this.#jobs) job.due_ms = now;
    this.#tick();
  }

  /** Ends; no sample comes after it. A started runner can be started again. */
  stop(): void {
    this.#running = false;
    this.#endTimer?.();
    this.#endTimer = null;
  }

  /** The same. */
  [Symbol.dispose](): void {
    this.stop();
  }

  /** Names of the collectors that run. */
  get names(): string[] {
    return this.#jobs.map(({ entry }) => entry.name);
  }

  /** Collectors whose last run failed, with why. */
  failures(): { name: string; reason: string }[] {
    return this.#jobs.flatMap(({ entry, failure }) =>
      failure === null ? [] : [{ name: entry.name, reason: failure }]
    );
  }

  /** Changes intervals, as a new configuration has them; baselines are kept. */
  setIntervals(intervals: Readonly<Record<CollectorInterval, number>>): void {
    const now = this.#clocks.now_ms();
    for (const job of this.#jobs) {
      const interval = intervalOf(job.entry, intervals);
      if (interval === job.interval_ms) continue;
      job.interval_ms = interval;
      job.due_ms = Math.min(job.due_ms, now + interval);
    }
    if (this.#running) this.#wait();
  }

  #tick(): void {
    this.#endTimer = null;
    const now = this.#clocks.now_ms();
    for (const job of this.#jobs) {
      if (!this.#running) return;
      if (job.due_ms > now + TOGETHER_MS) continue;
      this.#run(job);
      this.#reschedule(job);
    }
    if (this.#running) this.#wait();
  }

  /** The next multiple of the interval that is not over yet. */
  #reschedule(job: Job): void {
    const now = this.#clocks.now_ms();
    job.due_ms += job.interval_ms;
    if (job.due_ms > now) return;
    const late = Math.floor((now - job.due_ms) / job.interval_ms) + 1;
    job.due_ms += late * job.interval_ms;
    job.missed += late;
  }

  #wait(): void {
    this.#endTimer?.();
    this.#endTimer = null;
    if (this.#jobs.length === 0) return;
    const due = Math.min(...this.#jobs.map(({ due_ms }) => due_ms));
    const delay = Math.min(LONGEST_WAIT_MS, Math.max(0, due - this.#clocks.now_ms()));
    this.#endTimer = this.#setTimer(() => this.#tick(), delay);
  }

  #run(job: Job): void {
    const begun = this.#clocks.now_ms();
    let sample: Sample;
    let failure: string | null = null;
    try {
      job.collector ??= job.entry.make(this.#options.env);
      sample = job.collector.sample();
    } catch (error) {
      failure = reasonOf(error);
      sample = { timestamp: this.#clocks.wall_ms() / 1000, points: [] };
    }
    this.#own(job, sample.points, this.#clocks.now_ms() - begun, failure === null);
    try {
      this.#options.onSample(job.entry.name, sample);
    } catch (error) {
      // Who takes samples must not end the others' runs.
      failure ??= `what takes its samples failed: ${reasonOf(error)}`;
    }
    const isNew = failure !== null && failure !== job.failure;
    job.failure = failure;
    if (isNew && failure !== null) this.#options.onError(job.entry.name, failure);
  }

  #own(job: Job, points: MetricPoint[], duration_ms: number, success: boolean): void {
    points.push({ key: job.keys.duration, value: duration_ms });
    points.push({ key: job.keys.success, value: success ? 1 : 0 });
    points.push({ key: job.keys.missed, value: job.missed });
    job.missed = 0;
  }
}

/** @throws RangeError for an interval that is no time */
function intervalOf(
  { name, interval }: CollectorEntry,
  intervals: Readonly<Record<CollectorInterval, number>>,
): number {
  const seconds = intervals[interval];
  if (!(seconds > 0 && Number.isFinite(seconds))) {
    throw new RangeError(`Cannot run the collector ${name}: because ${interval} is ${seconds}`);
  }
  return seconds * 1000;
}

function systemTimer(keepAlive: boolean): SetTimer {
  return (run, delay_ms) => {
    const timer = setTimeout(run, delay_ms);
    if (!keepAlive) Deno.unrefTimer(timer);
    return () => clearTimeout(timer);
  };
}
