/**
 * One round: the agent if it takes part, a pause for the host to settle, then the workload with the
 * host's and the agent's use of processors and memory beside it.
 * @module
 */
import { sleep } from "../../evidence/sleep.ts";
import { diskUsage } from "../monitor/disk_usage.ts";
import { ProcessUsage } from "../monitor/process_usage.ts";
import { SystemUsage } from "../monitor/system_usage.ts";
import { MOST_ROWS } from "../monitor/session.ts";
import { onSchedule } from "../monitor/ticking.ts";
import type { LabAgent } from "./agent.ts";
import type { PlannedRound, Side } from "./order.ts";
import { runWorkload } from "./workload.ts";

/** A rest shorter than this says too little: the kernel counts in ticks of 10 ms. */
const LEAST_REST_MS = 200;

/** How rounds are run. */
export interface RoundOptions {
  /** The workload. */
  argv: readonly string[];
  /** A round that takes longer fails. */
  timeout_sec: number;
  /** Between two samples. */
  interval_sec: number;
  /** Before the workload starts, with and without the agent. */
  settle_sec: number;
  /** The agent's output directory. */
  output_dir: string;
  /** Starts the agent; null where the abort came before it was ready. */
  startAgent: () => Promise<LabAgent | null>;
  /** Ends it all. */
  abort: AbortSignal;
}

/** One sample during a round. */
export interface RoundSample {
  /** Wall time, ISO 8601. */
  at: string;
  /** Since the workload's start. */
  elapsed_sec: number;
  /** All processors of the host together. */
  cpu_percent: number;
  /** Memory of the host in use. */
  memory_percent: number;
  /** The agent's processor time in percent of one core; null without it. */
  agent_cpu_percent: number | null;
  /** The agent's resident memory. */
  agent_rss_mb: number | null;
}

/** What the agent took in a round. */
export interface AgentUse {
  /** Processor time while the workload ran. */
  cpu_sec: number;
  /** The same in percent of one core. */
  cpu_percent: number;
  /** Largest resident memory that was seen. */
  rss_mb: number;
  /** Size of its output directory at the end. */
  disk_mb: number;
}

/** A finished round. */
export interface Round {
  /** Number of its pair, from 1. */
  pair: number;
  /** Whether the agent ran. */
  side: Side;
  /** Wall time of the workload's start, ISO 8601. */
  started_at: string;
  /** How long the workload took. */
  duration_sec: number;
  /** All processors of the host together, over the whole round. */
  cpu_percent: number;
  /** Processor time of the whole host. */
  busy_sec: number;
  /** Mean of the samples. */
  memory_percent: number;
  /** Null without the agent. */
  agent: AgentUse | null;
  /** In their order; at least one. */
  samples: RoundSample[];
}

/**
 * Runs one round; the agent is stopped at its end.
 * @returns null where the abort came before its end
 * @throws {WorkloadError} when the workload fails
 * @throws {AgentError} when the agent cannot be started, or ends by itself
 */
export async function runRound(
  { pair, side }: PlannedRound,
  options: RoundOptions,
): Promise<Round | null> {
  const agent = side === "with_aod" ? await options.startAgent() : null;
  if (side === "with_aod" && agent === null) return null;
  let round: Round | null;
  try {
    await sleep(options.settle_sec * 1000, options.abort);
    if (options.abort.aborted) return null;
    round = await measured({ pair, side }, options, agent);
  } finally {
    if (agent !== null && !agent.ended) await agent.stop();
  }
  return round;
}

async function measured(
  { pair, side }: PlannedRound,
  options: RoundOptions,
  agent: LabAgent | null,
): Promise<Round | null> {
  const whole = new SystemUsage();
  const sampler = new Sampler(agent);
  const done = new AbortController();
  const started_at = new Date().toISOString();
  const workload = runWorkload(options).finally(() => done.abort());
  const schedule = {
    interval_ms: options.interval_sec * 1000,
    count: MOST_ROWS,
    at_once: false,
    abort: done.signal,
  };
  const [result] = await Promise.all([workload, onSchedule(schedule, () => sampler.take())]);
  const { cpu_percent } = whole.sample();
  sampler.rest();
  if (!result.complete) return null;
  if (agent?.ended) {
    throw await agent.failure("The agent ended during a round");
  }
  const { duration_sec } = result;
  const { samples } = sampler;
  const mean = samples.reduce((sum, sample) => sum + sample.memory_percent, 0) / samples.length;
  return {
    pair,
    side,
    started_at,
    duration_sec,
    cpu_percent,
    busy_sec: cpu_percent / 100 * navigator.hardwareConcurrency * duration_sec,
    memory_percent: mean,
    agent: agent === null ? null : await agentUse(sampler, duration_sec, options.output_dir),
    samples,
  };
}

async function agentUse(
  { samples, agent }: Sampler,
  duration_sec: number,
  output_dir: string,
): Promise<AgentUse> {
  const cpu_sec = agent?.cpu_sec ?? 0;
  const { disk_bytes } = await diskUsage(output_dir);
  return {
    cpu_sec,
    cpu_percent: 100 * cpu_sec / duration_sec,
    rss_mb: Math.max(...samples.map(({ agent_rss_mb }) => agent_rss_mb ?? 0)),
    disk_mb: disk_bytes / 2 ** 20,
  };
}

/** The samples of one round. */
class Sampler {
  readonly samples: RoundSample[] = [];
  readonly agent: ProcessUsage | null;
  readonly #system = new SystemUsage();
  readonly #start_ms = performance.now();
  #last_ms = this.#start_ms;

  constructor(agent: LabAgent | null) {
    this.agent = agent === null ? null : new ProcessUsage(agent.pid);
  }

  take(): void {
    const used = this.agent?.sample() ?? null;
    this.#last_ms = performance.now();
    this.samples.push({
      at: new Date().toISOString(),
      elapsed_sec: (this.#last_ms - this.#start_ms) / 1000,
      ...this.#system.sample(),
      agent_cpu_percent: used?.cpu_percent ?? null,
      agent_rss_mb: used?.rss_mb ?? null,
    });
  }

  /** What came after the last sample, where it is long enough, or the only thing there is. */
  rest(): void {
    const rest_ms = performance.now() - this.#last_ms;
    if (rest_ms >= LEAST_REST_MS || this.samples.length === 0) this.take();
    else this.agent?.sample();
  }
}
