/**
 * `aod lab` as a black box: the monitors and the whole workflow, to their end, interrupted, failing.
 * @module
 */
import assert from "node:assert/strict";
import { processExists } from "../../src/os/process.ts";
import { AOD, aod, type Outcome, runCommand } from "../support/program.ts";

async function inDirectory(test: (dir: string) => Promise<void>): Promise<void> {
  const dir = Deno.makeTempDirSync({ prefix: "aod-lab-binary-" });
  try {
    await test(dir);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
}

const linesOf = (path: string) => Deno.readTextFileSync(path).trim().split("\n");

/** Starts ./aod and interrupts it once `ready` says so. */
async function interrupted(args: string[], ready: () => boolean): Promise<Outcome> {
  const child = new Deno.Command(AOD, { args, stdout: "piped", stderr: "piped" }).spawn();
  const output = child.output();
  while (!ready()) await new Promise((resolve) => setTimeout(resolve, 10));
  child.kill("SIGINT");
  const { code, stdout, stderr } = await output;
  const [out, err] = [stdout, stderr].map((bytes) => new TextDecoder().decode(bytes));
  return { code, stdout: out, stderr: err };
}

/** Whether a file has so many lines, the header included. */
function hasLines(path: string, count: number): boolean {
  try {
    return Deno.readTextFileSync(path).split("\n").length > count;
  } catch {
    return false;
  }
}

Deno.test("monitor: the columns, a row an interval, the file's name on stdout; nothing overwritten", async () => {
  await inDirectory(async (dir) => {
    const path = `${dir}/usage.csv`;
    const args = ["lab", "monitor", "0.1", "0.01", "--pid", `${Deno.pid}`, "-o", path];
    const { code, stdout, stderr } = await aod(...args);
    assert.equal(code, 0, stderr);
    assert.equal(stdout, `${path}\n`);
    const [header, ...rows] = linesOf(path);
    assert.equal(
      header,
      "Timestamp,CPU_Percent,Memory_Percent,Process_CPU_Percent,Process_RSS_MB",
    );
    // Six, less those that a busy host left out; then it says so.
    const missing = Number(/(\d+) rows are missing/.exec(stderr)?.[1] ?? 0);
    assert.equal(rows.length + missing, 6, stderr);
    for (const row of rows) {
      const [at, ...numbers] = row.split(",");
      assert.match(at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
      const [cpu, memory, , rss] = numbers.map(Number);
      assert.ok(cpu >= 0 && cpu <= 100 && memory > 0 && memory < 100 && rss > 10, row);
    }
    const before = Deno.readTextFileSync(path);
    const again = await aod(...args);
    assert.equal(again.code, 1);
    assert.match(again.stderr, /because it is there already/);
    assert.equal(Deno.readTextFileSync(path), before);
  });
});

Deno.test("monitor: Ctrl-C keeps what was measured and ends with 130", async () => {
  await inDirectory(async (dir) => {
    const path = `${dir}/usage.csv`;
    const { code, stdout, stderr } = await interrupted(
      ["lab", "monitor", "0.05", "60", "-o", path],
      () => hasLines(path, 3),
    );
    assert.equal(code, 130, stderr);
    assert.equal(stdout, `${path}\n`);
    assert.match(stderr, new RegExp(`${linesOf(path).length - 1} rows, kept in `));
  });
});

Deno.test("monitor: a process that ends is said, and the measuring goes on", async () => {
  await inDirectory(async (dir) => {
    const path = `${dir}/usage.csv`;
    const child = new Deno.Command("sleep", { args: ["600"] }).spawn();
    const args = ["lab", "monitor", "0.05", "60", "--pid", `${child.pid}`, "-o", path];
    const { code, stderr } = await interrupted(args, () => {
      if (hasLines(path, 2)) {
        try {
          child.kill("SIGKILL");
        } catch {
          // It is gone already.
        }
      }
      return hasLines(path, 1) && linesOf(path).some((line) => line.endsWith(",,"));
    });
    await child.status;
    assert.equal(code, 130);
    assert.match(stderr, new RegExp(`pid ${child.pid} has ended`));
    const none = await aod("lab", "monitor", "--pid", `${child.pid}`, "-o", `${dir}/none.csv`);
    assert.equal(none.code, 2);
    assert.match(none.stderr, /because there is no such process/);
    assert.throws(() => Deno.lstatSync(`${dir}/none.csv`), Deno.errors.NotFound);
  });
});

Deno.test("monitor: a progress bar on a terminal", async () => {
  await inDirectory(async (dir) => {
    const command = `${AOD} lab monitor 0.1 0.005 -o ${dir}/usage.csv`;
    const env = { PATH: "/usr/bin:/bin", TERM: "xterm" };
    const { stdout } = await runCommand("/usr/bin/script", ["-qec", command, "/dev/null"], env);
    assert.match(stdout, /\r\[[#-]{24}\] +\d+ % {2}0:00 of 0:00 {2}CPU \d+\.\d %, memory/);
  });
});

Deno.test("disk-monitor: growth until Ctrl-C, which is its usual end", async () => {
  await inDirectory(async (dir) => {
    const path = `${dir}/disk.csv`;
    const target = `${dir}/target`;
    let made = false;
    const { code, stderr } = await interrupted(
      ["lab", "disk-monitor", "0.05", "--dir", target, "-o", path],
      () => {
        if (!made && hasLines(path, 2)) {
          made = true;
          Deno.mkdirSync(target);
          Deno.writeFileSync(`${target}/file`, new Uint8Array(2 ** 21).fill(1));
        }
        return made && linesOf(path).some((line) => line.endsWith(",2,1"));
      },
    );
    assert.equal(code, 0, stderr);
    assert.match(stderr, /target is not there: 0 MB until it is/);
    const [header, first] = linesOf(path);
    assert.equal(header, "Timestamp,Disk_Usage_MB,Apparent_MB,Files");
    assert.match(first, /,0,0,0$/);
    Deno.symlinkSync(target, `${dir}/link`);
    const link = await aod("lab", "disk-monitor", "--dir", `${dir}/link`);
    assert.equal(link.code, 2);
    assert.match(link.stderr, /because it is a symbolic link/);
  });
});

Deno.test("usage errors say what is allowed", async () => {
  const cases: [string[], RegExp][] = [
    [["monitor", "0"], /Allowed: seconds from 0\.05/],
    [["monitor", "0.05", "44640"], /more than 10000000 rows/],
    [["run"], /Give one workload/],
    [["run", "-w", "a | b"], /unquoted \|, which is for a shell: quote it, or give --shell/],
    [["run", "--rounds", "0", "--", "a"], /from 1 to 1000/],
  ];
  for (const [args, pattern] of cases) {
    const { code, stderr } = await aod("lab", ...args);
    assert.equal(code, 2, `${args.join(" ")}: ${stderr}`);
    assert.match(stderr, pattern);
  }
  const ids = ["--reuid", "65534", "--regid", "65534", "--clear-groups"];
  const user = await runCommand("/usr/bin/setpriv", [...ids, AOD, "lab", "run", "--", "true"], {});
  assert.equal(user.code, 4, user.stderr);
});

/** Processes that have a text in their command line: agents with that directory. */
function processesWith(text: string): string[] {
  return Array.from(Deno.readDirSync("/proc"), ({ name }) => name).filter((name) => {
    try {
      const line = Deno.readTextFileSync(`/proc/${name}/cmdline`);
      return /^\d+$/.test(name) && Number(name) !== Deno.pid && line.includes(text);
    } catch {
      return false;
    }
  });
}

/** Of two pairs the first begins with the baseline: the second round has the agent. */
const QUICK = ["--warm-up", "0", "--settle", "0", "--interval", "0.1", "--seed", "5"];

Deno.test("run: the whole workflow, and nothing of it is left running", async () => {
  await inDirectory(async (dir) => {
    const out = `${dir}/out`;
    const { code, stdout, stderr } = await aod(
      ...["lab", "run", ...QUICK, "--rounds", "1", "-o", out, "--", "sleep", "0.3"],
    );
    assert.equal(code, 0, stderr);
    assert.match(stdout, /^Time of the workload: \d+\.\d+ s without, \d+\.\d+ s with aod, /m);
    assert.match(stdout, /^The agent itself: .* of a core, at most .* MB of memory/m);
    assert.equal(stdout.trim().split("\n").at(-1), `${out}/report.html`);
    const [, ...rounds] = linesOf(`${out}/rounds.csv`);
    assert.deepEqual(rounds.map((row) => row.split(",")[2]).sort(), ["baseline", "with_aod"]);
    const names = Array.from(Deno.readDirSync(out), ({ name }) => name).sort();
    assert.deepEqual(names, [
      ...["agent", "agent.yaml", "baseline_system_usage.csv", "comparison_graph.png"],
      ...["report.html", "results.json", "rounds.csv", "rounds.png", "with_aod_disk_usage.csv"],
      "with_aod_system_usage.csv",
    ]);
    assert.equal((Deno.statSync(out).mode ?? 0) & 0o777, 0o700);
    assert.match(Deno.readTextFileSync(`${out}/agent.yaml`), new RegExp(`: ${out}/agent$`, "m"));
    assert.deepEqual(processesWith(out), []);
    Deno.chmodSync(out, 0o755);
    const again = await aod("lab", "run", "-o", out, "--", "true");
    assert.equal(again.code, 2);
    assert.match(again.stderr, /is not empty/);
    assert.equal((Deno.statSync(out).mode ?? 0) & 0o777, 0o755);
  });
});

Deno.test("run: a workload that fails ends it, says how, and stops the agent", async () => {
  await inDirectory(async (dir) => {
    const out = `${dir}/out`;
    // Fails in the second round.
    const script = `echo >>${dir}/n; test $(wc -l <${dir}/n) -lt 2 || { echo why >&2; exit 7; }`;
    const { code, stderr } = await aod(
      ...["lab", "run", ...QUICK, "--rounds", "2", "-o", out, "--", "/bin/sh", "-c", script],
    );
    assert.equal(code, 1, stderr);
    assert.match(stderr, /The workload failed with exit code 7: /);
    assert.match(stderr, /^ {2}why$/m);
    assert.match(stderr, /1 finished round is kept/);
    assert.match(Deno.readTextFileSync(`${out}/report.html`), /The run ended early/);
    assert.equal(linesOf(`${out}/rounds.csv`).length, 2);
    assert.deepEqual(processesWith(out), []);
  });
});

Deno.test("run: Ctrl-C keeps the finished rounds and stops the agent and the workload", async () => {
  await inDirectory(async (dir) => {
    const out = `${dir}/out`;
    const script = `echo $$ >>${dir}/n; test $(wc -l <${dir}/n) -lt 2 || exec sleep 600`;
    const { code, stderr } = await interrupted(
      ["lab", "run", ...QUICK, "--rounds", "2", "-o", out, "--", "/bin/sh", "-c", script],
      () => hasLines(`${dir}/n`, 2),
    );
    assert.equal(code, 130, stderr);
    assert.match(stderr, /The run was interrupted: 1 finished round is kept/);
    assert.equal(linesOf(`${out}/rounds.csv`).length, 2);
    const results = JSON.parse(Deno.readTextFileSync(`${out}/results.json`));
    assert.equal(results.rounds.length, 1);
    assert.deepEqual(processesWith(out), []);
    for (const pid of linesOf(`${dir}/n`)) assert.equal(processExists(Number(pid)), false, pid);
  });
});
