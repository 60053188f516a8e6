/**
 * Comparing two runs: verdicts, pairs of rounds, ranges, words.
 * @module
 */
import assert from "node:assert/strict";
import { compareSeries } from "../../../../src/lab/compare/compare.ts";
import { diskFigures, growthWords } from "../../../../src/lab/compare/disk.ts";
import { loadDisk, loadPairs } from "../../../../src/lab/compare/load.ts";
import { parseRanges } from "../../../../src/lab/compare/ranges.ts";
import { partOf, type Series } from "../../../../src/lab/compare/series.ts";
import {
  differenceWords,
  figure,
  percent,
  testWords,
  verdictWords,
} from "../../../../src/lab/compare/words.ts";
import { welch } from "../../../../src/lab/statistics/difference.ts";
import { LabDirectory, systemCsv } from "../../../support/lab/csv_file.ts";
import { autoregressive, normal } from "../../../support/lab/random.ts";

function series(values: Iterable<number>, rounds: number[] | null = null): Series {
  const list = Float64Array.from(values);
  return {
    column: "CPU_Percent",
    unit: "%",
    elapsed_sec: list.map((_, i) => i),
    values: list,
    rounds: rounds === null ? null : Float64Array.from(rounds),
  };
}

const noise = (seed: number, average: number, phi = 0) =>
  autoregressive(300, phi, normal(seed)).map((value) => average + value);

Deno.test("a difference beyond the noise is told, with its direction", () => {
  const higher = compareSeries(series(noise(1, 20)), series(noise(2, 21)));
  assert.equal(higher.verdict, "higher");
  assert.ok(higher.difference.interval[0] > 0 && (higher.difference.p ?? 1) < 1e-6);
  assert.equal(compareSeries(series(noise(1, 21)), series(noise(2, 20))).verdict, "lower");
  assert.equal(compareSeries(series(noise(1, 20)), series(noise(2, 20))).verdict, "noise");
});

Deno.test("what looks like a difference is noise where neighbours resemble each other", () => {
  const found = compareSeries(series(noise(21, 20, 0.9)), series(noise(22, 20.3, 0.9)));
  assert.equal(found.verdict, "noise");
  assert.ok(found.baseline.independent_samples < 40);
  // A test that counts every sample is as sure as can be.
  const counted = welch(
    { ...found.baseline, independent: found.baseline.samples },
    { ...found.test, independent: found.test.samples },
  );
  assert.ok((counted.p ?? 1) < 1e-6);
});

Deno.test("unclear: too few samples, a drift, values that do not vary", () => {
  const few = compareSeries(series([1, 2, 3]), series([5, 6, 7]));
  assert.equal(verdictWords(few), "unclear, because there are too few samples");
  const drift = compareSeries(
    series(Array.from({ length: 200 }, (_, i) => i)),
    series(Array.from({ length: 200 }, (_, i) => i + 500)),
  );
  assert.match(verdictWords(drift), /^unclear, because the values drift so slowly .* in rounds$/);
  const flat = compareSeries(series([4, 4, 4, 4, 4]), series([5, 5, 5, 5, 5]));
  assert.match(verdictWords(flat), /^unclear, because the values do not vary/);
  assert.equal(flat.effect_size, null);
  const same = compareSeries(series([4, 4, 4, 4]), series([4, 4, 4, 4]));
  assert.equal(verdictWords(same), "no difference");
  assert.equal(compareSeries(series([4]), series([4])).verdict, "unclear");
  assert.equal(differenceWords(few), "+4.00 points");
});

Deno.test("rounds that match are compared in pairs: drift between them cancels", () => {
  const rounds = [1, 2, 3, 4, 5, 6].flatMap((round) => Array(20).fill(round));
  const drifting = (seed: number, extra: number) => {
    const next = normal(seed);
    return series(rounds.map((round) => 10 * round + extra + 0.2 * next()), rounds);
  };
  const found = compareSeries(drifting(1, 0), drifting(2, 0.5));
  assert.equal(found.difference.test, "paired");
  assert.equal(found.paired_rounds, 6);
  assert.equal(found.verdict, "higher");
  assert.match(testWords(found), /^paired t test of 6 rounds: t = /);
  const others = series(drifting(2, 0.5).values, rounds.map((round) => round + 4));
  const unpaired = compareSeries(drifting(1, 0), others);
  assert.equal(unpaired.difference.test, "welch");
  assert.equal(unpaired.paired_rounds, 0);
});

Deno.test("changes of all figures in percent; none of 0", () => {
  const { change_percent } = compareSeries(series([0, 10, 20]), series([0, 15, 30]));
  assert.deepEqual(change_percent, { average: 50, max: 50, min: null, standard_deviation: 50 });
});

Deno.test("files: CPU and memory by name, others on demand, what is missing is said", () => {
  using directory = new LabDirectory();
  const a = directory.write("a.csv", systemCsv([1, 2, 3], [4, 5, 6]));
  const b = directory.write("b.csv", "memory,time,x\n7,1,1\n8,2,1\n,3,1\n");
  assert.deepEqual(loadPairs(a, a, []).pairs.map(({ test }) => test.column), [
    ...["CPU_Percent", "Memory_Percent"],
  ]);
  const { pairs, remarks } = loadPairs(a, b, []);
  assert.deepEqual(pairs.map(({ test }) => [...test.values]), [[7, 8]]);
  assert.deepEqual([...pairs[0].test.elapsed_sec], [0, 1]);
  assert.equal(remarks.length, 1);
  assert.match(remarks[0], /^cpu is not compared: ".*" has no such column$/);
  assert.deepEqual(loadPairs(b, b, ["X"]).pairs.map(({ test }) => test.column), ["x"]);
  const c = directory.write("c.csv", "Timestamp,CPU\n1,2\n");
  assert.throws(() => loadPairs(b, c, []), /no column in common/);
  const empty = directory.write("d.csv", "Timestamp,CPU,Memory\n1,,2\n");
  assert.throws(() => loadPairs(empty, a, []), /the column "CPU" is empty/);
});

Deno.test("time between rounds, which is the other run's, is left out", () => {
  using directory = new LabDirectory();
  const rows = ["0,1,5", "1,1,5", "2,1,5", "60,2,6", "61,2,6"];
  const path = directory.write("a.csv", `Timestamp,Round,CPU\n${rows.join("\n")}\n`);
  const [{ baseline }] = loadPairs(path, path, []).pairs;
  assert.deepEqual([...baseline.elapsed_sec], [0, 1, 2, 3, 4]);
  // Of rounds that are short most distances may be those between two of them.
  const few = ["0,1,5", "1,1,5", "60,2,6", "61,2,6", "90,3,6"];
  const short = directory.write("b.csv", `Timestamp,Round,CPU\n${few.join("\n")}\n`);
  assert.deepEqual([...loadPairs(short, short, []).pairs[0].test.elapsed_sec], [0, 1, 2, 3, 4]);
});

Deno.test("ranges: their ends, their faults", () => {
  assert.deepEqual(parseRanges("0-200, 200-500.5"), [
    { from_sec: 0, to_sec: 200 },
    { from_sec: 200, to_sec: 500.5 },
  ]);
  for (const text of ["", "5", "5-5", "9-3", "a-b", "0-1,", "-1-3", "0-1e3", "0-9999999999"]) {
    assert.throws(() => parseRanges(text), RangeError, text);
  }
  assert.throws(() => parseRanges(Array(13).fill("0-1").join(",")), /more than 12/);
  const part = partOf(series([1, 2, 3, 4]), 1, 3);
  assert.deepEqual([[...part.elapsed_sec], [...part.values]], [[1, 2], [2, 3]]);
});

Deno.test("disk usage: growth and its rate", () => {
  using directory = new LabDirectory();
  const path = directory.write("d.csv", "Timestamp,Disk_Usage_MB\n100,10\n130,30\n160,20\n");
  const figures = diskFigures(loadDisk(path));
  assert.equal(figures.growth, 10);
  assert.equal(figures.growth_per_minute, 10);
  assert.equal(growthWords(figures), "10.00 to 20.00 MB: +10.00 MB, +10.00 MB a minute");
  const one = directory.write("e.csv", "Timestamp,Disk_Usage_MB\n100,10\n");
  assert.equal(growthWords(diskFigures(loadDisk(one))), "10.00 to 10.00 MB: 0.00 MB");
  const none = directory.write("f.csv", "Timestamp,CPU\n100,10\n");
  assert.throws(() => loadDisk(none), /:1: no column "Disk_Usage_MB"/);
});

Deno.test("figures in words", () => {
  assert.deepEqual([0, 0.00001, 0.0123, 0.71, 12.345, 123.45, 12345.6, 1e12].map(figure), [
    ...["0.00", "1.00e-5", "0.012", "0.71", "12.35", "123.5", "12346", "1.00e+12"],
  ]);
  assert.deepEqual([null, 0, 1.234, -45.67, 250, -0.00243].map(percent), [
    ...["-", "0.00 %", "+1.23 %", "-45.7 %", "+250 %", "-0.0024 %"],
  ]);
  const found = compareSeries(series(noise(1, 20)), series(noise(2, 21)));
  assert.match(
    differenceWords(found),
    /^\+\d\.\d\d points, 95 % confidence interval \+0\.\d+ to \+1\.\d+$/,
  );
  assert.match(
    testWords(found),
    /^Welch's t test .*: t = \d+\.\d\d, df = \d+\.\d, p < 0\.001; effect size g = \d\.\d\d \(large\)$/,
  );
});
