/** Who a pid is: from events, from stat files in a directory of our own, and after the end. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { BusEvent } from "../../../src/stream/bus_event.ts";
import { ProcessCache, type ProcessCacheOptions } from "../../../src/stream/process_cache.ts";
import { parseProcessStat } from "../../../src/stream/process_stat.ts";

/** A `stat` line as the kernel writes it. */
function statLine(pid: number, comm: string, ppid: number, start: number): string {
  const between = Array.from({ length: 17 }, (_, i) => i);
  return `${pid} (${comm}) S ${ppid} ${between.join(" ")} ${start} 1000 200 18446744073709551615\n`;
}

/** Processes that a test has; removed at its end. */
class Processes {
  readonly proc = Deno.makeTempDirSync({ prefix: "aod-proc-" });

  set(pid: number, comm: string, ppid = 1, start = 100): void {
    Deno.mkdirSync(`${this.proc}/${pid}`, { recursive: true });
    Deno.writeTextFileSync(`${this.proc}/${pid}/stat`, statLine(pid, comm, ppid, start));
  }

  end(pid: number): void {
    Deno.removeSync(`${this.proc}/${pid}`, { recursive: true });
  }

  cache(options: ProcessCacheOptions = {}): ProcessCache {
    return new ProcessCache({ proc: this.proc, ...options });
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.proc, { recursive: true });
  }
}

function event(event_type: string, pid: number, timestamp: number, more: Partial<BusEvent> = {}) {
  return { event_id: "00000000", event_type, timestamp, source: "test", pid, data: {}, ...more };
}

Deno.test("a stat line is read whatever the name has in it", () => {
  const names = fc.string({ maxLength: 15, unit: fc.constantFrom("a", " ", "(", ")", "ä", "\n") });
  fc.assert(fc.property(names, fc.nat(), fc.nat(), (comm, ppid, start_ticks) => {
    const stat = parseProcessStat(statLine(7, comm, ppid, start_ticks));
    assert.deepEqual(stat, { comm, ppid, start_ticks });
  }));
});

Deno.test("what is no stat line is nothing, and never an error", () => {
  fc.assert(fc.property(fc.string(), (text) => {
    assert.equal(parseProcessStat(text), null);
  }));
  assert.equal(parseProcessStat(statLine(1, "a", -1, 3)), null);
  assert.equal(parseProcessStat("1 (a) S 1 2 3"), null);
});

Deno.test("a process is read once while it is fresh, and again after that", () => {
  using processes = new Processes();
  processes.set(10, "bash", 4);
  const cache = processes.cache({ fresh_sec: 30 });
  assert.deepEqual(cache.find(10, 100), { comm: "bash", ppid: 4 });
  processes.set(10, "renamed", 4);
  assert.deepEqual(cache.find(10, 129), { comm: "bash", ppid: 4 });
  assert.deepEqual(cache.find(10, 130), { comm: "renamed", ppid: 4 });
  assert.deepEqual([cache.counts.reads, cache.counts.hits, cache.counts.reused], [2, 1, 0]);
});

Deno.test("a turn reads no more than it may; what is old is then better than nothing", () => {
  using processes = new Processes();
  for (let pid = 1; pid <= 5; pid++) processes.set(pid, `p${pid}`);
  const cache = processes.cache({ reads_per_turn: 2, fresh_sec: 10 });
  const names = (time: number) => [1, 2, 3, 4, 5].map((pid) => cache.find(pid, time)?.comm ?? null);
  assert.deepEqual(names(0), ["p1", "p2", null, null, null]);
  assert.equal(cache.counts.over_budget, 3);
  cache.beginTurn();
  assert.deepEqual(names(0), ["p1", "p2", "p3", "p4", null]);
  assert.deepEqual(names(60), ["p1", "p2", "p3", "p4", null]);
  assert.equal(cache.counts.reads, 4);
});

Deno.test("fork, exec and exit are learned without reading anything", () => {
  using processes = new Processes();
  const cache = processes.cache();
  cache.learn(event("fork", 10, 1, { comm: "bash", data: { child_pid: 11 } }));
  assert.deepEqual(cache.find(11, 1), { comm: "bash", ppid: 10 });
  cache.learn(event("exec", 11, 2, { comm: "cp" }));
  assert.deepEqual(cache.find(11, 2), { comm: "cp", ppid: 10 });
  cache.learn(event("exit", 11, 3));
  assert.deepEqual(cache.find(11, 3), { comm: "cp", ppid: 10, ended_sec: 3 });
  assert.equal(cache.counts.reads, 0);
});

Deno.test("late events are the ended process's; later ones are its successor's", () => {
  using processes = new Processes();
  const cache = processes.cache();
  cache.learn(event("exec", 11, 1, { comm: "cp", data: { parent_pid: 10 } }));
  cache.learn(event("exit", 11, 3));
  processes.set(11, "next", 20);
  assert.equal(cache.find(11, 3.5)?.comm, "cp");
  assert.deepEqual(cache.find(11, 100), { comm: "next", ppid: 20 });
  assert.equal(cache.counts.reused, 1);
});

Deno.test("an exec after the end is another process: it does not get the old parent", () => {
  using processes = new Processes();
  const cache = processes.cache();
  cache.learn(event("exec", 11, 1, { comm: "cp", data: { parent_pid: 10 } }));
  cache.learn(event("exit", 11, 3));
  cache.learn(event("exec", 11, 50, { comm: "mv" }));
  assert.deepEqual(cache.find(11, 50), { comm: "mv", ppid: undefined });
});

Deno.test("a pid that another process took unseen is noticed by its start time", () => {
  using processes = new Processes();
  const cache = processes.cache({ fresh_sec: 10 });
  processes.set(11, "cp", 10, 100);
  cache.find(11, 0);
  processes.set(11, "cp", 10, 900);
  cache.find(11, 20);
  assert.equal(cache.counts.reused, 1);
});

Deno.test("a process that ended unseen keeps its name for the event and is not read for each", () => {
  using processes = new Processes();
  processes.set(11, "cp", 10);
  const cache = processes.cache({ fresh_sec: 10 });
  cache.find(11, 0);
  processes.end(11);
  assert.deepEqual(cache.find(11, 20), { comm: "cp", ppid: 10, ended_sec: 20 });
  for (let i = 0; i < 5; i++) assert.equal(cache.find(11, 30), null);
  for (let i = 0; i < 5; i++) assert.equal(cache.find(999, 30), null);
  assert.deepEqual([cache.counts.reads, cache.counts.missing], [4, 3]);
});

Deno.test("the cache is bounded; who was asked for last stays", () => {
  using processes = new Processes();
  const cache = processes.cache({ processes: 3 });
  for (const pid of [1, 2, 3]) cache.learn(event("exec", pid, 0, { comm: `p${pid}` }));
  cache.find(1, 0);
  cache.learn(event("exec", 4, 0, { comm: "p4" }));
  assert.equal(cache.size, 3);
  assert.equal(cache.counts.displaced, 1);
  assert.equal(cache.find(1, 0)?.comm, "p1");
  assert.equal(cache.find(2, 0), null);
});
