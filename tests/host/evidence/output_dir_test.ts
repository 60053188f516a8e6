/**
 * Output directories that cannot be used: refused by cause, tried again, nothing left behind.
 * @module
 */
import assert from "node:assert/strict";
import { verifyBundle } from "../../../src/evidence/bundle_read.ts";
import { NotCollectedError } from "../../../src/evidence/collector.ts";
import { anomalyNow, builtin, configOf } from "../../support/evidence.ts";
import { sh, withDir, withMount } from "../../support/evidence_host.ts";

import { collectorFor } from "../../support/collector.ts";

/** Collects into `output` and expects a refusal with this cause and message. */
async function refused(output: string, loss: string, message: RegExp): Promise<void> {
  const collector = collectorFor(output, [builtin("mounts")]);
  await assert.rejects(collector.collect(anomalyNow()), (error) => {
    assert.ok(error instanceof NotCollectedError, String(error));
    assert.equal(error.loss, loss, error.message);
    assert.match(error.message, message);
    return true;
  });
  assert.equal(collector.totals.lost[loss as "failed"], 1);
  await collector.drain();
}

Deno.test("output directory: a link, a file, read-only, full, too little space", async () => {
  await withDir(async (dir) => {
    Deno.mkdirSync(`${dir}/target`);
    Deno.symlinkSync(`${dir}/target`, `${dir}/link`);
    await refused(`${dir}/link`, "output_dir", /is a symbolic link/);
    Deno.symlinkSync(`${dir}/target`, `${dir}/target/batches`);
    await refused(`${dir}/target`, "output_dir", /batches is a symbolic link/);
    Deno.writeTextFileSync(`${dir}/file`, "");
    await refused(`${dir}/file`, "output_dir", /is not a directory/);
    Deno.mkdirSync(`${dir}/source`);
    await withMount(["--bind", "-o", "ro", `${dir}/source`], `${dir}/ro`, async () => {
      sh(["mount", "-o", "remount,bind,ro", `${dir}/ro`]);
      await refused(`${dir}/ro`, "output_dir", /cannot be made: read-only file system/);
    });
    await withMount(["-t", "tmpfs", "-o", "size=1m", "tmpfs"], `${dir}/full`, async () => {
      sh(["sh", "-c", `head -c 2000000 /dev/zero > ${dir}/full/fill || true`]);
      await refused(`${dir}/full`, "failed", /no space left on device/);
      assert.deepEqual([...Deno.readDirSync(`${dir}/full/batches`)], [], "nothing is left behind");
    });
  });
});

Deno.test("a reserve of free space is kept", async () => {
  await withDir(async (dir) => {
    const config = configOf(dir, []);
    config.cleanup.min_free_mb = 1e9;
    const collector = collectorFor(dir, [], { config });
    await assert.rejects(
      collector.collect(anomalyNow()),
      /MB free, less than cleanup.min_free_mb 1000000000/,
    );
    assert.equal(collector.totals.lost.no_space, 1);
    await collector.drain();
  });
});

Deno.test("a directory that comes back is used: the anomaly was only waiting", async () => {
  await withDir(async (dir) => {
    Deno.writeTextFileSync(`${dir}/output`, "in the way");
    const complaints: string[] = [];
    const collector = collectorFor(`${dir}/output`, [], {
      retry_ms: [50, 50, 50, 50],
      log: (_, text) => {
        complaints.push(text);
        if (complaints.length === 2) Deno.removeSync(`${dir}/output`);
      },
    });
    const { path } = await collector.collect(anomalyNow());
    assert.deepEqual((await verifyBundle(path)).faults, []);
    assert.match(complaints[0], /is not a directory; trying again/);
    await collector.drain();
  });
});
