/**
 * `aod lab compare`, `compare-ranges` and `disk-plot` of the built program: what they print, the
 * charts they write, and how they refuse.
 * @module
 */
import assert from "node:assert/strict";
import { LabDirectory, systemCsv } from "../support/lab/csv_file.ts";
import { differingPart, type Pixels, readPng } from "../support/lab/png.ts";
import { autoregressive, normal } from "../support/lab/random.ts";
import { AOD, aod, inBareRoot, makeBareRoot, runCommand } from "../support/program.ts";

const SAMPLES = 240;

function run(directory: LabDirectory, name: string, seed: number, cpu: number): string {
  const values = (phi: number, average: number) =>
    autoregressive(SAMPLES, phi, normal(seed)).map((value) => average + value);
  return directory.write(name, systemCsv(values(0.3, cpu), values(0.5, 40)));
}

function disk(directory: LabDirectory, name: string, rate: number): string {
  const rows = Array.from({ length: 60 }, (_, i) => `${1_767_225_600 + 5 * i},${10 + rate * i}`);
  return directory.write(name, `Timestamp,Disk_Usage_MB\n${rows.join("\n")}\n`);
}

/** Reads a chart: a private, whole picture with something on it. */
function chart(path: string): Pixels {
  assert.equal((Deno.lstatSync(path).mode ?? 0) & 0o777, 0o600, path);
  const pixels = readPng(Deno.readFileSync(path));
  assert.equal(pixels.width, 1200);
  assert.ok(new Set(new Uint32Array(pixels.rgba.buffer)).size > 100, `${path} is empty`);
  const svg = Deno.readTextFileSync(path.replace(/png$/, "svg"));
  assert.ok(svg.includes(`height="${pixels.height}"`));
  return pixels;
}

Deno.test("compare: statistics of CPU and memory, a verdict, one chart", async () => {
  using directory = new LabDirectory();
  const base = run(directory, "base.csv", 1, 20);
  const test = run(directory, "test.csv", 2, 21);
  const out = `${directory.path}/chart.png`;
  const { code, stdout, stderr } = await aod("lab", "compare", base, test, "-o", out);
  assert.equal(stderr, "");
  assert.equal(code, 0);
  const [cpu, memory, files] = stdout.split("\n\n");
  assert.match(cpu, /^CPU_Percent \(%\)\n +baseline +test +change points +change\n/);
  for (const name of ["average", "maximum", "minimum", "standard deviation"]) {
    assert.match(cpu, new RegExp(`^  ${name} +-?\\d.*\\d.*\\+?-?\\d.* %$`, "m"));
  }
  assert.match(cpu, /^ {2}samples +240 +240\n {4}independent +~\d+ +~\d+$/m);
  assert.match(cpu, /^ {2}difference of the averages: \+\S+ points, 95 % confidence interval \+/m);
  assert.match(cpu, /^ {2}verdict: higher by more than noise$/m);
  assert.match(memory, /^Memory_Percent \(%\)\n/);
  assert.match(memory, /verdict: no difference beyond the noise$/);
  assert.equal(files, `${out}\n${out.replace("png", "svg")}\n`);
  chart(out);
});

Deno.test("compare --json: one object; the default name in a directory", async () => {
  using directory = new LabDirectory();
  const base = run(directory, "base.csv", 1, 20);
  const { code, stdout } = await aod("lab", "compare", base, base, "-o", directory.path, "--json");
  assert.equal(code, 0);
  const { columns, files, ...rest } = JSON.parse(stdout);
  assert.deepEqual(rest, { baseline: base, test: base, remarks: [] });
  assert.deepEqual(files.map((file: string) => file.slice(directory.path.length)), [
    ...["/comparison_graph.png", "/comparison_graph.svg"],
  ]);
  assert.deepEqual(columns.map(({ verdict }: { verdict: string }) => verdict), ["noise", "noise"]);
  assert.equal(columns[0].difference.difference, 0);
});

Deno.test("compare --column: others than CPU and memory, as often as wanted", async () => {
  using directory = new LabDirectory();
  const rows = Array.from({ length: 9 }, (_, i) => `${i},${i % 3},${i % 4},`);
  const file = directory.write("x.csv", `Timestamp,RSS_MB,Files,Gone\n${rows.join("\n")}\n`);
  const args = ["--column", "files", "--column", "rss_mb", file, file, "-o", directory.path];
  const { code, stdout, stderr } = await aod("lab", "compare", "--json", ...args);
  assert.equal(code, 0, stderr);
  const { columns } = JSON.parse(stdout);
  assert.deepEqual(
    columns.map(({ column, unit }: { column: string; unit: string }) => [
      ...[column, unit],
    ]),
    [["Files", ""], ["RSS_MB", "MB"]],
  );
  const gone = await aod("lab", "compare", file, file, "--column", "Gone");
  assert.deepEqual([gone.code, gone.stderr], [2, `aod: ${file}: the column "Gone" is empty\n`]);
});

Deno.test("compare-ranges: one chart a column, a panel a range", async () => {
  using directory = new LabDirectory();
  const base = run(directory, "base.csv", 1, 20);
  const test = run(directory, "test.csv", 2, 21);
  const out = `${directory.path}/r`;
  const args = ["lab", "compare-ranges", base, test, "-o", out];
  const both = await aod(...args, "--ranges", "0-100,100-200,300-400", "--json");
  assert.equal(both.code, 0, both.stderr);
  const columns = both.stdout.trim().split("\n").map((line) => JSON.parse(line));
  assert.deepEqual(columns.map(({ column }) => column), ["CPU_Percent", "Memory_Percent"]);
  const [first, , last] = columns[0].ranges;
  assert.equal(first.comparison.baseline.samples, 100);
  assert.deepEqual(last, { from_sec: 300, to_sec: 400, comparison: null });
  const three = chart(`${out}_CPU_Percent.png`);
  const one = await aod(...args, "Memory_Percent", "--ranges", "0-100");
  assert.equal(one.code, 0, one.stderr);
  assert.match(one.stdout, /^Memory_Percent, 0-100 s \(%\)\n/);
  assert.ok(chart(`${out}_Memory_Percent.png`).height < 0.5 * three.height);
  const none = await aod(...args, "--ranges", "900-1000");
  assert.equal(none.code, 2);
  assert.match(none.stderr, /^aod: in none of the ranges do both files have samples\n$/);
});

Deno.test("disk-plot: one run, two runs", async () => {
  using directory = new LabDirectory();
  const a = disk(directory, "a.csv", 0.5);
  const b = disk(directory, "b.csv", 1);
  const one = await aod("lab", "disk-plot", a, "-o", directory.path);
  assert.equal(one.code, 0, one.stderr);
  assert.match(one.stdout, /^ {2}10\.00 to 39\.50 MB: \+29\.50 MB, \+6\.00 MB a minute$/m);
  chart(`${directory.path}/disk_usage_plot.png`);
  const two = await aod("lab", "disk-plot", a, b, "-o", directory.path, "--json");
  const { runs } = JSON.parse(two.stdout);
  assert.deepEqual(runs.map(({ growth }: { growth: number }) => growth), [29.5, 59]);
  chart(`${directory.path}/disk_usage_comparison.png`);
});

Deno.test("what cannot be used ends with 2 and its line, what cannot be written with 1; no chart then", async () => {
  using directory = new LabDirectory();
  const good = run(directory, "good.csv", 1, 20);
  const bad = directory.write("bad.csv", "Timestamp,CPU_Percent\n1,5\n2,five\n");
  const empty = directory.write("empty.csv", "");
  const out = `${directory.path}/out`;
  Deno.symlinkSync("/nonexistent/x", `${out}.png`);
  const cases: [string[], number, RegExp][] = [
    [["compare", good, bad], 2, /bad\.csv:3: CPU_Percent: expected a number, found "five"$/],
    [["compare", empty, good], 2, /empty\.csv: the file is empty$/],
    [["compare", good, `${directory.path}/none.csv`], 2, /none\.csv: Cannot read it: because no /],
    [["compare", good, good, "--column", "Disk"], 2, /good\.csv:1: no column "Disk"; the columns/],
    [["compare-ranges", good, good, "--ranges", "5-1"], 2, /"5-1" is no range of seconds/],
    [["disk-plot", good], 2, /no column "Disk_Usage_MB"/],
    [["compare", good, good], 1, /Cannot write .*\/out\.png: because it is a symbolic link$/],
  ];
  for (const [args, expected, message] of cases) {
    const { code, stdout, stderr } = await aod("lab", ...args, "-o", `${out}.png`);
    assert.equal(code, expected, `${args.join(" ")}: ${stderr}`);
    assert.equal(stdout, "", args.join(" "));
    assert.match(stderr.split("\n")[0], /^(aod|error): ?/);
    assert.match(stderr.split("\n")[0], message);
  }
  const left = [...Deno.readDirSync(directory.path)].map(({ name }) => name).sort();
  assert.deepEqual(left, ["bad.csv", "empty.csv", "good.csv", "out.png"]);
});

Deno.test("fonts and renderer are inside: charts in a root with only glibc and /proc", async () => {
  using directory = new LabDirectory();
  const files = [run(directory, "base.csv", 1, 20), run(directory, "test.csv", 2, 21)];
  const outside = await aod("lab", "compare", ...files, "-o", directory.path);
  assert.equal(outside.code, 0, outside.stderr);
  const root = await makeBareRoot();
  try {
    for (const name of ["base.csv", "test.csv"]) {
      await Deno.copyFile(`${directory.path}/${name}`, `${root}/${name}`);
    }
    const { code, stderr } = await inBareRoot(root, "lab", "compare", "/base.csv", "/test.csv");
    assert.equal(code, 0, stderr);
    const [a, b] = [root, directory.path].map((dir) =>
      readPng(Deno.readFileSync(`${dir}/comparison_graph.png`))
    );
    assert.equal(differingPart(a, b), 0);
  } finally {
    await Deno.remove(root, { recursive: true });
  }
});

Deno.test("every subcommand of the lab has help with examples", async () => {
  const { stdout } = await aod("lab", "--help");
  const names = [...stdout.matchAll(/^ {2}([a-z-]+) \[/gm)].map(([, name]) => name);
  for (const name of ["compare", "compare-ranges", "disk-plot"]) assert.ok(names.includes(name));
  for (const name of names.filter((name) => name !== "help")) {
    const help = await aod("lab", name, "--help");
    assert.equal(help.code, 0, name);
    assert.match(help.stdout, /^Examples:\n {2}(sudo )?aod lab /m, name);
    assert.match(help.stdout, /^Exit codes: /m, name);
  }
});

Deno.test("the licences of fonts and renderer are printed", async () => {
  const { stdout } = await aod("version", "--licenses");
  for (const part of [/^resvg-wasm 2\.6\.2 .* MPL-2\.0/m, /^DejaVu Sans 2\.37, /m]) {
    assert.match(stdout, part);
  }
  for (const text of [/^Mozilla Public License Version 2\.0/m, /^--- Bitstream Vera /m]) {
    assert.match(stdout, text);
  }
});

Deno.test("Ctrl-C while it reads: it ends at once and leaves nothing", async () => {
  using directory = new LabDirectory();
  const pipe = `${directory.path}/pipe`;
  await runCommand("/usr/bin/mkfifo", [pipe]);
  const child = new Deno.Command(AOD, {
    args: ["lab", "compare", pipe, pipe, "-o", directory.path],
    clearEnv: true,
    stdin: "null",
    stdout: "null",
    stderr: "null",
  }).spawn();
  // Opening the pipe for writing waits for the reader.
  using writer = await Deno.open(pipe, { write: true });
  await writer.write(new TextEncoder().encode("Timestamp,CPU_Percent\n1,2\n"));
  child.kill("SIGINT");
  assert.equal((await child.status).signal, "SIGINT");
  assert.deepEqual([...Deno.readDirSync(directory.path)].map(({ name }) => name), ["pipe"]);
});
