/**
 * What keeps the agent from starting: one clear line and its exit code, nothing left behind.
 * @module
 */
import assert from "node:assert/strict";
import { TestAgent } from "../../support/service/agent.ts";

Deno.test("a configuration at fault: exit 2 with every fault, also as non-root", async () => {
  await using agent = new TestAgent({ config: "nonsense: 1\nwatch_interval_sec: no\n" });
  assert.equal(await agent.ended(), 2);
  assert.match(agent.log, /nonsense[^]*watch_interval_sec|watch_interval_sec[^]*nonsense/);
  assert.throws(() => Deno.lstatSync(agent.runDir), Deno.errors.NotFound);
});

Deno.test("an output directory that is a link is refused; what it points to is untouched", async () => {
  const dir = Deno.makeTempDirSync({ prefix: "aod-test-" });
  Deno.mkdirSync(`${dir}/elsewhere`);
  Deno.symlinkSync(`${dir}/elsewhere`, `${dir}/out`);
  await using agent = new TestAgent({ dir });
  assert.equal(await agent.ended(), 1);
  assert.match(agent.log, /Cannot use the output directory .*: because it is a symbolic link/);
  assert.deepEqual([...Deno.readDirSync(`${dir}/elsewhere`)], []);
});

Deno.test("an output directory that others may write to is refused", async () => {
  const dir = Deno.makeTempDirSync({ prefix: "aod-test-" });
  Deno.mkdirSync(`${dir}/out`);
  Deno.chmodSync(`${dir}/out`, 0o777);
  await using agent = new TestAgent({ dir });
  assert.equal(await agent.ended(), 1);
  assert.match(agent.log, /others may write to it/);
});

Deno.test("a run directory that is a link, or someone else's, is refused", async () => {
  const dir = Deno.makeTempDirSync({ prefix: "aod-test-" });
  Deno.mkdirSync(`${dir}/elsewhere`);
  Deno.symlinkSync(`${dir}/elsewhere`, `${dir}/run`);
  const linked = new TestAgent({ dir });
  assert.equal(await linked.ended(), 1);
  assert.match(linked.log, /because it is a symbolic link/);
  Deno.removeSync(`${dir}/run`);
  Deno.mkdirSync(`${dir}/run`);
  Deno.chownSync(`${dir}/run`, 65534, 65534);
  await using foreign = new TestAgent({ dir });
  assert.equal(await foreign.ended(), 1);
  assert.match(foreign.log, /because it belongs to uid 65534, not 0/);
});
