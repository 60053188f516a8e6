/**
 * Unit tests of src/lab/monitor/process_usage.ts and measure_system.ts.
 * @module
 */
import assert from "node:assert/strict";
import { measureSystem } from "../../../../src/lab/monitor/measure_system.ts";
import { ProcessUsage } from "../../../../src/lab/monitor/process_usage.ts";

/** A directory like /proc with one process whose stat line can be changed. */
class FakeProc implements Disposable {
  readonly dir = Deno.makeTempDirSync({ prefix: "aod-proc-" });

  write(ticks: number, { state = "S", start = 1000, pages = 256 } = {}): void {
    Deno.mkdirSync(`${this.dir}/77`, { recursive: true });
    const before = `77 (a ) b) ${state} 1 77 77 0 -1 4194304 0 0 0 0`;
    const line =
      `${before} ${ticks} 0 0 0 20 0 4 0 ${start} 1000000 ${pages} 18446744073709551615\n`;
    Deno.writeTextFileSync(`${this.dir}/77/stat`, line);
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.dir, { recursive: true });
  }
}

Deno.test("processor time since the look before, memory of now", () => {
  using proc = new FakeProc();
  proc.write(100);
  const usage = new ProcessUsage(77, proc.dir);
  proc.write(100, { pages: 512 });
  assert.deepEqual(usage.sample(), { cpu_percent: 0, rss_mb: 2 });
  proc.write(150);
  assert.ok((usage.sample()?.cpu_percent ?? 0) > 0);
  assert.equal(usage.cpu_sec, 0.5);
});

Deno.test("one that has ended stays ended: gone, a zombie, or another with its pid", () => {
  for (
    const end of [
      (proc: FakeProc) => Deno.removeSync(`${proc.dir}/77/stat`),
      (proc: FakeProc) => proc.write(100, { state: "Z" }),
      (proc: FakeProc) => proc.write(5, { start: 2000 }),
    ]
  ) {
    using proc = new FakeProc();
    proc.write(100);
    const usage = new ProcessUsage(77, proc.dir);
    assert.equal(usage.ended, false);
    end(proc);
    assert.equal(usage.sample(), null);
    assert.equal(usage.ended, true);
    proc.write(100);
    assert.equal(usage.sample(), null);
  }
});

Deno.test("a process that is not there is said at once", () => {
  using proc = new FakeProc();
  assert.throws(
    () => new ProcessUsage(77, proc.dir),
    /^Error: Cannot watch pid 77: because there is no such process$/,
  );
});

Deno.test("the host with a process: four cells, and two of them empty once it has ended", async () => {
  const child = new Deno.Command("sleep", { args: ["60"] }).spawn();
  const said: string[] = [];
  const { columns, measure } = measureSystem(child.pid);
  assert.deepEqual(columns, [
    "CPU_Percent",
    "Memory_Percent",
    "Process_CPU_Percent",
    "Process_RSS_MB",
  ]);
  const [cpu, memory, ...process] = (await measure((text) => said.push(text))).cells;
  for (const percent of [cpu, memory]) {
    assert.ok(typeof percent === "number" && percent >= 0 && percent <= 100, String(percent));
  }
  assert.equal(process[0], 0);
  assert.ok(typeof process[1] === "number" && process[1] > 0);
  assert.equal(said.length, 0);
  child.kill();
  await child.status;
  for (let i = 0; i < 2; i++) {
    const row = await measure((text) => said.push(text));
    assert.deepEqual(row.cells.slice(2), [null, null]);
  }
  assert.deepEqual(said, [`pid ${child.pid} has ended: its cells stay empty`]);
});
