/**
 * The output directory of the built agent goes missing, read-only, full, or becomes a link, at the
 * start and while it runs: said, counted, and over when the directory is back.
 * @module
 */
import assert from "node:assert/strict";
import { sh, withMount } from "../../support/evidence_host.ts";
import type { TestAgent } from "../../support/service/agent.ts";
import { snapshotConfig, startAod } from "../../support/service/built_agent.ts";
import { batchNames, takeSnapshot } from "../../support/service/bundles.ts";

const newDir = () => Deno.makeTempDirSync({ prefix: "aod-test-" });

/** A snapshot while the directory cannot be used, which is mended once the agent has complained. */
async function refusedThenTaken(agent: TestAgent, why: RegExp, mend: () => void): Promise<void> {
  const snapshot = takeSnapshot(agent);
  await agent.saw(why);
  mend();
  const { manifest } = await snapshot;
  assert.equal(manifest.status, "complete");
}

async function alive(agent: TestAgent): Promise<void> {
  const { components } = await agent.status();
  assert.deepEqual(components.map((c) => [c.state, c.restarts]), Array(3).fill(["running", 0]));
  agent.kill("SIGTERM");
  assert.equal(await agent.ended(), 0);
}

Deno.test("missing: made at the start with 0700, and again when it is removed while it runs", async () => {
  await using agent = startAod();
  await agent.ready();
  assert.equal(Deno.lstatSync(agent.outputDir).mode! & 0o777, 0o700);
  await takeSnapshot(agent);
  Deno.removeSync(agent.outputDir, { recursive: true });
  await takeSnapshot(agent);
  assert.equal(Deno.lstatSync(agent.outputDir).mode! & 0o777, 0o700);
  await alive(agent);
});

Deno.test("read-only at the start: exit 1 with the reason", async () => {
  const dir = newDir();
  await withMount(["-t", "tmpfs", "-o", "ro,mode=0700", "none"], `${dir}/out`, async () => {
    const agent = startAod({ dir });
    assert.equal(await agent.ended(), 1);
    assert.match(agent.log, /Cannot use the output directory .*: because .*[Rr]ead-only/);
  });
  Deno.removeSync(dir, { recursive: true });
});

Deno.test("read-only while it runs: said, tried again, and taken when it can be written", async () => {
  const dir = newDir();
  await withMount(["-t", "tmpfs", "-o", "mode=0700", "none"], `${dir}/out`, async () => {
    const agent = startAod({ dir });
    try {
      await agent.ready();
      await takeSnapshot(agent);
      // As a file system that the kernel has made read-only: what is open can still be written.
      sh(["mount", "--bind", `${dir}/out`, `${dir}/out`]);
      sh(["mount", "-o", "remount,bind,ro", `${dir}/out`]);
      await refusedThenTaken(agent, /[Rr]ead-only/, () => sh(["umount", `${dir}/out`]));
      assert.deepEqual(batchNames(agent.outputDir).filter((name) => name.startsWith(".")), []);
      await alive(agent);
    } finally {
      await agent.end();
    }
  });
  Deno.removeSync(dir, { recursive: true });
});

Deno.test("full while it runs: no half bundle under a final name; taken when there is room", async () => {
  const dir = newDir();
  await withMount(["-t", "tmpfs", "-o", "size=2m,mode=0700", "none"], `${dir}/out`, async () => {
    const big = "[mounts, { name: big, command: [head, -c, '300000', /dev/urandom] }]";
    const agent = startAod({ dir, config: snapshotConfig(big) });
    try {
      await agent.ready();
      await takeSnapshot(agent);
      const filler = Deno.openSync(`${agent.outputDir}/filler`, { write: true, createNew: true });
      const block = new Uint8Array(4096);
      const fill = () => {
        for (;;) filler.writeSync(block);
      };
      assert.throws(fill, /space/);
      filler.close();
      const before = batchNames(agent.outputDir);
      const response = await agent.ask("snapshot");
      const sealed = batchNames(agent.outputDir).filter((n) => n.endsWith(".tar.zst"));
      assert.ok(!response.ok, JSON.stringify(response));
      assert.match(response.error, /space/);
      assert.deepEqual(sealed, before.filter((name) => name.endsWith(".tar.zst")));
      Deno.removeSync(`${agent.outputDir}/filler`);
      await takeSnapshot(agent);
      await alive(agent);
    } finally {
      await agent.end();
    }
  });
  Deno.removeSync(dir, { recursive: true });
});

Deno.test("less free than the reserve: collection pauses, and goes on when there is room", async () => {
  const dir = newDir();
  await withMount(["-t", "tmpfs", "-o", "size=4m,mode=0700", "none"], `${dir}/out`, async () => {
    const agent = startAod({ dir, config: snapshotConfig("[mounts]", "min_free_mb: 3") });
    try {
      await agent.ready();
      Deno.writeFileSync(`${agent.outputDir}/filler`, new Uint8Array(2 << 20));
      await refusedThenTaken(
        agent,
        /less than cleanup\.min_free_mb 3/,
        () => Deno.removeSync(`${agent.outputDir}/filler`),
      );
      await alive(agent);
    } finally {
      await agent.end();
    }
  });
  Deno.removeSync(dir, { recursive: true });
});

Deno.test("a link at the start: exit 1, what it points to untouched", async () => {
  const dir = newDir();
  Deno.mkdirSync(`${dir}/elsewhere`);
  Deno.symlinkSync(`${dir}/elsewhere`, `${dir}/out`);
  await using agent = startAod({ dir });
  assert.equal(await agent.ended(), 1);
  assert.match(agent.log, /because it is a symbolic link/);
  assert.deepEqual([...Deno.readDirSync(`${dir}/elsewhere`)], []);
});

Deno.test("a link put in its place while it runs is not followed", async () => {
  await using agent = startAod();
  await agent.ready();
  Deno.mkdirSync(`${agent.dir}/elsewhere`);
  Deno.renameSync(agent.outputDir, `${agent.dir}/away`);
  Deno.symlinkSync(`${agent.dir}/elsewhere`, agent.outputDir);
  await refusedThenTaken(agent, /is a symbolic link/, () => {
    Deno.removeSync(agent.outputDir);
    Deno.renameSync(`${agent.dir}/away`, agent.outputDir);
  });
  assert.deepEqual([...Deno.readDirSync(`${agent.dir}/elsewhere`)], []);
  await alive(agent);
});

Deno.test("a link instead of the directory of the bundles is not followed either", async () => {
  await using agent = startAod();
  await agent.ready();
  await takeSnapshot(agent);
  Deno.mkdirSync(`${agent.dir}/elsewhere`);
  Deno.renameSync(`${agent.outputDir}/batches`, `${agent.dir}/away`);
  Deno.symlinkSync(`${agent.dir}/elsewhere`, `${agent.outputDir}/batches`);
  await refusedThenTaken(agent, /is a symbolic link/, () => {
    Deno.removeSync(`${agent.outputDir}/batches`);
    Deno.renameSync(`${agent.dir}/away`, `${agent.outputDir}/batches`);
  });
  assert.deepEqual([...Deno.readDirSync(`${agent.dir}/elsewhere`)], []);
  await alive(agent);
});
