/**
 * The collector of disks, over files of a made-up host.
 * @module
 */
import assert from "node:assert/strict";
import { disks } from "../../../src/collect/disks.ts";
import { FakeHost, Looks } from "../../support/collect/fake_host.ts";

interface Line {
  reads?: number;
  read_sectors?: number;
  read_ms?: number;
  writes?: number;
  written_sectors?: number;
  write_ms?: number;
  in_flight?: number;
  busy_ms?: number;
  queue_ms?: number;
  discarded_sectors?: number;
  flushes?: number;
}

/** A line as kernels since 5.5 print it. */
function line(name: string, of: Line): string {
  return [
    ...["  8      0", name, of.reads ?? 1, 0, of.read_sectors ?? 0, of.read_ms ?? 0],
    ...[of.writes ?? 0, 0, of.written_sectors ?? 0, of.write_ms ?? 0, of.in_flight ?? 0],
    ...[of.busy_ms ?? 0, of.queue_ms ?? 0, 0, 0, of.discarded_sectors ?? 0, 0, of.flushes ?? 0, 0],
  ].join(" ") + "\n";
}

function host(...names: string[]): FakeHost {
  const host = new FakeHost();
  for (const name of names) host.disk(name);
  return host;
}

Deno.test("disk: deltas, mean time, queue and utilisation", () => {
  using made = host("sda");
  made.write("proc/diskstats", line("sda", { reads: 10, busy_ms: 100 }));
  const looks = new Looks(made, disks);
  const first = looks.next();
  assert.equal(first["disk.sda.read_bytes_delta"], undefined);
  assert.equal(first["disk.sda.in_flight"], 0);
  made.write(
    "proc/diskstats",
    line("sda", {
      ...{ reads: 40, read_sectors: 8, read_ms: 90, writes: 10, written_sectors: 3, write_ms: 30 },
      ...{ in_flight: 4, busy_ms: 600, queue_ms: 3000, discarded_sectors: 2, flushes: 5 },
    }),
  );
  const points = looks.next();
  assert.equal(points["disk.sda.read_bytes_delta"], 4096);
  assert.equal(points["disk.sda.write_bytes_delta"], 1536);
  assert.equal(points["disk.sda.reads_delta"], 30);
  assert.equal(points["disk.sda.writes_delta"], 10);
  assert.equal(points["disk.sda.await_ms"], 3);
  assert.equal(points["disk.sda.queue"], 1.5);
  assert.equal(points["disk.sda.utilization"], 25);
  assert.equal(points["disk.sda.in_flight"], 4);
  assert.equal(points["disk.sda.discard_bytes_delta"], 1024);
  assert.equal(points["disk.sda.flushes_delta"], 5);
});

Deno.test("disk: times that went over 2^32 ms are counted on; counters that fell are new", () => {
  using made = host("sda");
  const looks = new Looks(made, disks);
  made.write("proc/diskstats", line("sda", { reads: 100, busy_ms: 4_294_967_000, read_ms: 9 }));
  looks.next();
  made.write("proc/diskstats", line("sda", { reads: 101, busy_ms: 704, read_ms: 10 }));
  const wrapped = looks.next();
  assert.equal(wrapped["disk.sda.utilization"], 50);
  made.write("proc/diskstats", line("sda", { reads: 3, read_sectors: 5, busy_ms: 10 }));
  const anew = looks.next();
  assert.equal(anew["disk.sda.reads_delta"], undefined);
  assert.equal(anew["disk.sda.utilization"], undefined);
  assert.equal(anew["disk.sda.await_ms"], undefined);
  assert.equal(anew["disk.sda.read_bytes_delta"], 5 * 512, "this one did not fall");
  made.write("proc/diskstats", line("sda", { reads: 5, read_sectors: 5, busy_ms: 1010 }));
  const next = looks.next();
  assert.equal(next["disk.sda.reads_delta"], 2);
  assert.equal(next["disk.sda.utilization"], 50);
});

Deno.test("disk: devices come, go, and come back with a baseline of their own", () => {
  using made = host("sda", "sdb");
  const looks = new Looks(made, disks);
  const sda = line("sda", { reads: 1 });
  made.write("proc/diskstats", sda);
  looks.next();
  made.write("proc/diskstats", sda + line("sdb", { reads: 1000 }));
  assert.equal(looks.next()["disk.sdb.reads_delta"], undefined);
  made.write("proc/diskstats", sda + line("sdb", { reads: 1001 }));
  assert.equal(looks.next()["disk.sdb.reads_delta"], 1);
  made.write("proc/diskstats", sda);
  assert.ok(!("disk.sdb.in_flight" in looks.next()));
  made.write("proc/diskstats", sda + line("sdb", { reads: 5000 }));
  assert.equal(looks.next()["disk.sdb.reads_delta"], undefined);
});

Deno.test("disk: partitions and devices that never did anything have no points", () => {
  using made = host("sda", "loop0", "cciss!c0d0");
  made.write(
    "proc/diskstats",
    line("sda", {}) + line("sda1", {}) + line("loop0", { reads: 0 }) + line("cciss/c0d0", {}),
  );
  const keys = Object.keys(new Looks(made, disks).next());
  assert.deepEqual(
    keys.filter((key) => key.endsWith(".in_flight")),
    ["disk.sda.in_flight", "disk.cciss/c0d0.in_flight"],
  );
});

Deno.test("disk: the sum leaves out devices that are on others", () => {
  using made = host("sda", "sdb", "dm-0", "loop0");
  made.write("sys/block/dm-0/slaves/sda", "");
  made.write("sys/block/loop0/loop/backing_file", "/x");
  const names = ["sda", "sdb", "dm-0", "loop0"];
  const looks = new Looks(made, disks);
  const write = (of: Line) =>
    made.write("proc/diskstats", names.map((name) => line(name, of)).join(""));
  write({ reads: 1 });
  assert.ok(!("disk.total.reads_delta" in looks.next()));
  write({ reads: 11, read_sectors: 2, writes: 3, written_sectors: 4 });
  const points = looks.next();
  assert.equal(points["disk.dm-0.reads_delta"], 10);
  assert.equal(points["disk.total.reads_delta"], 20);
  assert.equal(points["disk.total.writes_delta"], 6);
  assert.equal(points["disk.total.read_bytes_delta"], 2 * 2 * 512);
  assert.equal(points["disk.total.write_bytes_delta"], 2 * 4 * 512);
});

Deno.test("disk: lines of old kernels are shorter; requests below zero are none", () => {
  using made = host("sda");
  const old = (reads: number) => `   8  0 sda ${reads} 0 0 0 0 0 0 0 4294967295 0 0\n`;
  made.write("proc/diskstats", old(1));
  const looks = new Looks(made, disks);
  looks.next();
  made.write("proc/diskstats", old(3));
  const points = looks.next();
  assert.equal(points["disk.sda.reads_delta"], 2);
  assert.equal(points["disk.sda.in_flight"], 0);
  assert.ok(!("disk.sda.flushes_delta" in points));
});

Deno.test("disk: a host without block devices; lines that are none", () => {
  using made = host("sda");
  const looks = new Looks(made, disks);
  assert.deepEqual(looks.next(), {});
  made.write("proc/diskstats", "8 0\n\n  \n8 0 sda\n8 0 sda x y z\n");
  assert.ok(!("disk.sda.in_flight" in looks.next()));
});
