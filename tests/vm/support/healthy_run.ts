/**
 * The agent on its embedded configuration beside everyday work on a healthy share; what it made of it.
 * @module
 */
import type { AgentStatus } from "../../../src/service/status.ts";
import { makeOutputDirectory, startAgent } from "./agent.ts";
import { aodFile } from "./aod.ts";
import type { Bundle } from "./bundle.ts";
import { healthyLoadFiles, prepareLocks, type Work, work, type WorkDone } from "./healthy_load.ts";
import { mountShare } from "./mounts.ts";
import { bootVm, type KernelSeries } from "./vm.ts";

/** Kinds of work that run beside each other, and for how long. */
export interface Phase {
  kinds: Work[];
  seconds: number;
}

/** What came of it. */
export interface HealthyRun {
  work: Partial<Record<Work, WorkDone>>;
  /** Sealed while it worked: must be none. */
  bundles: Bundle[];
  status: AgentStatus;
  /** What the agent logged. */
  log: string;
}

/**
 * Works phase by phase.
 * @param pauseSec rest between two steps of the work; an emulated processor needs some
 * @param say told of each phase
 */
export async function healthyRun(
  kernel: KernelSeries,
  phases: readonly Phase[],
  pauseSec: number,
  say: (text: string) => void = () => {},
): Promise<HealthyRun> {
  const files = { ...await aodFile(), ...await healthyLoadFiles() };
  await using vm = await bootVm({ kernel, files, memoryMb: 1792 });
  await makeOutputDirectory(vm);
  // The mounts come after the agent, so that it sees these too.
  await using agent = await startAgent(vm, null);
  await mountShare(vm);
  await prepareLocks(vm);
  const done: HealthyRun["work"] = {};
  for (const { kinds, seconds } of phases) {
    say(`${kinds.join(", ")} for ${seconds} s`);
    const all = kinds.map(async (kind) => done[kind] = await work(vm, kind, seconds, pauseSec));
    await Promise.all(all);
  }
  const bundles = await agent.settled();
  const status: AgentStatus = JSON.parse(await agent.aod("status --json"));
  return { work: done, bundles, status, log: await agent.log() };
}

/** Why a bundle was made, for the message of a failed test. */
export function whyOf({ anomaly, readme }: Bundle): string {
  const { name, reason, why, patterns, worst } = anomaly;
  const rows = worst.slice(0, 10).map((row) =>
    `  ${row.command} ${row.latency_ms} ms ${row.status ?? row.error} ${row.comm} ${row.name ?? ""}`
  );
  return [
    `${name} (${reason}): ${why}`,
    readme.split("\n")[0],
    ...patterns.map((p) => `  ${p.count} x ${p.code} ${p.command} ${p.share} ${p.process}`),
    ...rows,
  ].join("\n");
}
