/**
 * Real workers that throw, exit and hang under the real controller.
 * @module
 */
import assert from "node:assert/strict";
import { TestAgent } from "../../support/service/agent.ts";

const component = (name: string, status: Awaited<ReturnType<TestAgent["status"]>>) =>
  status.components.find((c) => c.name === name)!;

Deno.test("a worker that throws is started again, alone, and the agent drains with 0", async () => {
  await using agent = new TestAgent({ env: { AOD_TEST_WATCHER: "throw:100:2" } });
  await agent.ready();
  const status = await agent.statusThat((s) =>
    component("watcher", s).restarts === 2 && component("watcher", s).state === "running"
  );
  assert.equal(component("dispatcher", status).restarts, 0);
  assert.equal(component("collector", status).restarts, 0);
  assert.match(component("watcher", status).last_error, /as the test asked/);
  agent.kill("SIGTERM");
  assert.equal(await agent.ended(), 0);
  const restarted = await agent.audited("restarted");
  assert.deepEqual(restarted.map((entry) => entry.component), ["watcher", "watcher"]);
});

Deno.test("a worker whose thread exits without a word is told from one that hangs", async () => {
  await using agent = new TestAgent({ env: { AOD_TEST_COLLECTOR: "exit:100:1" } });
  await agent.ready();
  const status = await agent.statusThat((s) =>
    component("collector", s).restarts === 1 && component("collector", s).state === "running"
  );
  assert.equal(component("collector", status).hangs, 0);
  assert.match(component("collector", status).last_error, /thread exited/);
});

Deno.test("a hung watcher is left behind; watcher and dispatcher move to new buffers", async () => {
  await using agent = new TestAgent({ env: { AOD_TEST_WATCHER: "spin:100:1" } });
  await agent.ready();
  const status = await agent.statusThat((s) =>
    component("watcher", s).hangs === 1 && s.components.every((c) => c.state === "running")
  );
  assert.equal(component("watcher", status).restarts, 1);
  assert.equal(component("dispatcher", status).restarts, 1);
  assert.equal(component("collector", status).restarts, 0);
  agent.kill("SIGTERM");
  assert.equal(await agent.ended(), 0, "the stuck thread does not keep the process");
});

Deno.test("a second hang replaces the process in place: same pid, new life", async () => {
  await using agent = new TestAgent({ env: { AOD_TEST_COLLECTOR: "spin:100:2" } });
  await agent.ready();
  const before = await agent.status();
  await agent.saw(/ready in[^]*ready in/, 30_000);
  const after = await agent.status();
  assert.equal(after.pid, before.pid);
  assert.notEqual(after.started_at, before.started_at);
  assert.equal((await agent.audited("replaced")).length, 1);
  const starts = await agent.audited("started", 2);
  assert.match(String(starts[1].replaced), /hung twice/);
});
