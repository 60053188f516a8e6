/**
 * Wrong use of the built program: one clear line on stderr, the documented exit code, no output.
 * @module
 */
import assert from "node:assert/strict";
import { AOD, aod, type Outcome, runCommand } from "../support/program.ts";

const COMMANDS = [
  ["run"],
  ["status"],
  ["snapshot"],
  ["reload"],
  ["doctor"],
  ["check"],
  ["version"],
  ["smbslower"],
  ["smbiosnoop"],
  ["trace"],
  ...["default", "schema", "show"].map((name) => ["config", name]),
  ...["list", "show", "verify", "extract"].map((name) => ["bundle", name]),
];

/** One line of ours at first, no stack trace, nothing on stdout. */
function refused({ code, stdout, stderr }: Outcome, expected: number, line: RegExp): void {
  assert.equal(code, expected, stderr);
  assert.equal(stdout, "");
  assert.match(stderr, line);
  assert.doesNotMatch(stderr, /\n\s+at |internal error/);
}

function asNobody(...args: string[]): Promise<Outcome> {
  const ids = ["--reuid=65534", "--regid=65534", "--clear-groups"];
  return runCommand("/usr/bin/setpriv", [...ids, AOD, ...args], {});
}

Deno.test("every command has help with examples, none wider than 80 columns", async () => {
  for (const command of [[], ["bundle"], ["config"], ...COMMANDS]) {
    const { code, stdout } = await aod(...command, "--help");
    const name = ["aod", ...command].join(" ");
    assert.equal(code, 0, name);
    const examples = command.length === 0 ? "aod" : name;
    assert.match(stdout, /\nExamples:\n {2}/, name);
    assert.ok(stdout.split("\nExamples:\n")[1].includes(examples), `no example of ${name}`);
    for (const line of stdout.split("\n")) assert.ok(line.length <= 80, `${name}: ${line}`);
  }
});

Deno.test("a usage error names the command whose help tells more", async () => {
  for (const command of COMMANDS) {
    const hint = new RegExp(`^aod: .*--bogus.*\n\\(aod ${command.join(" ")} --help shows `);
    refused(await aod(...command, "--bogus"), 2, hint);
  }
  refused(
    await aod("help", "stauts"),
    2,
    /^aod: unknown command "stauts"; did you mean "status"\?/,
  );
  refused(await aod("bundle"), 2, /^Usage: aod bundle /);
});

Deno.test("who is not root is told so, with exit code 4", async () => {
  refused(await asNobody(), 4, /^aod: Cannot start: because aod needs root \(use sudo\)\n$/);
  refused(await asNobody("smbslower"), 4, /^aod: Cannot trace: because .* needs root/);
  const dir = Deno.makeTempDirSync();
  refused(
    await asNobody("bundle", "list", "--dir", dir),
    4,
    /^aod: Cannot use .*: because permission denied \(use sudo\)\n$/,
  );
  Deno.removeSync(dir);
});

Deno.test("output that cannot be written, a socket path that is too long: no stack trace", async () => {
  const full = await runCommand("/bin/sh", ["-c", `${AOD} version >/dev/full`], {});
  refused(full, 1, /^aod: Cannot write the output: because no space left on device\n$/);
  const long = await aod("run", "--run-dir", `/tmp/${"x".repeat(100)}`);
  refused(
    long,
    1,
    /^aod: Cannot use the directory \/tmp\/x*: because a socket's path has at most /,
  );
  const absent = await aod("run", "--run-dir", "/proc/absent");
  refused(absent, 1, /^aod: Cannot use the directory \/proc\/absent: because no such file /);
});

Deno.test("no agent, no bundle, no directory: what is missing is said", async () => {
  const dir = Deno.makeTempDirSync();
  const none = /^aod: Cannot ask aod: because it is not running \(nothing listens on .*\n$/;
  for (const command of ["status", "snapshot", "reload"]) {
    refused(await aod(command, "--run-dir", dir), 1, none);
    refused(await aod(command, "--run-dir", dir, "--json"), 1, none);
  }
  for (const command of ["list", "show", "verify", "extract"]) {
    const absent = /^aod: Cannot use .*\/absent: because no such file or directory\n$/;
    refused(await aod("bundle", command, "--dir", `${dir}/absent`), 1, absent);
    refused(await aod("bundle", command, "--dir", ""), 2, /^aod: --dir is empty/);
  }
  const wrong = /^aod: \/etc\/passwd: Cannot decompress: because it is not zstd\n$/;
  refused(await aod("bundle", "show", "/etc/passwd"), 1, wrong);
  refused(await aod("bundle", "extract", "/etc/passwd", "--to", dir), 1, wrong);
  Deno.removeSync(dir, { recursive: true });
});

Deno.test("bundle show: a manifest that is missing, cut or of another form is said in one line", async () => {
  const dir = Deno.makeTempDirSync();
  const top = "aod_quick_1700000000000000000";
  const path = `${dir}/${top}.tar.zst`;
  Deno.mkdirSync(`${dir}/${top}`);
  Deno.writeTextFileSync(`${dir}/${top}/README.txt`, "Verdict: unclear\n");
  for (const manifest of [null, '{"id":', '{"id":"x"}']) {
    if (manifest !== null) Deno.writeTextFileSync(`${dir}/${top}/manifest.json`, manifest);
    const pack = `cd ${dir} && tar --format=ustar -cf - ${top} | zstd -q -f --check -o ${path}`;
    assert.equal((await runCommand("/bin/sh", ["-c", pack])).code, 0);
    const { code, stderr } = await aod("bundle", "show", path);
    assert.equal(code, 1);
    assert.match(stderr, /^aod: \/.*\.tar\.zst: its manifest\.json is missing or damaged .*\n$/);
  }
  Deno.removeSync(dir, { recursive: true });
});
