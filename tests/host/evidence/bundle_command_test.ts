/**
 * `aod bundle` as a user calls it.
 * @module
 */
import assert from "node:assert/strict";
import { Collector } from "../../../src/evidence/collector.ts";
import { anomalyNow, builtin, configOf, plainContents } from "../../support/evidence.ts";
import { withDir } from "../../support/evidence_host.ts";

/** Runs `aod bundle ...` from the sources. */
function aod(...args: string[]): { code: number; out: string; err: string } {
  const { code, stdout, stderr } = new Deno.Command(Deno.execPath(), {
    args: ["run", "-A", "--quiet", "main.ts", "bundle", ...args],
    stdin: "null",
  }).outputSync();
  const text = (bytes: Uint8Array) => new TextDecoder().decode(bytes);
  return { code, out: text(stdout), err: text(stderr) };
}

async function withBundles(
  test: (dir: string, ids: string[], paths: string[]) => void,
): Promise<void> {
  await withDir(async (dir) => {
    const collector = new Collector({
      config: configOf(dir, [builtin("mounts")]),
      probe: null,
      contents: plainContents,
    });
    const bundles = [
      await collector.collect(anomalyNow()),
      await collector.collect(anomalyNow({ reason: "emergency" })),
    ];
    const { id, name, type, reason } = anomalyNow({ id: bundles[0].id });
    const times = { worst_latency_ns: 1n, last_end_ns: 1n };
    await collector.followup({ id, name, type, reason, count: 41, ...times });
    await collector.drain();
    test(dir, bundles.map((bundle) => bundle.id), bundles.map((bundle) => bundle.path));
  });
}

Deno.test("list: one line a bundle with follow-ups; --json one object a line", async () => {
  await withBundles((dir, ids) => {
    const { code, out } = aod("list", "--dir", dir);
    assert.equal(code, 0);
    const lines = out.trim().split("\n");
    assert.match(lines[0], /^id +time +anomaly +reason +verdict +size +follow-ups$/);
    assert.match(lines[1], new RegExp(`^${ids[0]} .* smb_latency +count +unclear .* 41$`));
    assert.match(lines[2], new RegExp(`^${ids[1]} .* emergency `));
    const objects = aod("list", "--dir", dir, "--json").out.trim().split("\n").map((line) =>
      JSON.parse(line)
    );
    assert.deepEqual(objects.map((o) => [o.id, o.followups]), [[ids[0], 41], [ids[1], 0]]);
  });
});

Deno.test("show: the verdict first, then what the manifest says", async () => {
  await withBundles((dir, ids, paths) => {
    const newest = aod("show", "--dir", dir);
    assert.equal(newest.code, 0);
    assert.match(newest.out, /^Verdict: unclear/);
    assert.match(newest.out, new RegExp(`bundle +${ids[1]}, complete`));
    assert.match(newest.out, / {2}mounts +ok /);
    const first = aod("show", ids[0], "--dir", dir);
    assert.match(first.out, /followed +by 41 more/);
    const json = JSON.parse(aod("show", paths[0], "--json").out);
    assert.equal(json.manifest.id, ids[0]);
    const none = aod("show", "42", "--dir", dir);
    assert.deepEqual([none.code, none.out], [1, ""]);
    assert.match(none.err, /^aod: Cannot find 42: because .* has none\n$/);
  });
});

Deno.test("verify: 0 when sound, 1 and the fault when not", async () => {
  await withBundles((dir, _ids, paths) => {
    const good = aod("verify", "--dir", dir);
    assert.equal(good.code, 0);
    assert.equal(good.out.trim().split("\n").length, 2);
    const bytes = Deno.readFileSync(paths[0]);
    Deno.writeFileSync(paths[0], bytes.subarray(0, bytes.length - 20));
    const bad = aod("verify", "--dir", dir);
    assert.equal(bad.code, 1);
    assert.match(bad.out, /: DAMAGED: .*ends too early/);
    assert.match(bad.out, /: OK \(\d+ files, \d+ bytes\)/);
  });
});

Deno.test("extract: into a new directory; a second time is refused", async () => {
  await withBundles((dir, ids) => {
    const to = `${dir}/here`;
    const { code, out } = aod("extract", ids[0], "--dir", dir, "--to", to);
    assert.equal(code, 0, out);
    assert.equal((Deno.statSync(`${to}/aod_quick_${ids[0]}`).mode ?? 0) & 0o777, 0o700);
    assert.equal(
      Deno.readTextFileSync(`${to}/aod_quick_${ids[0]}/README.txt`),
      "Verdict: unclear: a test\n",
    );
    assert.equal(aod("extract", ids[0], "--dir", dir, "--to", to).code, 1);
  });
});

Deno.test("no bundles is no failure; a bad configuration and bad usage are 2", async () => {
  await withDir((dir) => {
    const empty = aod("list", "--dir", dir);
    assert.deepEqual([empty.code, empty.out, empty.err], [0, "", `no bundle in ${dir}\n`]);
    assert.equal(aod("list", "--config", `${dir}/nowhere.yaml`).code, 2);
    assert.equal(aod("list", "--nonsense").code, 2);
    assert.equal(aod("--help").code, 0);
  });
});
