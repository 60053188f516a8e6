/**
 * The agent at its work, on both kernels: each fault of the table on a real mount, and the bundle
 * that comes of it looked at file by file.
 * @module
 */
import assert from "node:assert/strict";
import { smbPartsOnly } from "../../support/embedded.ts";
import { type Agent, makeOutputDirectory, startAgent } from "../support/agent.ts";
import { aodFile } from "../support/aod.ts";
import { KERNELS } from "../support/kernels.ts";
import { bootVm, type KernelSeries, type Vm } from "../support/vm.ts";
import { credits } from "./credits.ts";
import { cleanUp, FAULTS, LOST_CONNECTIONS } from "./faults.ts";
import { fiveSteps } from "./five_steps.ts";
import { hungServer } from "./hung.ts";
import { play } from "./scenario.ts";
import { seedExample, SEEDS } from "./seeds.ts";
import { prepareFiles } from "./workload.ts";

/**
 * The embedded configuration with a short cooldown, with packets from before an anomaly, with a window
 * and a threshold for a guest that is slow by itself (TCG), and without what takes seconds there: the
 * platform too, which the five steps have beside them.
 */
function quickConfig(): string {
  const changed = smbPartsOnly()
    .replaceAll("cooldown_sec: 30", "cooldown_sec: 1")
    .replace("watch_interval_sec: 1", "watch_interval_sec: 3")
    .replace("ring: false", "ring: true")
    .replace("default_threshold_ms: 20", "default_threshold_ms: 60")
    .replaceAll(/\bsmbinfo,\s+/g, "");
  assert.equal(changed.match(/^[^#\n]*smbinfo/gm)?.length, 1); // at hand, but in no anomaly
  assert.match(changed, /tcpdump, .*ring: true/);
  assert.equal(changed.match(/cooldown_sec: 1\b/g)?.length, 4);
  return `${changed}\ncollector: { requests_after_sec: 1 }\n`;
}

async function boot(kernel: KernelSeries): Promise<Vm> {
  const vm = await bootVm({
    kernel,
    mount: true,
    memoryMb: 1536,
    files: await aodFile(),
  });
  await makeOutputDirectory(vm);
  await prepareFiles(vm);
  await vm.check("syslogd -O /var/log/messages; until [ -S /dev/log ]; do usleep 20000; done");
  return vm;
}

/** All of them on one kernel. A file for each kernel calls it, so that they can run beside each other. */
export function scenariosOn(kernel: KernelSeries): void {
  Deno.test(`scenarios on ${kernel}`, async (t) => {
    await using vm = await boot(kernel);

    // What does not depend on the kernel is tried on one.
    const everything = kernel === KERNELS.at(-1);
    if (everything) {
      await t.step(
        "the embedded configuration, in the five steps of an integration test",
        () => {
          return fiveSteps(vm);
        },
      );
    }

    await using agent: Agent = await startAgent(vm, quickConfig());
    for (const scenario of FAULTS) {
      await t.step(`${scenario.name}: ${scenario.verdict}`, async () => {
        try {
          await play(vm, agent, scenario);
        } finally {
          await cleanUp(vm);
        }
      });
    }
    await t.step("a server that hangs is told of before it answers", () => hungServer(vm, agent));
    await t.step("too few credits: credits", () => credits(vm, agent));
    for (const scenario of LOST_CONNECTIONS) {
      await t.step(`${scenario.name}: ${scenario.verdict}`, () => play(vm, agent, scenario));
    }
    await t.step("the agent stops and has lost nothing", async () => {
      const { code, stderr } = await agent.stop();
      assert.equal(code, 0, stderr);
      assert.doesNotMatch(stderr, /ERROR|unexpected exit/);
    });

    if (!everything) return;
    for (const seed of SEEDS) {
      await t.step(`${seed.file}, unchanged: starts and captures`, () => seedExample(vm, seed));
    }
  });
}
