/**
 * What the program prints on a terminal and elsewhere.
 * @module
 */
import assert from "node:assert/strict";
import { AOD, aod, runCommand } from "../support/program.ts";

const ESCAPE = "\x1b[";
const ENVIRONMENT = { PATH: "/usr/bin:/bin", TERM: "xterm-256color" };

/** Runs a command line on a pseudo-terminal, by script(1). */
function onTerminal(command: string, env: Record<string, string> = ENVIRONMENT) {
  return runCommand("/usr/bin/script", ["-qec", command, "/dev/null"], env);
}

Deno.test("colours only on a terminal, and not where NO_COLOR asks for none", async () => {
  const terminal = await onTerminal(`${AOD} doctor`);
  assert.ok(terminal.stdout.includes(ESCAPE), terminal.stdout);
  const plain = await onTerminal(`${AOD} doctor`, { ...ENVIRONMENT, NO_COLOR: "1" });
  assert.ok(!plain.stdout.includes(ESCAPE), plain.stdout);
  const pipe = await aod("doctor");
  assert.ok(!(pipe.stdout + pipe.stderr).includes(ESCAPE), pipe.stdout);
  assert.match(pipe.stdout, /^ok +kernel /m);
});

Deno.test("--json is the same on a terminal: one object a line, nothing else", async () => {
  const { stdout } = await onTerminal(`${AOD} doctor --json`);
  for (const line of stdout.trim().split("\n")) {
    assert.ok(["ok", "warn", "fail"].includes(JSON.parse(line).status), line);
  }
});

Deno.test("the agent says what it watches, where bundles go and how to stop it", async () => {
  const dir = Deno.makeTempDirSync();
  try {
    const config = `${dir}/aod.yaml`;
    const text = (await aod("config", "default")).stdout
      .replace(/^aod_output_dir:.*$/m, `aod_output_dir: ${dir}/out`);
    Deno.writeTextFileSync(config, text);
    const started = `timeout -s INT 2 ${AOD} --config ${config} --run-dir ${dir}/run`;
    const { stdout } = await onTerminal(started);
    assert.match(stdout, /watching for latency, error, reconnect, credit \(.*aod\.yaml\)/);
    assert.ok(stdout.includes(`bundles go to ${dir}/out/batches`), stdout);
    assert.match(stdout, /Ctrl-C drains and stops/);
    assert.match(stdout, /controller: stopped\r?\n$/);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
});

Deno.test("on a terminal nothing is said but what the command says", async () => {
  const { stdout } = await onTerminal(`${AOD} check`);
  assert.match(stdout, /^embedded default: OK \([^\n]*\)\r?\n$/);
});
