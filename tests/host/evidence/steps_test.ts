/**
 * The steps of an action, with real programs and files.
 * @module
 */
import assert from "node:assert/strict";
import type { Step } from "../../../src/evidence/actions/action.ts";
import { newRecord } from "../../../src/evidence/actions/record.ts";
import { StepRunner } from "../../../src/evidence/actions/steps.ts";
import { OutputFile } from "../../../src/evidence/output_file.ts";
import { Redactor } from "../../../src/evidence/redact.ts";
import { anomalyNow, command } from "../../support/evidence.ts";
import { withDir } from "../../support/evidence_host.ts";

async function outcome(of: Step[]) {
  const record = newRecord("test", "snapshot", false);
  await withDir(async (dir) => {
    const redactor = new Redactor();
    const log = await OutputFile.create(`${dir}/test.log`, redactor);
    const context = {
      ...{ spec: command("test", [], { max_output_kb: 1 }), anomaly: anomalyNow(), mounts: [] },
      ...{ first_start_wall_ns: 0n, journal_lookback_sec: 10 },
    };
    const target = { context, dir, redactor, implied: false, abort: new AbortController().signal };
    await new StepRunner(target, record, log, () => {}).runAll([{ kind: "first", of }]);
    await log.close();
  });
  return record;
}

Deno.test("the first that gives anything: its outcome is the action's, not that of tries before", async () => {
  const step = (...argv: string[]): Step => ({ kind: "command", argv });
  const missing = step("aod-no-such-program");
  assert.equal((await outcome([missing, step("echo", "some")])).status, "ok");
  const cut = await outcome([missing, step("yes")]);
  assert.deepEqual([cut.status, cut.truncated], ["truncated", true]);
  assert.equal((await outcome([step("true"), missing])).status, "missing");
  assert.equal((await outcome([step("true"), step("true")])).status, "ok");
});
