/** Run time of BPF programs as totals: what a sample finds, what is between samples, who is new. @module */
import assert from "node:assert/strict";
import type { LoadedProgram } from "../../../src/bpf/loaded_programs.ts";
import { ProgramTime, SAMPLE_EVERY_MS, SAMPLE_MS } from "../../../src/bpf/program_time.ts";

/** A kernel whose counters move by 10 runs of 100 ns a millisecond, only while it counts. */
class FakeKernel {
  now = 0;
  counting = 0;
  begun = 0;
  refuse = false;
  readonly counters = new Map<number, { ns: bigint; runs: bigint; misses: bigint }>();

  load(object: string, program: string, id: number): LoadedProgram {
    this.counters.set(id, { ns: 0n, runs: 0n, misses: 0n });
    return { object, program, id };
  }

  pass(ms: number): void {
    this.now += ms;
    for (const counter of this.counters.values()) {
      counter.misses += BigInt(ms);
      if (this.counting === 0) continue;
      counter.ns += BigInt(ms * 1000);
      counter.runs += BigInt(ms * 10);
    }
  }

  readonly kernel = {
    count: () => {
      if (this.refuse) throw new Error("not permitted");
      this.counting++;
      this.begun++;
      return { close: () => void this.counting-- };
    },
    stats: (id: number) => {
      const found = this.counters.get(id);
      if (found === undefined) throw new Error("gone");
      return { run_time_ns: found.ns, run_count: found.runs, recursion_misses: found.misses };
    },
    now_ms: () => this.now,
  };
}

function rig() {
  const fake = new FakeKernel();
  return { fake, time: new ProgramTime(fake.kernel) };
}

Deno.test("never: the kernel counts nothing, the programs are named all the same", () => {
  const { fake, time } = rig();
  const program = fake.load("smb", "fe_mid_alloc", 7);
  const { programs, counted_sec } = time.ask([program]);
  assert.deepEqual(programs.map(({ object, program }) => [object, program]), [
    ["smb", "fe_mid_alloc"],
  ]);
  assert.deepEqual([counted_sec, fake.begun], [0, 0]);
});

Deno.test("always: from the first question on, and no longer than it is in force", () => {
  const { fake, time } = rig();
  const program = fake.load("smb", "a", 7);
  time.apply("always");
  fake.pass(500);
  assert.equal(time.ask([program]).counted_sec, 0);
  fake.pass(2000);
  const { counted_sec, programs } = time.ask([program]);
  assert.equal(counted_sec, 2);
  assert.deepEqual(programs, [
    { object: "smb", program: "a", run_time_ns: 2_000_000, run_count: 20_000, missed: 2500 },
  ]);
  fake.pass(100);
  time.close();
  assert.equal(fake.counting, 0);
  assert.equal(time.times().programs[0].run_count, 21_000);
});

Deno.test("sampled: nobody asks, nothing is counted; a sample a half minute at most", () => {
  const { fake, time } = rig();
  const program = fake.load("smb", "a", 7);
  time.apply("sampled");
  fake.pass(100_000);
  assert.equal(fake.begun, 0);
  time.ask([program]);
  assert.deepEqual([fake.begun, fake.counting], [1, 1]);
  fake.pass(SAMPLE_MS);
  assert.equal(time.ask([program]).counted_sec, SAMPLE_MS / 1000);
  // What the timer does at the end of the sample.
  time.apply("never");
  assert.equal(fake.counting, 0);
  time.apply("sampled");
  time.ask([program]);
  fake.pass(SAMPLE_EVERY_MS - 1);
  time.close();
  assert.equal(fake.counting, 0);
});

Deno.test("a sample ends by itself", async () => {
  const { fake, time } = rig();
  time.apply("sampled");
  time.ask([fake.load("smb", "a", 7)]);
  while (fake.counting > 0) await new Promise((resolve) => setTimeout(resolve, 20));
  fake.pass(SAMPLE_EVERY_MS - 1);
  time.ask([]);
  assert.equal(fake.begun, 1, "too early for another one");
  fake.pass(1);
  time.ask([]);
  assert.equal(fake.begun, 2);
  time.close();
});

Deno.test("what others had counted, and other loads of a program, are kept apart", () => {
  const { fake, time } = rig();
  const old = fake.load("smb", "a", 7);
  fake.counting = 1;
  fake.pass(5000);
  fake.counting = 0;
  time.apply("always");
  time.ask([old]);
  fake.pass(1000);
  assert.equal(time.ask([old]).programs[0].run_count, 10_000);
  const fresh = fake.load("smb", "a", 8);
  fake.counters.delete(7);
  time.ask([fresh]);
  fake.pass(1000);
  const { programs } = time.ask([fresh]);
  assert.equal(programs.length, 1);
  assert.equal(programs[0].run_count, 20_000, "its total goes on");
  time.close();
});

Deno.test("a kernel that does not count says why, and is asked again", () => {
  const { fake, time } = rig();
  fake.refuse = true;
  time.apply("sampled");
  const { reason, counted_sec } = time.ask([]);
  assert.deepEqual([reason, counted_sec], ["not permitted", 0]);
  fake.refuse = false;
  fake.pass(SAMPLE_EVERY_MS);
  time.ask([]);
  assert.equal(time.times().reason, null);
  time.close();
});
