/**
 * The collector of processes, over files of a made-up host.
 * @module
 */
import assert from "node:assert/strict";
import { processes, type ProcessRow } from "../../../src/collect/processes.ts";
import { FakeHost, Looks, pointsOf } from "../../support/collect/fake_host.ts";
import { ioText, type ProcessLine, statLine } from "../../support/collect/processes.ts";

function put(host: FakeHost, line: ProcessLine, io?: string): void {
  host.write(`proc/${line.pid}/stat`, statLine(line));
  if (io !== undefined) host.write(`proc/${line.pid}/io`, io);
}

function lists(looks: Looks): { by_cpu: ProcessRow[]; by_memory: ProcessRow[] } {
  return looks.sample().tables as { by_cpu: ProcessRow[]; by_memory: ProcessRow[] };
}

const pids = (rows: readonly ProcessRow[]) => rows.map(({ pid }) => pid);

Deno.test("process: counts by state; names in /proc that are no process are passed over", () => {
  using host = new FakeHost();
  put(host, { pid: 1, threads: 3 });
  put(host, { pid: 20, state: "R" });
  put(host, { pid: 300, state: "D" });
  put(host, { pid: 301, state: "Z" });
  put(host, { pid: 302, state: "t" });
  for (const name of ["12x", "x12", "self", "99999999999", "-1"]) {
    host.write(`proc/${name}/stat`, statLine({ pid: 5 }));
  }
  host.write("proc/uptime", "1 2\n");
  const points = new Looks(host, processes).next();
  assert.equal(points["process.count"], 5);
  assert.equal(points["process.threads"], 7);
  assert.equal(points["process.running"], 1);
  assert.equal(points["process.blocked"], 1);
  assert.equal(points["process.zombies"], 1);
  assert.equal(points["process.stopped"], 1);
  assert.equal(points["process.left_out"], 0);
});

Deno.test("process: the ten largest by CPU and by memory, in order", () => {
  using host = new FakeHost();
  const looks = new Looks(host, processes);
  const line = (i: number, user: number) => ({ pid: 100 + i, user, rss: 50 - i, comm: `c (${i})` });
  for (let i = 0; i < 15; i++) put(host, line(i, 1000));
  const first = lists(looks);
  assert.deepEqual(first.by_cpu, []);
  assert.deepEqual(pids(first.by_memory), Array.from({ length: 10 }, (_, i) => 100 + i));
  for (let i = 0; i < 15; i++) put(host, line(i, 1000 + 10 * i));
  const { by_cpu } = lists(looks);
  assert.deepEqual(pids(by_cpu), Array.from({ length: 10 }, (_, i) => 114 - i));
  assert.equal(by_cpu[0].comm, "c (14)");
  // 140 ticks of 10 ms in 2 s.
  assert.equal(by_cpu[0].cpu_percent, 70);
  assert.equal(by_cpu[0].memory_bytes % 4096, 0);
});

Deno.test("process: I/O is of those in the lists, its growth of those in the lists before", () => {
  using host = new FakeHost();
  const looks = new Looks(host, processes);
  put(host, { pid: 1, rss: 9 }, ioText(4096, 8192));
  put(host, { pid: 2, rss: 5 });
  const [first, second] = lists(looks).by_memory;
  assert.deepEqual(
    [first.read_bytes, first.write_bytes, first.read_bytes_delta, first.write_bytes_delta],
    [4096, 8192, null, null],
  );
  assert.equal(second.read_bytes, null, "it has no such file");
  put(host, { pid: 1, rss: 9, user: 10 }, ioText(4196, 8192));
  const both = lists(looks);
  assert.equal(both.by_cpu[0].read_bytes_delta, 100);
  assert.equal(both.by_memory[0].read_bytes_delta, 100, "in both lists it is the same");
  put(host, { pid: 1, rss: 9, start: 77 }, ioText(5000, 9000));
  assert.equal(lists(looks).by_memory[0].read_bytes_delta, null, "another process now");
});

Deno.test("process: those that end while they are listed are not there; no trace is left of them", () => {
  using host = new FakeHost();
  const looks = new Looks(host, processes);
  put(host, { pid: 1, rss: 1 });
  Deno.mkdirSync(`${host.dir}/proc/2`);
  host.write("proc/3/stat", "");
  host.write("proc/4/stat", "4 (half");
  assert.equal(looks.next()["process.count"], 1);
  host.remove("proc/1");
  const { points, tables } = looks.sample();
  assert.equal(points.find(({ key }) => key === "process.count")?.value, 0);
  assert.deepEqual(tables, { by_cpu: [], by_memory: [] });
});

Deno.test("process: a process that came since is in the list with all it used", () => {
  using host = new FakeHost();
  const looks = new Looks(host, processes);
  put(host, { pid: 1 });
  looks.next();
  put(host, { pid: 5, user: 100, system: 100, start: 900 });
  const { by_cpu } = lists(looks);
  assert.deepEqual(by_cpu.map(({ pid, cpu_percent }) => [pid, cpu_percent]), [[5, 100]]);
});

Deno.test("process: without /proc it fails; no key has a pid", () => {
  using host = new FakeHost();
  const looks = new Looks(host, processes);
  put(host, { pid: 4242, user: 1, rss: 1 });
  looks.next();
  const keys = Object.keys(pointsOf(looks.sample()));
  assert.ok(keys.every((key) => !/\d/.test(key)), keys.join());
  host.remove("proc");
  assert.throws(() => looks.next(), /ENOENT/);
});
