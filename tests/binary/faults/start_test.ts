/**
 * What the built agent says when it cannot start or is asked for what it must not do.
 * @module
 */
import assert from "node:assert/strict";
import { AOD, runCommand } from "../../support/program.ts";
import { snapshotConfig, startAod } from "../../support/service/built_agent.ts";
import { takeSnapshot } from "../../support/service/bundles.ts";

Deno.test("two instances: the second says who runs and ends with 1; the first goes on", async () => {
  await using agent = startAod();
  await agent.ready();
  const args = ["--config", agent.configPath, "--run-dir", agent.runDir];
  const second = await runCommand(AOD, args);
  assert.deepEqual([second.code, second.stdout, second.stderr], [
    1,
    "",
    `aod: Cannot start: because aod already runs as pid ${agent.pid}\n`,
  ]);
  await takeSnapshot(agent);
  agent.kill("SIGKILL");
  await agent.ended();
  // The lock of a killed one is free at once.
  const third = startAod({ dir: agent.dir });
  await third.ready();
  await third.end();
});

Deno.test("non-root: exit 4 with one line, and nothing is made", async () => {
  const dir = Deno.makeTempDirSync({ prefix: "aod-test-" });
  Deno.chmodSync(dir, 0o777);
  await using agent = startAod({
    dir,
    wrapper: ["setpriv", "--reuid", "65534", "--regid", "65534", "--clear-groups"],
  });
  assert.equal(await agent.ended(), 4);
  assert.match(agent.log, /^(aod: not using .*\n)?aod: Cannot start: because aod needs root .*\n$/);
  assert.throws(() => Deno.lstatSync(agent.runDir), Deno.errors.NotFound);
  assert.throws(() => Deno.lstatSync(agent.outputDir), Deno.errors.NotFound);
});

Deno.test("reload with a bad file: every fault is said, exit 2, and the old one stays in force", async () => {
  await using agent = startAod();
  await agent.ready();
  const reload = () => runCommand(AOD, ["reload", "--run-dir", agent.runDir]);
  for (const bad of ["nonsense: 1\nwatch_interval_sec: -1\n", "[", "\0\xff", ""]) {
    Deno.writeTextFileSync(agent.configPath, bad);
    const refused = await reload();
    assert.equal(refused.code, 2, refused.stderr);
    assert.match(refused.stderr, /aod\.yaml/);
  }
  Deno.removeSync(agent.configPath);
  assert.equal((await reload()).code, 2);
  const { action } = await takeSnapshot(agent);
  assert.equal(action("mounts").status, "ok");
  agent.configure(snapshotConfig("[mounts, { name: hello, command: [echo, hello] }]"));
  const taken = await reload();
  assert.equal(taken.code, 0, taken.stderr);
  assert.equal((await takeSnapshot(agent)).action("hello").status, "ok");
});
