/**
 * Processes from sweep to sweep.
 * @module
 */
import assert from "node:assert/strict";
import fc from "fast-check";
import { ProcessStat } from "../../../src/collect/process_stat.ts";
import { largest, ProcessTable } from "../../../src/collect/process_table.ts";
import { type ProcessLine, statLine } from "../../support/collect/processes.ts";

function sweep(table: ProcessTable, lines: readonly ProcessLine[]): void {
  const stat = new ProcessStat();
  table.begin();
  for (const line of lines) {
    const bytes = new TextEncoder().encode(statLine(line));
    assert.ok(stat.parse(bytes, bytes.length));
    table.put(line.pid, stat, bytes);
  }
  table.end();
}

function grown(table: ProcessTable): Record<number, number> {
  return Object.fromEntries(
    Array.from(table.slots.subarray(0, table.seen), (s) => [table.pid[s], table.grown_ticks[s]]),
  );
}

Deno.test("table: what a process used since the sweep before", () => {
  const table = new ProcessTable(100);
  sweep(table, [{ pid: 1, user: 1000 }, { pid: 2, user: 50 }]);
  assert.deepEqual(grown(table), { 1: 0, 2: 0 }, "it is not known when they used it");
  sweep(table, [{ pid: 1, user: 1005, system: 2 }, { pid: 2, user: 50 }, {
    pid: 3,
    user: 9,
    start: 6,
  }]);
  assert.deepEqual(grown(table), { 1: 7, 2: 0, 3: 9 }, "3 was not there before");
});

Deno.test("table: a pid that is another process now is told by its start", () => {
  const table = new ProcessTable(100);
  sweep(table, [{ pid: 7, user: 1000, start: 10 }]);
  sweep(table, [{ pid: 7, user: 3, start: 99 }]);
  assert.deepEqual(grown(table), { 7: 3 });
});

Deno.test("table: what a process used while it could not be read is not of this sweep", () => {
  const table = new ProcessTable(100);
  const all = [{ pid: 1, user: 5000, start: 1 }, { pid: 2, user: 100, start: 8 }];
  sweep(table, all);
  sweep(table, []);
  sweep(table, all);
  assert.deepEqual(grown(table), { 1: 0, 2: 0 });
});

Deno.test("table: times that fall by a tick are no time", () => {
  const table = new ProcessTable(100);
  sweep(table, [{ pid: 7, user: 10 }]);
  sweep(table, [{ pid: 7, user: 9 }]);
  assert.deepEqual(grown(table), { 7: 0 });
});

Deno.test("table: any sequence of sweeps leaves exactly the processes of the last", () => {
  const pids = fc.uniqueArray(fc.integer({ min: 1, max: 700 }), { maxLength: 600 });
  fc.assert(
    fc.property(fc.array(pids, { maxLength: 6 }), (sweeps) => {
      const table = new ProcessTable(5000);
      for (const pids of sweeps) {
        sweep(table, pids.map((pid) => ({ pid, comm: `p${pid}`, rss: pid })));
        assert.equal(table.size, pids.length);
        assert.deepEqual(Object.keys(grown(table)).map(Number), [...pids].sort((a, b) => a - b));
        for (const slot of table.slots.subarray(0, table.seen)) {
          assert.equal(table.comm(slot), `p${table.pid[slot]}`);
          assert.equal(table.rss_pages[slot], table.pid[slot]);
        }
      }
    }),
    { numRuns: 30 },
  );
});

Deno.test("table: the largest are those that a sort gives", () => {
  fc.assert(fc.property(fc.array(fc.nat(1000)), fc.integer({ min: 1, max: 12 }), (rss, count) => {
    const table = new ProcessTable(5000);
    sweep(table, rss.map((rss, i) => ({ pid: i + 1, rss })));
    const into = new Int32Array(count);
    const found = largest(table, table.rss_pages, into);
    const wanted = rss.filter((n) => n > 0).sort((a, b) => b - a).slice(0, count);
    assert.deepEqual(Array.from(into.subarray(0, found), (s) => table.rss_pages[s]), wanted);
    assert.equal(new Set(into.subarray(0, found)).size, found);
  }));
});

Deno.test("table: processes beyond the limit are counted; places of those that ended are used", () => {
  const table = new ProcessTable(2);
  sweep(table, [{ pid: 1 }, { pid: 2 }, { pid: 3 }]);
  assert.equal(table.beyond, 1);
  assert.equal(table.seen, 2);
  sweep(table, [{ pid: 3, user: 4 }]);
  sweep(table, [{ pid: 3, user: 4 }, { pid: 4, comm: "new" }]);
  assert.equal(table.beyond, 0);
  assert.deepEqual(Object.keys(grown(table)), ["3", "4"]);
});

Deno.test("table: a process that the list names twice is counted once; long names are cut", () => {
  const table = new ProcessTable(10);
  const comm =
    "kworker/u16:3-events_unbound_and_what_else_is_in_the_name_of_a_worker_of_the_kernel";
  sweep(table, [{ pid: 1, comm }, { pid: 1, comm }]);
  assert.equal(table.seen, 1);
  assert.equal(table.comm(table.slots[0]), comm.slice(0, 64));
});
