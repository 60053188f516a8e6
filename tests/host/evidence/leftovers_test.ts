/**
 * What real deaths at every stage of a collection leave, and what the next start makes of it.
 * @module
 */
import assert from "node:assert/strict";
import { withDir } from "../../support/evidence_host.ts";

import { collectorFor, openBundle } from "../../support/collector.ts";

for (
  const stage of ["directory", "anomaly", "snapshot", "tail", "contents", "manifest", "sealed"]
) {
  Deno.test(`kill -9 at stage ${stage}: nothing half-written, the next start cleans up`, async () => {
    await withDir(async (dir) => {
      const child = new Deno.Command(Deno.execPath(), {
        args: ["run", "-A", "--quiet", "tests/support/collect_child.ts", dir, stage],
        stdin: "null",
      }).outputSync();
      assert.equal(child.signal, "SIGKILL", new TextDecoder().decode(child.stderr));
      const sealedBefore = [...Deno.readDirSync(`${dir}/batches`)]
        .filter((entry) => entry.name.endsWith(".tar.zst") && !entry.name.startsWith("."));
      assert.equal(sealedBefore.length, stage === "sealed" ? 1 : 0);
      const collector = collectorFor(dir, []);
      const leftovers = await collector.recoverLeftovers();
      const outcomes = leftovers.map((leftover) => leftover.outcome);
      const keeps = stage !== "directory" && stage !== "sealed";
      assert.ok(outcomes.includes(keeps ? "sealed" : "removed"), outcomes.join());
      const names = [...Deno.readDirSync(`${dir}/batches`)].map((entry) => entry.name);
      assert.deepEqual(names.filter((name) => name.startsWith(".")), []);
      const bundles = names.filter((name) => name.endsWith(".tar.zst"));
      assert.equal(bundles.length, stage === "directory" ? 0 : 1);
      for (const name of bundles) {
        const { manifest, texts } = await openBundle(
          `${dir}/batches/${name}`,
          "anomaly.json",
          "README.txt",
        );
        assert.equal(manifest.status, keeps ? "recovered" : "complete");
        assert.equal(manifest.anomaly.name, "smb_latency");
        assert.ok(texts.has("anomaly.json") && texts.has("README.txt"));
        if (stage === "tail") assert.ok(manifest.files.some((file) => file.name === "hello.log"));
      }
      assert.deepEqual(await collector.recoverLeftovers(), [], "a second start finds nothing");
    });
  });
}

Deno.test("death while the archive was written: the half of it goes, the bundle is made anew", async () => {
  await withDir(async (dir) => {
    const child = new Deno.Command(Deno.execPath(), {
      args: ["run", "-A", "--quiet", "tests/support/collect_child.ts", dir, "manifest"],
      stdin: "null",
    }).outputSync();
    assert.equal(child.signal, "SIGKILL");
    const batches = `${dir}/batches`;
    const [partial] = [...Deno.readDirSync(batches)].map((entry) => entry.name);
    const half = partial.replace(".partial", ".tar.zst.tmp");
    Deno.writeFileSync(`${batches}/${half}`, new Uint8Array(1000).fill(40));
    const leftovers = await collectorFor(dir, []).recoverLeftovers();
    assert.deepEqual(leftovers.map((l) => l.outcome).sort(), ["removed", "sealed"]);
    const names = [...Deno.readDirSync(batches)].map((entry) => entry.name).sort();
    assert.equal(names.length, 2, names.join());
    const { manifest } = await openBundle(`${batches}/${names[1]}`);
    assert.equal(manifest.status, "recovered");
  });
});

Deno.test("leftovers that are not ours, or links, do no harm", async () => {
  await withDir(async (dir) => {
    const batches = `${dir}/batches`;
    Deno.mkdirSync(batches, { recursive: true });
    Deno.mkdirSync(`${dir}/precious`);
    Deno.writeTextFileSync(`${dir}/precious/anomaly.json`, "{}");
    Deno.symlinkSync(`${dir}/precious`, `${batches}/.aod_quick_1795167805542772008.partial`);
    Deno.writeTextFileSync(`${batches}/foreign.txt`, "mine");
    const partial = `${batches}/.aod_quick_1795167805542772009.partial`;
    Deno.mkdirSync(partial);
    Deno.writeTextFileSync(`${partial}/anomaly.json`, "{}\n");
    Deno.writeTextFileSync(`${partial}/manifest.json`, "not json");
    Deno.symlinkSync("/etc/shadow", `${partial}/link.log`);
    const outcomes = (await collectorFor(dir, []).recoverLeftovers()).map((l) => l.outcome);
    assert.deepEqual(outcomes, ["removed", "sealed"]);
    assert.equal(Deno.readTextFileSync(`${dir}/precious/anomaly.json`), "{}");
    assert.equal(Deno.readTextFileSync(`${batches}/foreign.txt`), "mine");
    const { names } = await openBundle(`${batches}/aod_quick_1795167805542772009.tar.zst`);
    assert.ok(!names.includes("link.log"));
  });
});
