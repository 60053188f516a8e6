/**
 * The commands that the README tells people to run, as far as they can run inside a test.
 * @module
 */
import assert from "node:assert/strict";
import { CHECKOUT, runCommand } from "../support/program.ts";

const ENVIRONMENT = { PATH: Deno.env.get("PATH") ?? "", HOME: Deno.env.get("HOME") ?? "/" };

Deno.test("the test runner ends with a line `N passed, N failed`", async () => {
  const run = (...args: string[]) =>
    runCommand(Deno.execPath(), ["run", "-A", `${CHECKOUT}/tests/run.ts`, ...args], ENVIRONMENT);
  const one = await run("unit", "--filter", "a descriptor means memory");
  assert.equal(one.code, 0, one.stderr);
  assert.match(one.stdout, /\n1 passed, 0 failed\n$/);
  assert.equal((await run("nosuch")).code, 2);
});

Deno.test("build.sh: help names its commands, others are a usage error", async () => {
  const help = await runCommand(`${CHECKOUT}/build.sh`, ["--help"], ENVIRONMENT);
  assert.equal(help.code, 0);
  for (const command of ["test", "demo", "bench", "clean"]) {
    assert.match(help.stdout, new RegExp(`^ +${command} `, "m"));
  }
  assert.equal((await runCommand(`${CHECKOUT}/build.sh`, ["nosuch"], ENVIRONMENT)).code, 2);
});
