/**
 * A cooldown: a burst leaves one bundle and a count of what followed; a hung request is told of all
 * the same.
 * @module
 */
import assert from "node:assert/strict";
import type { Agent } from "../support/agent.ts";
import { slowReads } from "../support/faults.ts";
import type { Vm } from "../support/vm.ts";
import { followupThat } from "./hung.ts";
import { load, READ } from "./workload.ts";

/** With a cooldown that is longer than the test. */
export async function burst(vm: Vm, agent: Agent): Promise<void> {
  await agent.settled();
  {
    await using _slow = await slowReads(vm, 200);
    await load(vm, READ, { processes: 8, rounds: 4 });
  }
  const first = await agent.bundle({ anomaly: "latency" });
  assert.equal(first.anomaly.reason, "count");
  const followup = await followupThat(agent, first.id, ({ count }) => count >= 8);
  assert.equal(followup.by_reason.count, followup.count);
  // Everything that was slow is in the bundle or counted after it.
  assert.match(await agent.aod("bundle list"), new RegExp(`${first.id}.*\\b${followup.count}\\b`));
  {
    await using _slow = await slowReads(vm, 1600);
    await load(vm, READ, { processes: 1, rounds: 1 });
  }
  const hung = await agent.bundle({ anomaly: "latency" });
  assert.equal(hung.anomaly.reason, "hung");
  const others = (await agent.settled()).filter(({ anomaly }) => anomaly.name === "latency");
  assert.deepEqual(others.map(({ anomaly }) => anomaly.why), []);
}
