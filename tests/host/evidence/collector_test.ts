/**
 * The collector with real actions, real directories and real deaths.
 * @module
 */
import assert from "node:assert/strict";
import type { Stage } from "../../../src/evidence/collection.ts";
import { Collector } from "../../../src/evidence/collector.ts";
import { NotCollectedError } from "../../../src/evidence/collector.ts";
import { monotonicNs } from "../../../src/os/clock.ts";
import { anomalyNow, builtin, command, configOf, plainContents } from "../../support/evidence.ts";
import { withDir, withFrozen } from "../../support/evidence_host.ts";

import { collectorFor, modeOf, openBundle } from "../../support/collector.ts";

Deno.test("a whole bundle: every action named with its outcome, nothing left beside it", async () => {
  await withDir(async (dir) => {
    const output = `${dir}/deep/output`;
    const accepted: string[] = [];
    const collector = collectorFor(output, [
      builtin("dmesg"),
      builtin("mounts"),
      command("fails", ["sh", "-c", "echo some; echo why >&2; exit 3"]),
      command("hangs", ["sleep", "31416.1"], { timeout_sec: 0.2 }),
      command("floods", ["yes", "flood"], { max_output_kb: 16 }),
      command("absent", ["aod-no-such-program"]),
      command("secret", ["echo", "--password=hunter2", "user=u", "password=hunter2"]),
      { ...command("copied", []), kind: "file", file: "/proc/sys/kernel/ostype" },
    ], { onAccepted: (id) => accepted.push(id) });
    await collector.start();
    const anomaly = anomalyNow();
    const bundle = await collector.collect(anomaly);
    assert.deepEqual(accepted, [anomaly.id]);
    assert.equal(bundle.path, `${output}/batches/aod_quick_${anomaly.id}.tar.zst`);
    assert.deepEqual([...Deno.readDirSync(`${output}/batches`)].map((e) => e.name).sort(), [
      `${anomaly.id}.meta.json`,
      `aod_quick_${anomaly.id}.tar.zst`,
    ]);
    assert.deepEqual([modeOf(output), modeOf(`${output}/batches`)], [0o700, 0o700]);
    assert.equal(modeOf(bundle.path), 0o600);
    const { manifest, texts, action, names } = await openBundle(
      bundle.path,
      ...["fails.log", "secret.log", "copied.log", "requests.jsonl", "README.txt"],
    );
    assert.equal(manifest.status, "complete");
    assert.deepEqual(manifest.problems, []);
    assert.deepEqual([action("fails").status, action("fails").exit_code], ["failed", 3]);
    assert.equal(action("fails").stderr, "why\n");
    assert.match(
      texts.get("fails.log") ?? "",
      /^# fails, \d{4}-\d\d-\d\dT[\d:.]+Z\n# sh -c .*\nsome\n\n# standard error\nwhy\n/,
    );
    assert.equal(action("hangs").status, "timeout");
    assert.deepEqual([action("floods").status, action("floods").truncated], ["truncated", true]);
    assert.equal(action("absent").status, "missing");
    assert.match(action("absent").note, /aod-no-such-program/);
    assert.equal(action("dmesg").status, "ok");
    assert.match(texts.get("copied.log") ?? "", /\nLinux\n/);
    assert.ok(["ss", "debugdata", "stats"].every((name) => action(name).implied));
    for (const name of ["dmesg.log", "ss.log", "anomaly.json"]) assert.ok(names.includes(name));
    const everything = JSON.stringify([...texts]);
    assert.ok(!everything.includes("hunter2"), "a secret is in the bundle");
    const markers = (texts.get("secret.log") ?? "").match(/<redacted-\w+>/g) ?? [];
    assert.ok(markers.length >= 2 && new Set(markers).size === 1, markers.join());
    assert.ok(Object.values(manifest.redactions).reduce((a, b) => a + b, 0) >= 3);
    await collector.drain();
  });
});

Deno.test("requests after the anomaly are waited for, and quick actions are not", async () => {
  await withDir(async (dir) => {
    const collector = collectorFor(dir, [builtin("mounts")]);
    const stages: [Stage, number][] = [];
    const started = monotonicNs();
    const watch = new Collector({
      config: configOf(dir, [builtin("mounts")]),
      probe: null,
      contents: plainContents,
      onStage: (_, stage) => void stages.push([stage, Number(monotonicNs() - started) / 1e6]),
    });
    const { snapshot_ms, sealed_ms } = await watch.collect(anomalyNow());
    assert.deepEqual(stages.map(([stage]) => stage), [
      ...["directory", "anomaly", "snapshot", "tail", "contents", "manifest", "sealed", "done"],
    ]);
    assert.ok(snapshot_ms < sealed_ms);
    assert.ok(sealed_ms >= 100, `requests_after_sec is 0.1 s, sealed after ${sealed_ms} ms`);
    await watch.drain();
    await collector.drain();
  });
});

Deno.test("contents that fail are named in the manifest, and the rest of the bundle is there", async () => {
  await withDir(async (dir) => {
    const fail = (what: string) => () => {
      throw new Error(`${what} as planned`);
    };
    const collector = collectorFor(dir, [builtin("mounts")], {
      contents: () => ({
        begin: fail("begin"),
        anomalyJson: fail("anomalyJson"),
        requests: fail("requests"),
        verdict: fail("verdict"),
        readme: fail("readme"),
      }),
    });
    const { path } = await collector.collect(anomalyNow());
    const { manifest, texts, action } = await openBundle(path, "anomaly.json", "README.txt");
    assert.equal(manifest.problems.length, 5);
    assert.equal(action("mounts").status, "ok");
    assert.equal(JSON.parse(texts.get("anomaly.json") ?? "").anomaly, "latency");
    assert.match(texts.get("README.txt") ?? "", /^Verdict: /);
    await collector.drain();
  });
});

Deno.test("a child stuck in the kernel is left, named, and not started again until it is gone", async () => {
  await withDir(async (dir) => {
    await withFrozen(dir, async (frozen, thaw) => {
      const argv = ["dd", "if=/dev/zero", `of=${frozen}/x`, "bs=1", "count=1"];
      const collector = collectorFor(`${dir}/output`, [
        command("stuck", argv, { timeout_sec: 0.2 }),
        command("fine", ["echo", "fine"]),
      ]);
      const first = await openBundle((await collector.collect(anomalyNow())).path);
      assert.equal(first.action("stuck").status, "abandoned");
      assert.match(first.action("stuck").note, /pid \d+ outlived SIGKILL/);
      assert.equal(first.action("fine").status, "ok");
      assert.equal(collector.actions.abandoned, 1);
      const second = await openBundle((await collector.collect(anomalyNow())).path);
      assert.equal(second.action("stuck").status, "skipped");
      assert.match(second.action("stuck").note, /still stuck/);
      thaw();
      let status = "skipped";
      for (let i = 0; i < 50 && status === "skipped"; i++) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        status =
          (await openBundle((await collector.collect(anomalyNow())).path)).action("stuck").status;
      }
      assert.equal(status, "ok");
      await collector.drain();
    });
  });
});

Deno.test("drain: actions are ended, what is there is sealed, nothing new is taken", async () => {
  await withDir(async (dir) => {
    const collector = collectorFor(dir, [
      command("long", ["sh", "-c", "echo begun; sleep 31416.2"], { timeout_sec: 60 }),
    ]);
    const running = collector.collect(anomalyNow());
    await new Promise((resolve) => setTimeout(resolve, 300));
    const started = performance.now();
    await collector.drain();
    assert.ok(performance.now() - started < 8_000);
    const { manifest, action, texts } = await openBundle((await running).path, "long.log");
    assert.equal(manifest.status, "cut_short");
    assert.equal(action("long").status, "killed");
    assert.match(texts.get("long.log") ?? "", /begun/);
    await assert.rejects(
      collector.collect(anomalyNow()),
      (error) => error instanceof NotCollectedError && error.loss === "draining",
    );
  });
});

Deno.test("1,000 anomalies at once: bounded, every one accounted for", async () => {
  await withDir(async (dir) => {
    const collector = collectorFor(dir, [builtin("mounts")]);
    const before = Deno.memoryUsage().rss;
    const results = await Promise.allSettled(
      Array.from({ length: 1_000 }, () => collector.collect(anomalyNow())),
    );
    const { totals } = collector;
    const sealed = results.filter((result) => result.status === "fulfilled").length;
    assert.equal(totals.anomalies, 1_000);
    assert.equal(totals.sealed, sealed);
    assert.equal(sealed + totals.lost.queue_full, 1_000);
    assert.ok(sealed >= 64, String(sealed));
    assert.ok(Deno.memoryUsage().rss - before < 128 * 2 ** 20);
    const names = [...Deno.readDirSync(`${dir}/batches`)].map((entry) => entry.name);
    assert.equal(names.filter((name) => name.endsWith(".tar.zst")).length, sealed);
    assert.deepEqual(names.filter((name) => name.startsWith(".")), []);
    await collector.drain();
  });
});

Deno.test("the same anomaly twice makes one bundle", async () => {
  await withDir(async (dir) => {
    const collector = collectorFor(dir, []);
    const anomaly = anomalyNow();
    const both = await Promise.allSettled([collector.collect(anomaly), collector.collect(anomaly)]);
    assert.deepEqual(both.map((result) => result.status).sort(), ["fulfilled", "rejected"]);
    await assert.rejects(collector.collect(anomaly), /its bundle is there/);
    await collector.drain();
  });
});

Deno.test("follow-ups are merged beside the bundle, also when they come all at once", async () => {
  await withDir(async (dir) => {
    const collector = collectorFor(dir, []);
    const { id, name, type, reason } = anomalyNow();
    await collector.collect(anomalyNow({ id }));
    const message = { id, name, type, reason, worst_latency_ns: 5_000_000n, last_end_ns: 7n };
    await Promise.all(
      Array.from({ length: 20 }, (_, i) => collector.followup({ ...message, count: i })),
    );
    const file = JSON.parse(Deno.readTextFileSync(`${dir}/batches/${id}.followup.json`));
    assert.deepEqual([file.count, file.updates, file.worst_latency_ms], [19, 20, 5]);
    assert.equal(modeOf(`${dir}/batches/${id}.followup.json`), 0o600);
    await collector.followup({ ...message, id: "1000000000000000000", count: 1 });
    assert.ok(
      !JSON.stringify([...Deno.readDirSync(`${dir}/batches`)]).includes("1000000000000000000"),
    );
    await collector.drain();
  });
});

Deno.test("a follow-up of a bundle that waits to be collected is kept for it", async () => {
  await withDir(async (dir) => {
    const gate = Promise.withResolvers<void>();
    const collector = collectorFor(dir, [], {
      onStage: (_, stage) => stage === "directory" ? gate.promise : undefined,
    });
    const anomalies = Array.from({ length: 17 }, () => anomalyNow());
    const bundles = anomalies.map((anomaly) => collector.collect(anomaly));
    const { id, name, type, reason } = anomalies[16];
    const counted = { count: 3, worst_latency_ns: 5_000_000n, last_end_ns: 7n };
    await collector.followup({ id, name, type, reason, ...counted });
    gate.resolve();
    await Promise.all(bundles);
    const file = JSON.parse(Deno.readTextFileSync(`${dir}/batches/${id}.followup.json`));
    assert.equal(file.count, 3);
    await collector.drain();
  });
});

Deno.test("whatever goes wrong is a counted loss: anomalies = sealed + lost", async () => {
  await withDir(async (dir) => {
    const collector = collectorFor(dir, [], {
      contents: () => {
        throw new Error("as planned");
      },
    });
    await assert.rejects(
      collector.collect(anomalyNow()),
      (error) => error instanceof NotCollectedError && /because as planned/.test(error.message),
    );
    assert.deepEqual([collector.totals.anomalies, collector.totals.lost.failed], [1, 1]);
    await collector.drain();
  });
});
