/**
 * The platform's worker hangs in the running agent.
 * @module
 */
import assert from "node:assert/strict";
import { FrozenThread } from "../../support/freeze_thread.ts";
import { PRODUCE } from "../../support/producer.ts";
import { TestAgent } from "../../support/service/agent.ts";
import { nextBundle } from "../../support/service/bundles.ts";
import { platformConfig, QUICK, TestApi } from "../../support/service/platform.ts";

const on = platformConfig(QUICK);

Deno.test("a worker that hangs is left and replaced; SMB notices nothing", async () => {
  // Longer than any two heartbeats of the others are apart.
  const env = { AOD_TEST_HANG_MS: "7000" };
  await using agent = new TestAgent({ producer: true, config: on, env });
  await agent.ready();
  await TestApi.of(agent);
  await using frozen = new FrozenThread(agent.pid, "aod-platform");
  await frozen.held();
  // Its series are waited for no longer than two seconds.
  const flags = PRODUCE.STAMP_END | PRODUCE.WAKE;
  await agent.produce({ count: 20, flags, command: 8, latency_ms: 50 });
  const { manifest } = await nextBundle(agent, /anomaly slow/);
  assert.equal(manifest.status, "complete");
  assert.match(
    manifest.problems.join("\n"),
    /^Cannot write metrics\.jsonl: because the platform (?:gave none: (?:no answer in 2000 ms|its worker has ended)|is starting)$/m,
  );
  await agent.saw(/platform ended: no heartbeat/);
  await agent.statusThat((s) =>
    s.components.some(({ name, hangs, state }) =>
      name === "platform" && hangs === 1 && state === "running"
    ) && s.platform.state === "on"
  );
  const { components } = await agent.status();
  assert.deepEqual(components.slice(0, 3).map(({ restarts }) => restarts), [0, 0, 0]);
  await frozen.thaw(); // a process cannot end before
  agent.kill("SIGTERM");
  assert.equal(await agent.ended(), 0);
});
