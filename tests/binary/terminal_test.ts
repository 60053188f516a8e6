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

Deno.test("on a terminal nothing is said but what the command says", async () => {
  const { stdout } = await onTerminal(`${AOD} check`);
  assert.match(stdout, /^embedded default: OK \([^\n]*\)\r?\n$/);
});
