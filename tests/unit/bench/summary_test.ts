/**
 * Unit tests of bench/support/summary.ts and bench/compare.ts: what falls short must not look good.
 * @module
 */
import assert from "node:assert/strict";
import { summaryLines } from "../../../bench/compare.ts";
import { BENCHMARKS } from "../../../bench/registry.ts";
import type { Figure } from "../../../bench/support/figure.ts";
import { PARTS } from "../../../bench/support/parts.ts";
import { type BenchRun, readRuns, runOf } from "../../../bench/support/results.ts";
import { shortfalls, summarize } from "../../../bench/support/summary.ts";

const figure = (name: string, value: number, target?: Figure["target"]): Figure => ({
  ...{ name, value, unit: "ms" },
  ...(target === undefined ? {} : { target }),
});

function run(day: number, results: BenchRun["results"], quick = false): BenchRun {
  const date = `2026-01-0${day}T00:00:00.000Z`;
  return { file: `${quick ? "local/" : ""}${day}.json`, date, quick, load_1m: 0.5, results };
}

Deno.test("the newest run is shown beside its target and the run before", () => {
  const [section] = summarize(["a"], [
    run(3, { a: [figure("x", 12, { at_most: 20 }), figure("new", 1)] }),
    run(2, { b: [figure("x", 99)] }),
    run(1, { a: [figure("x", 10, { at_most: 20 })] }),
  ]);
  assert.equal(section.run?.file, "3.json");
  assert.equal(section.previous?.file, "1.json");
  const [x, added] = section.rows;
  assert.equal(x.previous?.value, 10);
  assert.ok(Math.abs((x.change_percent ?? 0) - 20) < 1e-9);
  assert.equal(x.standing, "worse");
  assert.deepEqual([added.previous, added.change_percent, added.standing], [
    null,
    null,
    "no target",
  ]);
});

Deno.test("worse is towards the bound: up for at most, down for at least, never for both", () => {
  const standings = (before: number, now: number, target: Figure["target"]) =>
    summarize(["a"], [
      run(2, { a: [figure("x", now, target)] }),
      run(1, { a: [figure("x", before, target)] }),
    ])[0].rows[0].standing;
  assert.equal(standings(10, 12, { at_most: 20 }), "worse");
  assert.equal(standings(10, 10.9, { at_most: 20 }), "met");
  assert.equal(standings(12, 10, { at_most: 20 }), "met");
  assert.equal(standings(10, 8, { at_least: 5 }), "worse");
  assert.equal(standings(8, 10, { at_least: 5 }), "met");
  assert.equal(standings(80, 100, { at_least: 50, at_most: 100 }), "met");
  assert.equal(standings(10, 21, { at_most: 20 }), "missed");
  assert.equal(standings(10, 4, { at_least: 5 }), "missed");
});

Deno.test("a change of unit is no change of the figure", () => {
  const before = { ...figure("x", 1000), unit: "us" };
  const [section] = summarize(["a"], [
    run(2, { a: [figure("x", 1)] }),
    run(1, { a: [before] }),
  ]);
  assert.equal(section.rows[0].previous, null);
});

Deno.test("a quick run counts only where nothing else is there, or it was just made", () => {
  const runs = [
    run(3, { a: [figure("x", 3)], b: [figure("y", 3)] }, true),
    run(2, { a: [figure("x", 2)] }),
    run(1, { a: [figure("x", 1)] }),
  ];
  const files = (shown: string | null) =>
    summarize(["a", "b"], runs, shown).map((s) => [s.run?.file, s.previous?.file]);
  assert.deepEqual(files(null), [["2.json", "1.json"], ["local/3.json", undefined]]);
  assert.deepEqual(files("local/3.json"), [
    ["local/3.json", "2.json"],
    ["local/3.json", undefined],
  ]);
});

Deno.test("everything that falls short is told, and nothing else", () => {
  const sections = summarize(["good", "bad", "worse", "quick", "failed", "never"], [
    run(3, { failed: { skipped: "no peer" } }),
    run(2, {
      good: [figure("x", 1, { at_most: 2 })],
      bad: [figure("x", 3, { at_most: 2 }), figure("y", 3)],
      worse: [figure("x", 1.9, { at_most: 2 })],
      failed: [figure("x", 1)],
    }),
    run(2, { quick: [figure("x", 1)] }, true),
    run(1, { worse: [figure("x", 1, { at_most: 2 })] }),
  ]);
  assert.deepEqual(shortfalls(sections), [
    "MISSED  bad: x: 3 ms, must be <= 2",
    "WORSE   worse: x: 1.90 ms, +90.0 % since the run before, still <= 2",
    "QUICK   quick: only measured quickly (local/2.json)",
    "FAILED  failed: in its last run: no peer",
    "NEVER   never: not measured",
  ]);
});

Deno.test("the summary has every figure of every benchmark, with its mark", () => {
  const [first, second] = BENCHMARKS;
  const { lines, missed } = summaryLines([
    run(1, {
      [first.name]: [figure("fast enough", 1, { at_most: 2 }), figure("beside", 7)],
      [second.name]: [figure("too slow", 3, { at_most: 2 })],
    }),
  ]);
  const line = (text: string) => lines.find((l) => l.includes(text)) ?? "";
  assert.match(line("fast enough"), /1 ms <= 2 .*new.* met$/);
  assert.match(line("beside"), /7 ms .*new$/);
  assert.match(lines.filter((l) => l.includes("too slow"))[0], /3 ms <= 2 .*new.* MISSED$/);
  assert.equal(missed, 1);
  for (const { name } of BENCHMARKS) {
    assert.ok(lines.some((l) => l.startsWith(`${name} `) || l.startsWith(`${name}:`)), name);
  }
  assert.equal(lines.at(-1), "3 figures, 2 with a target, 1 of these missed");
});

Deno.test("no benchmark is in two parts", () => {
  const names = PARTS.flatMap(({ benchmarks }) => benchmarks);
  assert.equal(new Set(names).size, names.length);
});

Deno.test("the published results can be read, the newest first", () => {
  const runs = readRuns();
  assert.ok(runs.some(({ quick }) => !quick));
  const dates = runs.map(({ date }) => date);
  assert.deepEqual(dates, [...dates].sort().reverse());
  assert.deepEqual(readRuns("/nonexistent/"), []);
  assert.throws(() => runOf("x.json", "{"), SyntaxError);
  const text = JSON.stringify({ date: "2026-01-01", quick: false, results: {} });
  assert.deepEqual(["x.json", "local/x.json"].map((file) => runOf(file, text).quick), [
    false,
    true,
  ]);
});
