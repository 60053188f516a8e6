/**
 * kill -9 of the built agent in the midst of a collection: nothing half-written has a final name, and
 * the next start makes a whole bundle of what is there.
 * @module
 */
import assert from "node:assert/strict";
import { snapshotConfig, startAod } from "../../support/service/built_agent.ts";
import { batchNames, openBundleFile, takeSnapshot } from "../../support/service/bundles.ts";

/** Quick ones, a slow one, and a tail of a second. */
const CONFIG = snapshotConfig(
  "[mounts, { name: hello, command: [echo, hello] }, { name: slow, command: [sleep, '1'] }]",
).replace("requests_after_sec: 0", "requests_after_sec: 1");

/** What is in the directory of the unfinished bundle when the agent is killed. */
const STAGES: Record<string, (names: string[]) => boolean> = {
  "the directory is made": () => true,
  "the anomaly is written": (names) => names.includes("anomaly.json"),
  "actions write": (names) => names.some((name) => name.endsWith(".log")),
  "the quick ones are done": (names) => names.includes("hello.log") && names.includes("ss.log"),
  "the requests are written": (names) => names.includes("requests.jsonl"),
};

for (const [stage, reached] of Object.entries(STAGES)) {
  Deno.test(`kill -9 when ${stage}: the next start leaves no half bundle and goes on`, async () => {
    const dir = Deno.makeTempDirSync({ prefix: "aod-test-" });
    const agent = startAod({ dir, config: CONFIG });
    await agent.ready();
    agent.kill("SIGUSR1");
    let accepted = false;
    for (const begun = performance.now();;) {
      assert.ok(performance.now() - begun < 20_000, agent.log);
      const partial = batchNames(agent.outputDir).find((name) => name.endsWith(".partial"));
      if (partial !== undefined) {
        const names = [...Deno.readDirSync(`${agent.outputDir}/batches/${partial}`)]
          .map((entry) => entry.name);
        accepted = names.includes("anomaly.json");
        if (reached(names)) break;
      }
      await new Promise((resolve) => setTimeout(resolve, 0));
    }
    agent.kill("SIGKILL");
    assert.notEqual(await agent.ended(), 0);
    await agent.end();
    assert.deepEqual(batchNames(agent.outputDir).filter((n) => /^aod_quick.*zst$/.test(n)), []);

    await using next = startAod({ dir, config: CONFIG });
    await next.ready();
    const names = batchNames(next.outputDir);
    assert.deepEqual(names.filter((name) => name.startsWith(".")), [], next.log);
    const bundles = names.filter((name) => name.endsWith(".tar.zst"));
    // It may have come a little further than what was looked at.
    if (accepted) assert.equal(bundles.length, 1, next.log);
    for (const name of bundles) {
      const { manifest } = await openBundleFile(`${next.outputDir}/batches/${name}`);
      assert.equal(manifest.status, "recovered");
      assert.equal(manifest.anomaly.type, "snapshot");
    }
    assert.equal((await takeSnapshot(next)).manifest.status, "complete");
    next.kill("SIGTERM");
    assert.equal(await next.ended(), 0);
  });
}
