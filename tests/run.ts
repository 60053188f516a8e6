/**
 * Runs the tests: `deno task test [GROUP...] [--filter TEXT]`. Builds ./aod first where needed, runs
 * the groups one after another and ends with one line `N passed, N failed`.
 *
 * Groups: unit (pure), host (real BPF on this kernel), browser (the dashboard in Chromium), binary
 * (black box on ./aod), vm (real CIFS in qemu), systemd (the package under a real systemd in qemu). All
 * but unit need root. Without groups all are run but systemd (two minutes). A group that cannot run here
 * is a failure that says why.
 * @module
 */
import { parseArgs } from "node:util";
import { CHROMIUM } from "./support/dashboard/chromium.ts";
import { type JUnitReport, readJUnit } from "./support/junit.ts";

const ROOT = new URL("../", import.meta.url).pathname;
const GROUPS = ["unit", "host", "browser", "binary", "vm", "systemd"] as const;
type Group = typeof GROUPS[number];

const NONE: JUnitReport = { passed: 0, failed: 0, ignored: 0, failures: [] };

/** Run only where they are named. */
const BY_NAME: readonly Group[] = ["systemd"];

/** A failure's text is shown again at the end, up to this many lines of it. */
const FAILURE_LINES = 25;

/**
 * Parts of a group that run beside each other, each in a process of its own: agents that wait, and
 * what watches its own process. What no part names is the last part.
 */
const PARTS: Partial<Record<Group, string[][]>> = { host: [["service"], ["faults"]] };
/** Guests and programs wait more than they compute: two files run at a time. The others use the host. */
const JOBS: Partial<Record<Group, number>> = { binary: 2, vm: 2 };

/** Runs deno; with `quiet` its output comes in one piece when it has ended. */
async function deno(
  args: string[],
  env: Record<string, string> = {},
  quiet = false,
): Promise<boolean> {
  const out = quiet ? "piped" : "inherit";
  const options = { args, env, cwd: ROOT, stdin: "null", stdout: out, stderr: out } as const;
  const child = new Deno.Command(Deno.execPath(), options).spawn();
  if (!quiet) return (await child.status).success;
  const { success, stdout, stderr } = await child.output();
  for (const bytes of [stdout, stderr]) await writeAll(bytes);
  return success;
}

async function writeAll(bytes: Uint8Array): Promise<void> {
  for (let at = 0; at < bytes.length;) at += await Deno.stdout.write(bytes.subarray(at));
}

/** Directories and files of each part of a group. */
function partsOf(group: Group): string[][] {
  const parts = PARTS[group];
  if (parts === undefined) return [[`tests/${group}`]];
  const named = new Set(parts.flat());
  const others = [...Deno.readDirSync(`${ROOT}tests/${group}`)].map(({ name }) => name)
    .filter((name) => !named.has(name)).sort();
  return [...parts, others].map((part) => part.map((name) => `tests/${group}/${name}`));
}

function hasTests(directory: string): boolean {
  try {
    for (const entry of Deno.readDirSync(directory)) {
      if (entry.isDirectory && hasTests(`${directory}/${entry.name}`)) return true;
      if (entry.isFile && entry.name.endsWith("_test.ts")) return true;
    }
  } catch (error) {
    if (!(error instanceof Deno.errors.NotFound)) throw error;
  }
  return false;
}

/** Reads a JUnit report; null when the run died before it wrote one. */
function readReport(path: string): JUnitReport | null {
  try {
    return readJUnit(Deno.readTextFileSync(path));
  } catch (error) {
    if (error instanceof Deno.errors.NotFound) return null;
    throw error;
  }
}

/** Failure of what is no test: a group that cannot run, a process that died. */
function failed(group: Group, text: string): JUnitReport {
  return { ...NONE, failed: 1, failures: [{ file: `tests/${group}`, name: group, text }] };
}

function sum(a: JUnitReport, b: JUnitReport): JUnitReport {
  return {
    passed: a.passed + b.passed,
    failed: a.failed + b.failed,
    ignored: a.ignored + b.ignored,
    failures: [...a.failures, ...b.failures],
  };
}

function isInstalled(program: string): boolean {
  try {
    return Deno.statSync(program).isFile;
  } catch {
    return false;
  }
}

/** Why a group cannot run here; null where it can. */
function hindrance(group: Group): string | null {
  if (group === "unit") return null;
  if (Deno.uid() !== 0) return "they need root";
  if (group === "browser" && !isInstalled(CHROMIUM)) {
    return `there is no ${CHROMIUM} (Debian's package chromium)`;
  }
  return null;
}

async function runGroup(group: Group, filter: string | undefined): Promise<JUnitReport> {
  if (!hasTests(`${ROOT}tests/${group}`)) return NONE;
  console.log(`\n== ${group} ==`);
  const why = hindrance(group);
  if (why !== null) {
    const text = `Cannot run the ${group} tests: because ${why}`;
    console.log(text);
    return failed(group, text);
  }
  const parts = partsOf(group);
  const counts = await Promise.all(
    parts.map((paths, part) => runPart(group, part, paths, filter, part > 0)),
  );
  return counts.reduce(sum, NONE);
}

/** Runs the tests below some paths in a process of their own. */
async function runPart(
  group: Group,
  part: number,
  paths: string[],
  filter: string | undefined,
  quiet: boolean,
): Promise<JUnitReport> {
  const report = `${ROOT}build/test/${group}${part === 0 ? "" : `-${part + 1}`}.xml`;
  Deno.mkdirSync(`${ROOT}build/test`, { recursive: true });
  await Deno.remove(report).catch(() => {});
  const jobs = JOBS[group] ?? 1;
  const ok = await deno(
    [
      ...["test", "-A", ...(jobs > 1 ? ["--parallel"] : [])],
      ...["--quiet", "--sanitize-ops", "--sanitize-resources"],
      // Libraries stay open for the life of the process: the first test to use one would seem to leak it.
      "--preload=tests/support/libraries.ts",
      ...[`--junit-path=${report}`, ...(filter === undefined ? [] : [`--filter=${filter}`])],
      ...paths,
    ],
    { DENO_JOBS: String(jobs) },
    quiet,
  );
  const count = readReport(report) ?? NONE;
  // A module that does not load, or a crash, fails the run without failing a test.
  if (ok || count.failed > 0) return count;
  return sum(count, failed(group, `The tests of ${paths.join(" ")} did not come to their end.`));
}

/** Says again what failed, as the last thing: a long run's beginning is often cut from a log. */
function printFailures(failures: JUnitReport["failures"]): void {
  if (failures.length > 0) console.log("\nFailed:");
  for (const { file, name, text } of failures) {
    const lines = text.split("\n").slice(0, FAILURE_LINES).map((line) => `    ${line}`);
    console.log([`  ${file} => ${name}`, ...lines].join("\n"));
  }
}

async function main(): Promise<number> {
  const { values, positionals } = parseArgs({
    // `deno task test -- unit` hands the "--" over too.
    args: Deno.args.filter((arg, i) => i > 0 || arg !== "--"),
    allowPositionals: true,
    options: { filter: { type: "string" } },
  });
  const unknown = positionals.filter((name) => !GROUPS.some((group) => group === name));
  if (unknown.length > 0) {
    console.error(`Cannot run ${unknown.join(", ")}: because the groups are ${GROUPS.join(", ")}`);
    return 2;
  }
  if (!await deno(["run", "-A", "packaging/build.ts"])) return 1;
  let total = NONE;
  for (const group of GROUPS) {
    const wanted = positionals.length > 0 ? positionals.includes(group) : !BY_NAME.includes(group);
    if (!wanted) continue;
    const count = await runGroup(group, values.filter);
    console.log(
      `${group}: ${count.passed} passed, ${count.failed} failed, ${count.ignored} ignored`,
    );
    total = sum(total, count);
  }
  printFailures(total.failures);
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  return total.failed === 0 && total.passed > 0 ? 0 : 1;
}

Deno.exit(await main());
