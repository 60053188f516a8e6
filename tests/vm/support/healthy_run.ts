/**
 * The agent on its embedded configuration beside everyday work on a healthy share; what it made of it.
 * @module
 */
import { join } from "node:path";
import type { AgentStatus } from "../../../src/service/status.ts";
import { BATCHES, makeOutputDirectory, startAgent } from "./agent.ts";
import { aodFile } from "./aod.ts";
import type { AnomalyFile } from "./bundle.ts";
import { ROOT } from "./cache.ts";
import { exec } from "./exec.ts";
import { healthyLoadFiles, prepareLocks, type Work, work, type WorkDone } from "./healthy_load.ts";
import { mountShare } from "./mounts.ts";
import { bootVm, type KernelSeries, type Vm } from "./vm.ts";

/** Where bundles are kept that should not be. */
const KEPT = join(ROOT, "build", "no-false-alarm");

/** What the start sets off in the agent takes the emulated processors that long. */
const SETTLE_SEC = 10;

/** Kinds of work that run beside each other, and for how long. */
export interface Phase {
  kinds: Work[];
  seconds: number;
}

/** What came of it. */
export interface HealthyRun {
  work: Partial<Record<Work, WorkDone>>;
  /** Why each bundle was made that was sealed meanwhile: must be none. */
  alarms: string[];
  status: AgentStatus;
  /** What the agent logged. */
  log: string;
}

/** How it is run. */
export interface HealthyOptions {
  /** Rest between two steps of the work; an emulated processor needs some. */
  pauseSec: number;
  /**
   * Factor on the thresholds of slow requests; 1 leaves the embedded configuration as it is. Where the
   * host is busy with other things the emulated server is slow indeed, and a latency anomaly true.
   */
  slack?: number;
  /** As in `bootVm`: no load of the host makes the emulated server slow then. */
  instructionShift?: number;
  /** Told of each phase. */
  say?: (text: string) => void;
}

/** Null for the embedded configuration, else that with thresholds of slow requests multiplied. */
function configuration(slack: number): string | null {
  if (slack === 1) return null;
  const text = Deno.readTextFileSync(join(ROOT, "config", "aod.yaml"));
  const pattern = /^( *(?:default_threshold_ms|threshold): )(\d+)$/gm;
  return text.replace(pattern, (_, key, ms) => `${key}${Number(ms) * slack}`);
}

/** Works phase by phase. */
export async function healthyRun(
  kernel: KernelSeries,
  phases: readonly Phase[],
  { pauseSec, slack = 1, instructionShift, say = () => {} }: HealthyOptions,
): Promise<HealthyRun> {
  const files = { ...await aodFile(), ...await healthyLoadFiles() };
  await using vm = await bootVm({ kernel, files, memoryMb: 1792, instructionShift });
  await makeOutputDirectory(vm);
  // The mounts come after the agent, so that it sees these too.
  await using agent = await startAgent(vm, configuration(slack));
  await agent.logged(/probe attached by/);
  await agent.logged(/platform: serving/);
  await vm.check(`sleep ${SETTLE_SEC}`);
  await mountShare(vm);
  await prepareLocks(vm);
  const done: HealthyRun["work"] = {};
  for (const { kinds, seconds } of phases) {
    say(`${kinds.join(", ")} for ${seconds} s`);
    const all = kinds.map(async (kind) => done[kind] = await work(vm, kind, seconds, pauseSec));
    await Promise.all(all);
  }
  const alarms: string[] = [];
  for (const { id } of await agent.settled()) alarms.push(await alarmOf(vm, id));
  const status: AgentStatus = JSON.parse(await agent.aod("status --json"));
  return { work: done, alarms, status, log: await agent.log() };
}

/** Keeps the bundle in build/ and tells why it was made. */
async function alarmOf(vm: Vm, id: string): Promise<string> {
  await Deno.mkdir(KEPT, { recursive: true });
  const archive = join(KEPT, `aod_quick_${id}.tar.zst`);
  await Deno.writeFile(archive, await vm.get(`${BATCHES}/aod_quick_${id}.tar.zst`));
  await exec(["tar", "--zstd", "-xf", archive, "-C", KEPT]);
  const top = join(KEPT, `aod_quick_${id}`);
  const anomaly: AnomalyFile = JSON.parse(await Deno.readTextFile(join(top, "anomaly.json")));
  const worst = anomaly.worst.slice(0, 10).map((row) =>
    `  ${row.command} ${row.latency_ms} ms ${row.status ?? row.error} ${row.comm} ${row.name ?? ""}`
  );
  const readme = await Deno.readTextFile(join(top, "README.txt"));
  return [
    `${top}: ${anomaly.name} (${anomaly.reason}): ${anomaly.why}`,
    readme.split("\n")[0],
    ...anomaly.patterns.map((p) => `  ${p.count} x ${p.code} ${p.command} ${p.share} ${p.process}`),
    ...worst,
  ].join("\n");
}
