/**
 * The idle agent with its probe attached and nothing but the parts that watch SMB: a mounted share on
 * which nothing happens, in the test VM, as hosts without cifs cannot attach it. Memory is as it would be anywhere; processor time is that of
 * an emulated processor, so that the figure of the idle benchmark is the one to hold against a target.
 * @module
 */
import type { AgentStatus } from "../src/service/status.ts";
import { smbPartsOnly } from "../tests/support/embedded.ts";
import { makeOutputDirectory, startAgent } from "../tests/vm/support/agent.ts";
import { aodFile } from "../tests/vm/support/aod.ts";
import { bootVm, type Vm } from "../tests/vm/support/vm.ts";
import type { Benchmark, BenchOptions, Figure } from "./support/figure.ts";

/** By then garbage is collected and the agent has given back what only the start needed. */
const SETTLE_SEC = 60;

/** Nanoseconds that all threads of a process have run. */
async function cpuNs(vm: Vm, pid: number): Promise<number> {
  const text = await vm.check(`cat /proc/${pid}/task/*/schedstat`);
  return text.trim().split("\n").reduce((sum, line) => sum + Number(line.split(" ")[0]), 0);
}

async function run({ quick, say }: BenchOptions): Promise<Figure[]> {
  const seconds = quick ? 15 : 60;
  const files = await aodFile();
  await using vm = await bootVm({ kernel: "6.12", files, mount: true, memoryMb: 1536 });
  await makeOutputDirectory(vm);
  await using agent = await startAgent(vm, smbPartsOnly());
  await agent.logged(/probe attached by/);
  const { pid, probe }: AgentStatus = JSON.parse(await agent.aod("status --json"));
  if (probe.state !== "attached") throw new Error(`Cannot measure: because it is ${probe.state}`);
  say(`idle with the probe attached: settles for ${SETTLE_SEC} s, then ${seconds} s`);
  await vm.check(`sleep ${SETTLE_SEC}`, { timeoutMs: 2 * SETTLE_SEC * 1000 });
  const before = await cpuNs(vm, pid);
  const begun = performance.now();
  await vm.check(`sleep ${seconds}`, { timeoutMs: (seconds + 60) * 1000 });
  const percent = (await cpuNs(vm, pid) - before) / ((performance.now() - begun) * 1e4);
  const text = await vm.check(`cat /proc/${pid}/status`);
  const mb = (name: string) =>
    Number(new RegExp(`^${name}:\\s+(\\d+) kB`, "m").exec(text)?.[1]) / 1024;
  return [
    {
      name: "idle RSS, probe attached",
      value: mb("VmRSS"),
      unit: "MB",
      target: { at_most: 90 },
      detail: { anonymous_mb: mb("RssAnon"), file_mb: mb("RssFile"), shared_mb: mb("RssShmem") },
    },
    {
      name: "idle processor time, probe attached, emulated processor",
      value: percent,
      unit: "% of a core",
      detail: { seconds, mode: probe.mode ?? "none" },
    },
  ];
}

/** The benchmark, for bench/main.ts. */
export const vmIdleBenchmark: Benchmark = {
  name: "vm-idle",
  about: "memory and processor time with the probe attached and nothing happening (emulated guest)",
  root: true,
  run,
};
