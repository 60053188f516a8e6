/**
 * The collector of processors, over files of a made-up host.
 * @module
 */
import assert from "node:assert/strict";
import { cpu } from "../../../src/collect/cpu.ts";
import { FakeHost, Looks } from "../../support/collect/fake_host.ts";

/** user nice system idle iowait irq softirq steal guest guest_nice */
function stat(all: number[], cores: Record<number, number[]> = {}, more = ""): string {
  const lines = Object.entries(cores).map(([n, times]) => `cpu${n} ${times.join(" ")}\n`);
  return `cpu  ${all.join(" ")}\n${lines.join("")}intr 5 0 1 2\n${more}`;
}

function host(): FakeHost {
  const host = new FakeHost();
  host.write("proc/loadavg", "0.35 1.25 2.50 2/345 6789\n");
  return host;
}

Deno.test("cpu: shares of the time since the sample before", () => {
  using made = host();
  made.write("proc/stat", stat([100, 0, 50, 800, 20, 5, 5, 20, 0, 0]));
  const looks = new Looks(made, cpu);
  const first = looks.next();
  assert.equal(first["cpu.total"], undefined, "there is nothing to compare with");
  assert.equal(first["cpu.load1"], 0.35);
  // 1000 ticks more: 300 user, 50 nice, 100 system, 400 idle, 50 iowait, 20 + 30 irq, 50 steal.
  made.write("proc/stat", stat([400, 50, 150, 1200, 70, 25, 35, 70, 300, 0]));
  const points = looks.next();
  assert.equal(points["cpu.total"], 55);
  assert.equal(points["cpu.user"], 35);
  assert.equal(points["cpu.system"], 10);
  assert.equal(points["cpu.irq"], 5);
  assert.equal(points["cpu.iowait"], 5);
  assert.equal(points["cpu.steal"], 5);
  assert.equal(points["cpu.load5"], 1.25);
  assert.equal(points["cpu.load15"], 2.5);
});

Deno.test("cpu: each core, those that go and those that come back", () => {
  using made = host();
  const idle = [0, 0, 0, 100, 0, 0, 0, 0];
  const busy = [100, 0, 0, 100, 0, 0, 0, 0];
  made.write("proc/stat", stat(idle, { 0: idle, 1: idle }));
  const looks = new Looks(made, cpu);
  looks.next();
  made.write("proc/stat", stat(busy, { 0: busy, 1: idle }));
  const both = looks.next();
  assert.equal(both["cpu.cores"], 2);
  assert.equal(both["cpu.core0"], 100);
  assert.equal(both["cpu.core1"], undefined, "no tick went by");
  made.write("proc/stat", stat(busy, { 0: busy }));
  assert.equal(looks.next()["cpu.cores"], 1);
  made.write("proc/stat", stat(busy, { 0: busy, 1: busy }));
  assert.equal(looks.next()["cpu.core1"], undefined, "its baseline is of before");
  made.write("proc/stat", stat(busy, { 0: busy, 1: [200, 0, 0, 200, 0, 0, 0, 0] }));
  assert.equal(looks.next()["cpu.core1"], 50);
});

Deno.test("cpu: idle and iowait that fall by a little are no time; times that fell far are new", () => {
  using made = host();
  made.write("proc/stat", stat([100, 0, 0, 5000, 50, 0, 0, 0]));
  const looks = new Looks(made, cpu);
  looks.next();
  made.write("proc/stat", stat([150, 0, 0, 5050, 49, 0, 0, 0]));
  const points = looks.next();
  assert.equal(points["cpu.total"], 50);
  assert.equal(points["cpu.iowait"], 0);
  made.write("proc/stat", stat([10, 0, 0, 10, 0, 0, 0, 0]));
  assert.equal(looks.next()["cpu.total"], undefined);
  made.write("proc/stat", stat([20, 0, 0, 40, 0, 0, 0, 0]));
  assert.equal(looks.next()["cpu.total"], 25);
});

Deno.test("cpu: switches, forks and tasks", () => {
  using made = host();
  const more = (n: number) =>
    `ctxt ${1000 * n}\nbtime 1\nprocesses ${10 * n}\nprocs_running 3\nprocs_blocked 1\n`;
  made.write("proc/stat", stat([0], {}, more(1)));
  const looks = new Looks(made, cpu);
  assert.equal(looks.next()["cpu.context_switches_delta"], undefined);
  made.write("proc/stat", stat([0], {}, more(3)));
  const points = looks.next();
  assert.equal(points["cpu.context_switches_delta"], 2000);
  assert.equal(points["cpu.forks_delta"], 20);
  assert.equal(points["cpu.tasks_running"], 3);
  assert.equal(points["cpu.tasks_blocked"], 1);
});

Deno.test("cpu: pressure is the share of the time between two looks", () => {
  using made = host();
  made.write("proc/stat", stat([0]));
  const pressure = (total: number) =>
    `some avg10=35.02 avg60=9.69 avg300=3.78 total=${total}\n` +
    "full avg10=0.00 avg60=0.00 avg300=0.00 total=0\n";
  made.write("proc/pressure/cpu", pressure(6_062_759_177));
  const looks = new Looks(made, cpu);
  assert.equal(looks.next()["cpu.pressure_some"], undefined);
  made.write("proc/pressure/cpu", pressure(6_062_759_177 + 500_000));
  assert.equal(looks.next()["cpu.pressure_some"], 25);
  made.remove("proc/pressure");
  assert.equal(looks.next()["cpu.pressure_some"], undefined);
});

Deno.test("cpu: a host without load or pressure has none; one without /proc/stat is an error", () => {
  using made = new FakeHost();
  made.write("proc/stat", stat([0]));
  const looks = new Looks(made, cpu);
  assert.equal(looks.next()["cpu.load1"], undefined);
  made.remove("proc/stat");
  assert.throws(() => looks.next(), /proc\/stat.*ENOENT/);
});

Deno.test("cpu: lines that are no processor are passed over", () => {
  using made = host();
  made.write("proc/stat", "cpufreq 1 2 3\ncpu-1 5\ncpu99999999999 1 2\ncpu\n\ncpu  ");
  const looks = new Looks(made, cpu);
  assert.equal(looks.next()["cpu.cores"], 0);
});
