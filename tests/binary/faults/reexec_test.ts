/**
 * Threads of the built agent that hang: the first is replaced, the second makes the process replace
 * itself, from the unpacked files and from memory: same pid, what was collected sealed, all of it at
 * work again.
 * @module
 */
import assert from "node:assert/strict";
import { FrozenThread, threadsNamed } from "../../support/freeze_thread.ts";
import { isLauncher } from "../../support/program.ts";
import type { TestAgent } from "../../support/service/agent.ts";
import { snapshotConfig, startAod } from "../../support/service/built_agent.ts";
import { batchNames, openBundleFile, takeSnapshot } from "../../support/service/bundles.ts";

/** A worker is silent for 15 s before it counts as hung; the next second looks. */
const NOTICED_MS = 40_000;
const THREADS = ["aod-collector", "aod-dispatcher", "aod-watcher"];
const CONFIG = snapshotConfig(
  "[mounts, { name: long, command: [sleep, '27182.9'], timeout_sec: 200 }]",
);

async function hangTwice(agent: TestAgent): Promise<void> {
  await agent.ready();
  const before = await agent.status();
  const program = Deno.readLinkSync(`/proc/${agent.pid}/exe`);
  await using first = new FrozenThread(agent.pid, "aod-watcher");
  await first.held();
  const replaced = await agent.statusThat(
    (s) =>
      s.components.some((c) => c.hangs === 1) && s.components.every((c) => c.state === "running"),
    NOTICED_MS,
  );
  assert.deepEqual(replaced.components.map((c) => c.restarts), [1, 1, 0]);
  // Hangs again while a bundle is being collected.
  await using second = new FrozenThread(agent.pid, "aod-dispatcher");
  await second.held();
  agent.kill("SIGUSR1");
  await agent.saw(/the second hang/, NOTICED_MS);
  // execve waits for a thread that strace holds, and strace for its delay: that is over now.
  await Promise.all([first.thaw(), second.thaw()]);
  await agent.saw(/ready in[^]*ready in/, NOTICED_MS);
  const after = await agent.status();
  assert.equal(after.pid, before.pid);
  assert.equal(after.pid, agent.pid);
  assert.notEqual(after.started_at, before.started_at);
  assert.deepEqual(after.components.map((c) => [c.state, c.hangs]), Array(3).fill(["running", 0]));
  assert.equal(Deno.readLinkSync(`/proc/${agent.pid}/exe`), program);
  assert.equal(Deno.readTextFileSync(`/proc/${agent.pid}/comm`), "aod\n");
  for (const name of THREADS) assert.equal(threadsNamed(agent.pid, name).length, 1, name);
  // What was under way was sealed before the old life ended.
  const names = batchNames(agent.outputDir);
  assert.deepEqual(names.filter((name) => name.startsWith(".")), []);
  const [bundle, ...more] = names.filter((name) => name.endsWith(".tar.zst"));
  assert.deepEqual(more, []);
  const { manifest, action } = await openBundleFile(`${agent.outputDir}/batches/${bundle}`);
  assert.equal(manifest.status, "cut_short");
  assert.equal(action("long").status, "killed");
  // And everything works: another bundle, a reload, a clean end.
  agent.configure(snapshotConfig("[mounts]"));
  assert.ok((await agent.ask("reload")).ok);
  assert.equal((await takeSnapshot(agent)).manifest.status, "complete");
  agent.kill("SIGTERM");
  assert.equal(await agent.ended(), 0);
  const events = agent.audit().map((entry) => entry.event);
  for (
    const event of ["hung", "replaced", "sealed", "stopped"]
  ) {
    assert.ok(events.includes(event), event);
  }
}

/** Where nothing can be unpacked, the launcher runs the program from memory. */
const FROM_MEMORY = [
  ...["unshare", "--mount", "--propagation", "private", "sh", "-ec"],
  'mount -t tmpfs -o ro none /var/cache; mount -t tmpfs -o noexec,mode=755 none /run; exec "$@"',
  "sh",
];

async function run(mode: string): Promise<void> {
  const wrapper = mode === "memory" ? FROM_MEMORY : [];
  await using agent = startAod({ config: CONFIG, wrapper });
  try {
    await hangTwice(agent);
  } catch (error) {
    throw new Error(`from ${mode}:\n${agent.log}`, { cause: error });
  }
}

Deno.test("a second hang replaces the process: same pid, bundle sealed, at work again", async () => {
  // Most of the time is waiting: both at once.
  await Promise.all((await isLauncher() ? ["cache", "memory"] : ["cache"]).map(run));
});
