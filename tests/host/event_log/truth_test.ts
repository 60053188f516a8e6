/**
 * The log against a program that knows what it has done: field by field, count by count, both ways.
 * @module
 */
import assert from "node:assert/strict";
import { EVENT_TYPE_NAMES } from "../../support/event_log/account.ts";
import { compareLog } from "../../support/event_log/compare.ts";
import { droppedOf, imbalanceOf } from "../../support/event_log/trace_run.ts";
import { runTruth } from "../../support/event_log/truth.ts";
import { SYSCALL_SPELLINGS } from "../../support/event_log/spellings.ts";

Deno.test("the log is what the workload did: every type, every spelling, every field", async (t) => {
  const { account, log, ledger } = await runTruth();
  const expected = [...account.threads.values()].flat();

  await t.step("the workload makes every event in every spelling, good and failed", () => {
    assert.equal(EVENT_TYPE_NAMES.length, 38);
    const made = new Set(expected.map(({ event }) => `${event.event_type} ${event.syscall}`));
    const failed = new Set(
      expected.filter(({ event }) => event.errno !== undefined).map(({ event }) =>
        event.event_type
      ),
    );
    for (const [type, spellings] of Object.entries(SYSCALL_SPELLINGS)) {
      for (const spelling of spellings) {
        assert.ok(made.has(`${type} ${spelling}`), `no ${type} by ${spelling}`);
      }
      if (type !== "fork" && type !== "exit") assert.ok(failed.has(type), `no ${type} fails`);
    }
    assert.deepEqual(new Set(Object.keys(SYSCALL_SPELLINGS)), new Set(EVENT_TYPE_NAMES));
  });

  await t.step("log and account are the same", () => {
    assert.deepEqual(compareLog(log, account), []);
  });

  await t.step("the ledger is exact", () => {
    assert.equal(imbalanceOf(ledger), 0);
    assert.equal(droppedOf(ledger), 0);
    assert.equal(ledger.written, log.events.length);
    assert.equal(ledger.paths_lost, 0);
  });

  await t.step("a call under way when the log began has no duration", () => {
    const waited = log.events.filter(({ syscall, fd, tid }) =>
      syscall === "read" && fd === 0 && tid === account.tgid
    );
    assert.equal(waited.length, 1);
    assert.equal(waited[0].duration_ns, null);
    assert.equal(waited[0].result, 1);
  });
});
