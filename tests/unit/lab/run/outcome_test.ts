/**
 * Unit tests of src/lab/run/outcome.ts, report.ts, round_files.ts and finish.ts.
 * @module
 */
import assert from "node:assert/strict";
import { finishRun } from "../../../../src/lab/run/finish.ts";
import { hostDetails } from "../../../../src/lab/run/host_details.ts";
import type { Side } from "../../../../src/lab/run/order.ts";
import { comparisonText, METRICS, outcomeOf } from "../../../../src/lab/run/outcome.ts";
import { RoundFiles } from "../../../../src/lab/run/round_files.ts";
import type { Round } from "../../../../src/lab/run/round.ts";

function round(pair: number, side: Side, duration_sec: number, rss_mb = 80): Round {
  const at = (sec: number) => new Date(Date.UTC(2026, 0, 1) + pair * 60_000 + sec * 1000);
  const agent = side === "baseline" ? null : { cpu_sec: 0.1, cpu_percent: 1, rss_mb, disk_mb: 0.5 };
  return {
    pair,
    side,
    started_at: at(side === "baseline" ? 0 : 30).toISOString(),
    duration_sec,
    cpu_percent: 50,
    busy_sec: duration_sec,
    memory_percent: 10 + pair / 10,
    agent,
    samples: [1, 2].map((sec) => ({
      at: at(sec + (side === "baseline" ? 0 : 30)).toISOString(),
      elapsed_sec: sec,
      cpu_percent: 50,
      memory_percent: 10 + pair / 10,
      agent_cpu_percent: agent === null ? null : 1,
      agent_rss_mb: agent === null ? null : rss_mb,
    })),
  };
}

const pairsOf = (durations: [baseline: number, with_aod: number][]) =>
  durations.flatMap(([a, b], i) => [round(i + 1, "baseline", a), round(i + 1, "with_aod", b)]);

/** Drift of 20 % from pair to pair, 0.1 s more with the agent in each. */
const DRIFTING = pairsOf([[1, 1.1], [1.2, 1.31], [1.4, 1.5], [1.6, 1.7], [1.8, 1.89]]);

Deno.test("pairs cancel what drifts: a small difference in each is more than noise", () => {
  const { comparisons, pairs } = outcomeOf(DRIFTING);
  assert.equal(pairs.length, 5);
  const [time] = comparisons;
  assert.equal(time.column, "Time of the workload");
  assert.equal(time.difference.test, "paired");
  assert.equal(time.paired_rounds, 5);
  assert.equal(time.verdict, "higher");
  assert.ok(Math.abs(time.difference.difference - 0.1) < 1e-9);
  assert.match(
    comparisonText(time),
    /^Time of the workload: 1\.40 s without, 1\.50 s with aod, \+7\.14 % \(95 %: .*\): higher by more than noise$/,
  );
  const memory = comparisons[3];
  assert.equal(memory.verdict, "noise");
});

Deno.test("a difference that is not in each pair is noise, and few pairs say nothing", () => {
  const noise = pairsOf([[1, 1.2], [1.2, 1.1], [1.1, 1.3], [1.3, 1.0], [1.2, 1.25]]);
  assert.equal(outcomeOf(noise).comparisons[0].verdict, "noise");
  const two = pairsOf([[1, 1.2], [1.1, 1.3]]);
  assert.equal(outcomeOf(two).comparisons[0].verdict, "unclear");
});

Deno.test("only pairs of which both rounds are finished are compared", () => {
  const [a, b, , d] = DRIFTING;
  const { pairs, comparisons, agent } = outcomeOf([b, a, d]);
  assert.deepEqual(pairs.map(({ baseline }) => baseline.pair), [1]);
  assert.equal(comparisons.length, METRICS.length);
  assert.equal(agent?.cpu_percent, 1);
  assert.deepEqual(outcomeOf([a]), { pairs: [], comparisons: [], agent: null });
});

Deno.test("the agent's use: averages of processor time, the largest memory", () => {
  const rounds = [round(1, "with_aod", 1, 70), round(2, "with_aod", 1, 90)];
  assert.equal(outcomeOf(rounds).agent?.rss_mb, 90);
});

async function inDirectory(test: (dir: string) => Promise<void>): Promise<void> {
  const dir = Deno.makeTempDirSync({ prefix: "aod-lab-test-" });
  try {
    await test(dir);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

function write(dir: string, rounds: readonly Round[]): void {
  const files = new RoundFiles(dir);
  for (const each of rounds) files.add(each);
  files.close();
}

const FACTS = {
  command: `sh -c '<script>alert(1)</script> "&'`,
  started_at: "2026-01-01T00:00:00.000Z",
  host: hostDetails(),
  method: [["Order", "drawn; seed 1"]] as [string, string][],
};

Deno.test("a run leaves its rounds, its samples, pictures, and a report that needs nothing else", async () => {
  await inDirectory(async (dir) => {
    write(dir, DRIFTING);
    const { files } = await finishRun({ dir, ...FACTS }, { rounds: DRIFTING, ended_early: null });
    assert.deepEqual(files.toSorted(), Array.from(Deno.readDirSync(dir), (e) => e.name).toSorted());
    for (const name of files) {
      assert.equal((Deno.statSync(`${dir}/${name}`).mode ?? 0) & 0o777, 0o600, name);
    }
    const html = Deno.readTextFileSync(`${dir}/report.html`);
    assert.match(html, /&lt;script&gt;alert\(1\)&lt;\/script&gt; &quot;&amp;/);
    assert.doesNotMatch(html, /<script|<link|https?:|src="(?!data:image\/png;base64,)/);
    assert.match(html, /default-src 'none'/);
    assert.match(html, /higher by more than noise/);
    assert.equal(html.match(/<img /g)?.length, 2);
    const png = Deno.readFileSync(`${dir}/rounds.png`);
    assert.deepEqual([...png.subarray(0, 4)], [0x89, 0x50, 0x4e, 0x47]);
    const results = JSON.parse(Deno.readTextFileSync(`${dir}/results.json`));
    assert.equal(results.rounds.length, 10);
    assert.equal(results.comparisons[0].verdict, "higher");
    const rows = Deno.readTextFileSync(`${dir}/rounds.csv`).trim().split("\n");
    assert.equal(rows[1], "1,1,baseline,2026-01-01T00:01:00.000Z,1,50,1,10.1,,,,");
    assert.equal(rows[2], "2,1,with_aod,2026-01-01T00:01:30.000Z,1.1,50,1.1,10.1,0.1,1,80,0.5");
  });
});

Deno.test("a run that was cut short says so and keeps what is finished", async () => {
  await inDirectory(async (dir) => {
    const rounds = DRIFTING.slice(0, 1);
    write(dir, rounds);
    const { outcome } = await finishRun({ dir, ...FACTS }, { rounds, ended_early: "interrupted" });
    assert.equal(outcome.comparisons.length, 0);
    const html = Deno.readTextFileSync(`${dir}/report.html`);
    assert.match(html, /The run was interrupted: 1 finished round is kept\./);
    assert.match(html, /No pair of rounds is finished/);
    const results = JSON.parse(Deno.readTextFileSync(`${dir}/results.json`));
    assert.equal(results.ended_early, "The run was interrupted: 1 finished round is kept.");
  });
});
