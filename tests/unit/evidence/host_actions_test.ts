/**
 * What the actions `tasks` and `host` read of this machine.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { moduleParameters } from "../../../src/evidence/actions/host.ts";
import { parseStat, tasks } from "../../../src/evidence/actions/tasks.ts";
import { anomalyNow, builtin } from "../../support/evidence.ts";
import { requestArbitrary } from "../../support/records.ts";

Deno.test("a task's state stands behind its name, whatever the name is", () => {
  const rest = "0 ".repeat(15) + "7 0 12345";
  assert.deepEqual(parseStat(`42 (a) D (b c) D 1 ${rest}`)?.state, "D");
  assert.equal(parseStat(`42 (a) D (b c) S 1 ${rest}`)?.name, "a) D (b c");
  assert.equal(parseStat(""), null);
  assert.equal(parseStat("42 (x"), null);
  const own = parseStat(Deno.readTextFileSync("/proc/self/stat"));
  assert.ok(own !== null && own.threads > 1);
});

Deno.test("the issuer of a request is looked up with its stack, read in a child", () => {
  const [request] = fc.sample(requestArbitrary(), 1);
  const worst = [{ ...request, pid: Deno.pid, tid: Deno.pid }];
  const steps = tasks.plan({
    spec: builtin("tasks"),
    anomaly: anomalyNow({ worst }),
    first_start_wall_ns: 0n,
    journal_lookback_sec: 10,
    mounts: [],
  });
  const [table, stacks] = steps;
  assert.ok(table.kind === "text" && table.text.includes(` ${Deno.pid}  `), JSON.stringify(table));
  assert.ok(stacks.kind === "command");
  assert.ok(stacks.argv.includes(`/proc/${Deno.pid}/task/${Deno.pid}/stack`));
});

Deno.test("parameters of a module: one a line, in order; none without the module", () => {
  assert.equal(moduleParameters("/nowhere"), "the cifs module is not loaded\n");
  const dir = Deno.makeTempDirSync();
  Deno.writeTextFileSync(`${dir}/b`, "Y\n");
  Deno.writeTextFileSync(`${dir}/a`, "16384\n");
  assert.equal(moduleParameters(dir), "a=16384\nb=Y\n");
  Deno.removeSync(dir, { recursive: true });
});
