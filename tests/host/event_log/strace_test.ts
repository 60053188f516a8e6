/**
 * The second opinion: the workload runs under strace and under the log at once. Both count the same
 * calls with the same results, and the log is what the workload did here, too.
 * @module
 */
import assert from "node:assert/strict";
import { compareLog } from "../../support/event_log/compare.ts";
import { logCounts, STRACE_ARGUMENTS, straceCounts } from "../../support/event_log/strace.ts";
import { runTruth } from "../../support/event_log/truth.ts";

Deno.test("strace counts every call with its result as the log does", async () => {
  const { account, log, strace } = await runTruth({ strace: STRACE_ARGUMENTS });
  const seen = [...straceCounts(strace, account)].sort();
  assert.ok(seen.length > 150, `strace has seen ${seen.length} kinds of calls only`);
  assert.deepEqual([...logCounts(log.events, account)].sort(), seen);
  assert.deepEqual(compareLog(log, account), []);
});
