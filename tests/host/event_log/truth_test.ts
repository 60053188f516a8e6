/**
 * The log against a program that knows what it has done: field by field, count by count, both ways.
 * @module
 */
import assert from "node:assert/strict";
import { EVENT_TYPE_NAMES } from "../../support/event_log/account.ts";
import { compareLog, type Logged } from "../../support/event_log/compare.ts";
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

Deno.test("a log that is not what the workload did is noticed", async () => {
  const { account, log } = await runTruth({ scene: "user" });
  assert.deepEqual(compareLog(log, account), []);
  const noticed = (events: Logged[], what: string) =>
    assert.ok(compareLog({ ...log, events }, account).length > 0, what);
  // Before and after the marks is what libc does.
  const is = (mark: string) => ({ filename }: Logged) => filename === `truth ${mark}`;
  const { events } = log;
  const [begin, end] = [events.findIndex(is("begin")), events.findIndex(is("end"))];
  assert.ok(begin >= 0 && end > begin + 20);
  for (let at = begin + 1; at < end; at++) {
    const event = events[at];
    const which = JSON.stringify(event);
    noticed(events.toSpliced(at, 1), `missing: ${which}`);
    noticed(events.toSpliced(at, 0, event), `twice: ${which}`);
    const next = events.findIndex(({ tid }, i) => i > at && i < end && tid === event.tid);
    if (next > 0) noticed(events.with(at, events[next]).with(next, event), `swapped: ${which}`);
    for (const key of Object.keys(event)) {
      noticed(events.with(at, { ...event, [key]: "another" }), `${key} of ${which}`);
      noticed(events.with(at, { ...event, more: 1 }), `one key more: ${which}`);
      const { [key]: _, ...rest } = event;
      noticed(events.with(at, rest), `without ${key}: ${which}`);
    }
  }
  noticed([...events, { ...events[begin], tid: 1 }], "another thread");
  assert.ok(compareLog({ ...log, gaps: [{ events: 1 }] }, account).length > 0, "a gap");
});
