/**
 * Actions that misbehave under the built agent: each is named in the manifest, none stops the bundle
 * or the next one.
 * @module
 */
import assert from "node:assert/strict";
import { snapshotConfig, startAod } from "../../support/service/built_agent.ts";
import { takeSnapshot } from "../../support/service/bundles.ts";

/** Marks the sleeping children of this test. */
const MARK = "27182.8";

function sleepers(): number[] {
  const pids = [...Deno.readDirSync("/proc")].map((entry) => Number(entry.name));
  return pids.filter(Number.isInteger).filter((pid) => {
    try {
      return Deno.readTextFileSync(`/proc/${pid}/cmdline`).startsWith(`sleep\0${MARK}`);
    } catch {
      return false;
    }
  });
}

const ACTIONS = `[
    mounts,
    { name: hangs, command: [sh, -c, "trap '' TERM; sleep ${MARK}1 & sleep ${MARK}2; wait"], timeout_sec: 0.5 },
    { name: grandchild, command: [sh, -c, "echo out; sleep ${MARK}3 & exit 0"] },
    { name: session, command: [sh, -c, "echo out; setsid sleep ${MARK}4 & sleep 0.1"] },
    { name: gigabyte, command: [head, -c, "1000000000", /dev/zero], max_output_kb: 64 },
    { name: noise, command: [sh, -c, "exec head -c 1000000000 /dev/zero >&2"], max_output_kb: 64 },
    { name: absent, command: [aod-no-such-program] },
    { name: fails, command: [sh, -c, "echo why >&2; exit 3"] },
    { name: device, file: /dev/zero, max_output_kb: 64 },
    { name: fine, command: [echo, fine] },
  ]`;

Deno.test("actions that hang, leave grandchildren, print 1 GB or are not installed stop nothing", async () => {
  await using agent = startAod({ config: snapshotConfig(ACTIONS) });
  await agent.ready();
  try {
    for (let round = 0; round < 2; round++) {
      const { manifest, action } = await takeSnapshot(agent);
      assert.equal(manifest.status, "complete");
      assert.equal(action("hangs").status, "timeout");
      assert.equal(action("grandchild").status, "ok");
      assert.match(action("grandchild").note, /grandchild/);
      assert.equal(action("session").status, "ok");
      assert.deepEqual([action("gigabyte").status, action("noise").status], [
        "truncated",
        "truncated",
      ]);
      assert.equal(action("absent").status, "missing");
      assert.match(action("absent").note, /aod-no-such-program: because it is not installed/);
      assert.deepEqual([action("fails").status, action("fails").exit_code], ["failed", 3]);
      assert.notEqual(action("device").status, "ok");
      assert.deepEqual([action("fine").status, action("mounts").status], ["ok", "ok"]);
      for (const { size_bytes, name } of manifest.files) assert.ok(size_bytes <= 70_000, name);
    }
    const own_session = sleepers().filter((pid) => {
      return Deno.readTextFileSync(`/proc/${pid}/cmdline`).includes(`${MARK}4`);
    });
    assert.deepEqual(sleepers(), own_session, "only what left the group is left");
    const { rss_bytes, components, actions } = await agent.status();
    assert.ok(rss_bytes < 400 * 2 ** 20, `${rss_bytes} bytes`);
    assert.deepEqual(components.map((c) => c.restarts), [0, 0, 0]);
    assert.deepEqual([actions.hangs.runs, actions.hangs.timeouts], [2, 2]);
    agent.kill("SIGTERM");
    assert.equal(await agent.ended(), 0);
  } finally {
    for (const pid of sleepers()) Deno.kill(pid, "SIGKILL");
  }
});
