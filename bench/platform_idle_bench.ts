/**
 * What the agent costs on an idle host with every part of the platform on: SMB detection, collectors,
 * learning, trends, API, history on disk and all three tracers. Processor time and memory of the built
 * program over a minute; memory once more after everything that the API has was asked for. The tracers
 * see what else the machine does, so that it has to be idle.
 * @module
 */
import { type Benchmark, type BenchOptions, type Figure, median } from "./support/figure.ts";
import { PlatformAgent, type ResidentMb } from "./support/platform_agent.ts";

/** By then the start's garbage is collected, and what only the start needed is given back. */
const SETTLE_MS = 60_000;
const SAMPLE_MS = 1000;

const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

/** Memory by the second; the figures are medians. */
async function watched(agent: PlatformAgent, seconds: number): Promise<ResidentMb[]> {
  const samples: ResidentMb[] = [];
  for (let i = 0; i < seconds; i++) {
    await pause(SAMPLE_MS);
    samples.push(agent.residentMb());
  }
  return samples;
}

function memoryFigure(name: string, samples: readonly ResidentMb[]): Figure {
  const of = (kind: keyof ResidentMb) => median(samples.map((sample) => sample[kind]));
  return {
    name,
    value: of("rss"),
    unit: "MB",
    target: { at_most: 150 },
    detail: {
      ...{ anonymous_mb: of("anonymous"), file_mb: of("file"), shared_mb: of("shared") },
      most_mb: Math.max(...samples.map(({ rss }) => rss)),
    },
  };
}

async function run({ quick, say }: BenchOptions): Promise<Figure[]> {
  const seconds = quick ? 15 : 60;
  await using agent = await PlatformAgent.start();
  say(`all parts: settles for ${SETTLE_MS / 1000} s, then measured for ${seconds} s, twice`);
  await pause(SETTLE_MS);
  const before = agent.cpuNs();
  const begun = performance.now();
  const idle = await watched(agent, seconds);
  const percent = (agent.cpuNs() - before) / ((performance.now() - begun) * 1e4);
  await agent.askForAll();
  await pause(quick ? SETTLE_MS / 2 : SETTLE_MS);
  const asked = await watched(agent, seconds);
  const losses = await agent.losses();
  const troubles = await agent.troubles();
  return [
    {
      name: "idle processor time, all parts on",
      value: percent,
      unit: "% of a core",
      target: { at_most: 1.5 },
      detail: { seconds },
    },
    memoryFigure("idle RSS, all parts on", idle),
    memoryFigure("idle RSS, all parts on, after everything was asked for", asked),
    {
      name: "faults, restarts and losses meanwhile",
      value: troubles.length + Object.keys(losses).length,
      unit: "",
      target: { at_most: 0 },
      detail: { ...losses, ...Object.fromEntries(troubles.map((trouble, i) => [i, trouble])) },
    },
  ];
}

/** The benchmark, for bench/main.ts. */
export const platformIdleBenchmark: Benchmark = {
  name: "platform-idle",
  about: "processor time and memory with every part of the platform on and nothing happening",
  root: true,
  run,
};
