/**
 * The collector of memory, over files of a made-up host.
 * @module
 */
import assert from "node:assert/strict";
import { memory } from "../../../src/collect/memory.ts";
import { FakeHost, Looks } from "../../support/collect/fake_host.ts";

const LINES: Record<string, number> = {
  MemTotal: 1000,
  MemFree: 200,
  MemAvailable: 600,
  Buffers: 30,
  Cached: 300,
  SwapCached: 5,
  Active: 77,
  SwapTotal: 400,
  SwapFree: 300,
  Dirty: 7,
  Writeback: 2,
  AnonPages: 111,
  Shmem: 12,
  Slab: 60,
  SReclaimable: 40,
};

function meminfo(lines: Record<string, number>): string {
  return Object.entries(lines).map(([name, kb]) => `${name}:${String(kb).padStart(12)} kB\n`).join(
    "",
  );
}

Deno.test("memory: values are bytes", () => {
  using made = new FakeHost();
  made.write("proc/meminfo", meminfo(LINES) + "HugePages_Total:       0\n");
  const points = new Looks(made, memory).next();
  const kib = (key: string) => points[key] / 1024;
  assert.equal(kib("memory.total"), 1000);
  assert.equal(kib("memory.virtual"), 400);
  assert.equal(points["memory.percent"], 40);
  assert.equal(kib("memory.available"), 600);
  assert.equal(kib("memory.free"), 200);
  assert.equal(kib("memory.buffers"), 30);
  assert.equal(kib("memory.cached"), 300);
  assert.equal(kib("memory.shared"), 12);
  assert.equal(kib("memory.anonymous"), 111);
  assert.equal(kib("memory.dirty"), 7);
  assert.equal(kib("memory.writeback"), 2);
  assert.equal(kib("memory.slab"), 60);
  assert.equal(kib("memory.slab_reclaimable"), 40);
  assert.equal(kib("memory.swap"), 100);
  assert.equal(kib("memory.swap_total"), 400);
  assert.equal(kib("memory.swap_cached"), 5);
  assert.equal(points["memory.swap_percent"], 25);
});

Deno.test("memory: the order of the lines does not matter", () => {
  using made = new FakeHost();
  const looks = new Looks(made, memory);
  made.write("proc/meminfo", meminfo(LINES));
  const points = looks.next();
  made.write("proc/meminfo", meminfo(Object.fromEntries(Object.entries(LINES).reverse())));
  assert.deepEqual(looks.next(), points);
});

Deno.test("memory: without MemAvailable it is what is free and cached; without swap no share of it", () => {
  using made = new FakeHost();
  const { MemAvailable: _, ...older } = LINES;
  made.write("proc/meminfo", meminfo({ ...older, SwapTotal: 0, SwapFree: 0 }));
  const points = new Looks(made, memory).next();
  assert.equal(points["memory.available"], 530 * 1024);
  assert.equal(points["memory.swap"], 0);
  assert.ok(!("memory.swap_percent" in points));
});

Deno.test("memory: lines that are missing are no points, those of the look before neither", () => {
  using made = new FakeHost();
  const looks = new Looks(made, memory);
  made.write("proc/meminfo", meminfo(LINES));
  assert.ok("memory.slab" in looks.next());
  made.write("proc/meminfo", meminfo({ MemTotal: 1000, MemFree: 200 }));
  const points = looks.next();
  assert.ok(!("memory.slab" in points) && !("memory.virtual" in points));
  assert.equal(points["memory.total"], 1000 * 1024);
});

Deno.test("memory: a file that is no meminfo is an error", () => {
  using made = new FakeHost();
  const looks = new Looks(made, memory);
  assert.throws(() => looks.next(), /ENOENT/);
  made.write("proc/meminfo", "MemTotal kB\n");
  assert.throws(() => looks.next(), /no line MemTotal/);
});

Deno.test("memory: pressure, some and full", () => {
  using made = new FakeHost();
  made.write("proc/meminfo", meminfo(LINES));
  const looks = new Looks(made, memory);
  const write = (some: number, full: number) =>
    made.write(
      "proc/pressure/memory",
      `some avg10=0.00 avg60=0.00 avg300=0.00 total=${some}\n` +
        `full avg10=0.00 avg60=0.00 avg300=0.00 total=${full}\n`,
    );
  write(100, 50);
  looks.next();
  write(1_000_100, 200_050);
  const points = looks.next();
  assert.equal(points["memory.pressure_some"], 50);
  assert.equal(points["memory.pressure_full"], 10);
});
