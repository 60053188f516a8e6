/**
 * The space watcher on real directories.
 * @module
 */
import assert from "node:assert/strict";
import { hashFiles, sealBundle } from "../../../src/evidence/bundle_write.ts";
import { SpaceWatcher } from "../../../src/evidence/space_watcher.ts";
import { ZstdReader } from "../../../src/evidence/zstd_read.ts";
import { configOf } from "../../support/evidence.ts";
import { sh, withDir } from "../../support/evidence_host.ts";

new ZstdReader()[Symbol.dispose](); // opens the library outside of the tests

const HOUR_MS = 3_600_000;
const NOW_MS = Date.UTC(2026, 0, 10);
const KIB = 1024;

interface Made {
  age_hours?: number;
  kib?: number;
  name?: string;
  reason?: string;
  /** Only the bundle, as after a restore from a backup: the index is not there. */
  noIndex?: boolean;
}

let serial = 0;

/** Puts a file of this size and age under the name of a bundle; returns its id. */
function put(batches: string, made: Made): string {
  const { age_hours = 1, kib = 100, name = "latency", reason = "count" } = made;
  const time_ms = NOW_MS - age_hours * HOUR_MS;
  const id = String(BigInt(time_ms) * 1_000_000n + BigInt(serial++));
  Deno.mkdirSync(batches, { recursive: true });
  Deno.writeFileSync(`${batches}/aod_quick_${id}.tar.zst`, new Uint8Array(kib * KIB));
  if (!made.noIndex) {
    const meta = { id, name, type: "latency", reason, count: 1, status: "complete" };
    const text = JSON.stringify({ ...meta, verdict: "unclear", verdict_line: "unclear" });
    Deno.writeTextFileSync(`${batches}/${id}.meta.json`, text);
  }
  for (const { name } of Deno.readDirSync(batches)) {
    if (name.includes(id)) Deno.utimeSync(`${batches}/${name}`, time_ms / 1000, time_ms / 1000);
  }
  return id;
}

function watcherOf(dir: string, limits: { days?: number; mb?: number; min_free_mb?: number }) {
  const config = configOf(dir, []);
  config.cleanup.max_log_age_days = limits.days ?? 1000;
  config.cleanup.max_total_log_size_mb = limits.mb ?? 1000;
  config.cleanup.min_free_mb = limits.min_free_mb ?? 0;
  return new SpaceWatcher({ config: () => config, now: () => NOW_MS });
}

function namesIn(dir: string): string[] {
  return [...Deno.readDirSync(dir)].map((entry) => entry.name).sort();
}

Deno.test("age: what is too old goes with what lies beside it, on every pass", async () => {
  await withDir(async (dir) => {
    const batches = `${dir}/batches`;
    const old = put(batches, { age_hours: 25, reason: "emergency" });
    Deno.writeTextFileSync(`${batches}/${old}.followup.json`, "{}");
    const young = put(batches, { age_hours: 23 });
    const watcher = watcherOf(dir, { days: 1 });
    const report = await watcher.pass();
    assert.deepEqual(report.deletions.map((d) => [d.id, d.reason]), [[old, "age"]]);
    assert.deepEqual(namesIn(batches), [`${young}.meta.json`, `aod_quick_${young}.tar.zst`]);
    const next = put(batches, { age_hours: 30 });
    assert.deepEqual((await watcher.pass()).deletions.map((d) => d.id), [next]);
  });
});

Deno.test("size: over the whole directory, ordinary bundles first, the first of a kind last", async () => {
  await withDir(async (dir) => {
    const batches = `${dir}/batches`;
    const first = put(batches, { age_hours: 9 });
    const second = put(batches, { age_hours: 8 });
    const emergency = put(batches, { age_hours: 7, reason: "hung" });
    const third = put(batches, { age_hours: 6 });
    const newest = put(batches, { age_hours: 5 });
    Deno.writeFileSync(`${dir}/audit.jsonl`, new Uint8Array(700 * KIB));
    const report = await watcherOf(dir, { mb: 1 }).pass();
    assert.deepEqual(report.deletions.map((d) => d.id), [second, third]);
    assert.equal(report.before_bytes - report.after_bytes, report.deletions[0].bytes * 2);
    const tight = await watcherOf(dir, { mb: 0.8 }).pass();
    assert.deepEqual(tight.deletions.map((d) => d.id), [first, emergency]);
    assert.deepEqual(tight.warnings, []);
    assert.ok(namesIn(batches).includes(`aod_quick_${newest}.tar.zst`));
    assert.ok(namesIn(dir).includes("audit.jsonl"));
  });
});

Deno.test("the newest stays though it alone is over the limit, with a warning", async () => {
  await withDir(async (dir) => {
    const id = put(`${dir}/batches`, { kib: 2000 });
    const report = await watcherOf(dir, { mb: 1 }).pass();
    assert.deepEqual(report.deletions, []);
    assert.match(report.warnings.join(), /over cleanup.max_total_log_size_mb 1/);
    assert.ok(namesIn(`${dir}/batches`).includes(`aod_quick_${id}.tar.zst`));
  });
});

Deno.test("what is being collected, foreign files and links are left alone", async () => {
  await withDir(async (dir) => {
    const batches = `${dir}/batches`;
    const old = put(batches, { age_hours: 100 });
    const partial = `${batches}/.aod_quick_1000000000000000000.partial`;
    Deno.mkdirSync(partial);
    Deno.writeFileSync(`${partial}/dmesg.log`, new Uint8Array(100 * KIB));
    Deno.writeTextFileSync(`${batches}/.aod_quick_1000000000000000001.tar.zst.tmp`, "x");
    Deno.writeTextFileSync(`${batches}/notes.txt`, "mine");
    Deno.mkdirSync(`${dir}/elsewhere`);
    const outside = put(`${dir}-outside`, { age_hours: 100 });
    try {
      Deno.symlinkSync(`${dir}-outside`, `${batches}/linked`);
      Deno.symlinkSync(
        `${dir}-outside/aod_quick_${outside}.tar.zst`,
        `${batches}/aod_quick_${outside}.tar.zst`,
      );
      const report = await watcherOf(dir, { days: 1, mb: 0 }).pass();
      assert.deepEqual(report.deletions.map((d) => d.id), [old]);
      assert.ok(report.before_bytes >= 200 * KIB, "what is being collected counts");
      assert.deepEqual(namesIn(batches), [
        ".aod_quick_1000000000000000000.partial",
        ".aod_quick_1000000000000000001.tar.zst.tmp",
        `aod_quick_${outside}.tar.zst`,
        "linked",
        "notes.txt",
      ]);
      assert.ok(namesIn(`${dir}-outside`).includes(`aod_quick_${outside}.tar.zst`));
    } finally {
      Deno.removeSync(`${dir}-outside`, { recursive: true });
    }
  });
});

Deno.test("no directory is left that a deletion has emptied; batches stays", async () => {
  await withDir(async (dir) => {
    put(`${dir}/archive`, { age_hours: 100 });
    put(`${dir}/batches`, { age_hours: 100 });
    Deno.mkdirSync(`${dir}/empty`);
    const report = await watcherOf(dir, { days: 1 }).pass();
    assert.equal(report.deletions.length, 2);
    assert.deepEqual(namesIn(dir), ["batches", "empty"]);
  });
});

Deno.test("a file that cannot be deleted ends nothing", async () => {
  await withDir(async (dir) => {
    const batches = `${dir}/batches`;
    const stuck = put(batches, { age_hours: 100 });
    const other = put(batches, { age_hours: 50 });
    const path = `${batches}/aod_quick_${stuck}.tar.zst`;
    sh(["chattr", "+i", path]);
    try {
      const report = await watcherOf(dir, { days: 1 }).pass();
      assert.deepEqual(report.deletions.map((d) => d.id), [other]);
      assert.match(report.warnings.join(), /Cannot delete .*: because operation not permitted/);
    } finally {
      sh(["chattr", "-i", path]);
    }
  });
});

Deno.test("a clock that is set far ahead deletes nothing for its age, until it is trusted", async () => {
  await withDir(async (dir) => {
    const id = put(`${dir}/batches`, { age_hours: 1 });
    const config = configOf(dir, []);
    config.cleanup.max_log_age_days = 1;
    let now = NOW_MS;
    let steady = 0;
    const watcher = new SpaceWatcher({
      config: () => config,
      now: () => now,
      steady: () => steady,
    });
    assert.deepEqual((await watcher.pass()).deletions, []);
    now += 1000 * 24 * HOUR_MS;
    steady += 60_000;
    const jumped = await watcher.pass();
    assert.deepEqual(jumped.deletions, []);
    assert.match(jumped.warnings.join(), /The clock jumped \d+ s ahead/);
    now += HOUR_MS;
    steady += HOUR_MS;
    assert.deepEqual((await watcher.pass()).deletions.map((d) => d.id), [id]);
  });
});

Deno.test("files that vanish during the pass are no failure", async () => {
  await withDir(async (dir) => {
    const batches = `${dir}/batches`;
    const ids = Array.from({ length: 200 }, (_, i) => put(batches, { age_hours: 100 + i, kib: 1 }));
    const [report] = await Promise.all([
      watcherOf(dir, { days: 1 }).pass(),
      (async () => {
        for (const id of ids) {
          await Deno.remove(`${batches}/aod_quick_${id}.tar.zst`).catch(() => {});
        }
      })(),
    ]);
    assert.deepEqual(report.warnings, []);
    await watcherOf(dir, { days: 1 }).pass();
    assert.deepEqual(namesIn(batches).filter((name) => name.endsWith(".zst")), []);
  });
});

Deno.test("a missing directory, and one that is a link, are no failure", async () => {
  await withDir(async (dir) => {
    const missing = await watcherOf(`${dir}/nowhere`, {}).pass();
    assert.deepEqual([missing.bundles, missing.before_bytes], [0, 0]);
    put(`${dir}/real/batches`, { age_hours: 100 });
    Deno.symlinkSync(`${dir}/real`, `${dir}/link`);
    const linked = await watcherOf(`${dir}/link`, { days: 1 }).pass();
    assert.deepEqual(linked.deletions, []);
    assert.match(linked.warnings[0], /not a directory/);
  });
});

Deno.test("too little free space is an alert", async () => {
  await withDir(async (dir) => {
    const report = await watcherOf(dir, { min_free_mb: 1e9 }).pass();
    assert.equal(report.paused, true);
    assert.match(report.warnings.join(), /Collection is paused: because the file system/);
    assert.equal((await watcherOf(dir, {}).pass()).paused, false);
  });
});

Deno.test("without its index a bundle is asked itself: an emergency stays precious", async () => {
  await withDir(async (dir) => {
    const batches = `${dir}/batches`;
    const source = `${dir}/source`;
    const ids: string[] = [];
    for (const reason of ["count", "emergency", "count", "count"]) {
      const id = String(BigInt(NOW_MS - HOUR_MS) * 1_000_000n + BigInt(serial++));
      Deno.mkdirSync(source, { recursive: true });
      Deno.mkdirSync(batches, { recursive: true });
      Deno.writeFileSync(`${source}/noise.log`, crypto.getRandomValues(new Uint8Array(60_000)));
      Deno.writeTextFileSync(
        `${source}/manifest.json`,
        JSON.stringify({
          ...{ id, status: "complete", verdict: { kind: "unclear", line: "" } },
          anomaly: { name: "latency", type: "latency", reason, count: 1 },
          files: await hashFiles(source),
        }),
      );
      await sealBundle(batches, id, source);
      Deno.removeSync(source, { recursive: true });
      ids.push(id);
    }
    const report = await watcherOf(dir, { mb: 0.19 }).pass();
    assert.deepEqual(report.deletions.map((d) => d.id), [ids[2]]);
  });
});

Deno.test("files of the event log are neither deleted nor counted: their own retention keeps them", async () => {
  await withDir(async (dir) => {
    const id = put(`${dir}/batches`, { age_hours: 2, kib: 300 });
    put(`${dir}/batches`, { age_hours: 1, kib: 300 });
    Deno.mkdirSync(`${dir}/events`);
    const names = ["events.jsonl", "events.jsonl.20250101T000000.000Z.zst"];
    for (const name of names) {
      Deno.writeFileSync(`${dir}/events/${name}`, new Uint8Array(2000 * KIB));
      Deno.utimeSync(`${dir}/events/${name}`, 0, 0);
    }
    const watcher = watcherOf(dir, { days: 1, mb: 1 });
    const report = await watcher.pass();
    assert.deepEqual(report.deletions, []);
    assert.ok(report.before_bytes < 700 * KIB, `${report.before_bytes}`);
    // What only looks like one of them counts.
    Deno.writeFileSync(`${dir}/events/events.json`, new Uint8Array(600 * KIB));
    const [deleted] = (await watcher.pass()).deletions;
    assert.equal(deleted.id, id);
    assert.deepEqual([...Deno.readDirSync(`${dir}/events`)].map(({ name }) => name).sort(), [
      "events.json",
      ...names,
    ]);
  });
});
