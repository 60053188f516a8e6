/**
 * Unit tests of src/os/own_program.ts.
 * @module
 */
import assert from "node:assert/strict";
import { foreignEnvironment, ownProgram } from "../../../src/os/own_program.ts";

Deno.test("the arguments of aod are replaced, what comes before them stays", () => {
  const launched = ["aod", "run", "--allow-all", "/cache/aod.js", "lab", "run", "--", "run"];
  assert.deepEqual(ownProgram(["status"], launched, ["lab", "run", "--", "run"]).args, [
    ...["run", "--allow-all", "/cache/aod.js", "status"],
  ]);
  assert.deepEqual(ownProgram(["run"], ["aod"], []).args, ["run"]);
});

Deno.test("the program can be executed: this one is Deno", async () => {
  const { path, env } = ownProgram([]);
  const { stdout } = await new Deno.Command(path, { args: ["--version"], clearEnv: true, env })
    .output();
  assert.match(new TextDecoder().decode(stdout), /^deno /);
});

Deno.test("other programs do not get what the launcher has set, but what the user has", () => {
  const launched = { PATH: "/bin", DENO_DIR: "/proc/no-cache", DENO_LOG: "error" };
  assert.deepEqual(foreignEnvironment({ ...launched, DENO_NO_UPDATE_CHECK: "1" }), {
    PATH: "/bin",
  });
  const user = { PATH: "/bin", DENO_DIR: "/home/u/deno", DENO_LOG: "debug" };
  assert.deepEqual(foreignEnvironment(user), user);
});
