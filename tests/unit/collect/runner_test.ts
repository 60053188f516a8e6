/**
 * When collectors run, on a clock that goes when it is told to.
 * @module
 */
import assert from "node:assert/strict";
import type { Collector, CollectorEntry, Sample } from "../../../src/collect/collector.ts";
import { CollectorRunner } from "../../../src/collect/runner.ts";

const INTERVALS = {
  cpu_interval: 1,
  memory_interval: 1,
  disk_interval: 2,
  network_interval: 2,
  process_interval: 3,
  smb_interval: 2,
};

/** A clock with one timer; time goes by in {@link Clock.pass} and where a collector takes time. */
class Clock {
  now = 5000;
  wakeups = 0;
  #timer: { run: () => void; due: number } | null = null;

  readonly setTimer = (run: () => void, delay_ms: number) => {
    const timer = { run, due: this.now + delay_ms };
    this.#timer = timer;
    return () => {
      if (this.#timer === timer) this.#timer = null;
    };
  };

  /** Timers come `late` ms after they are due. */
  pass(ms: number, late = 0): void {
    const end = this.now + ms;
    while (this.#timer !== null && this.#timer.due + late <= end) {
      const { run, due } = this.#timer;
      this.#timer = null;
      this.now = Math.max(this.now, due + late);
      this.wakeups++;
      run();
    }
    this.now = Math.max(this.now, end);
  }

  get waits(): boolean {
    return this.#timer !== null;
  }
}

interface Run {
  name: string;
  at: number;
  points: Record<string, number>;
}

function setUp(
  collectors: Record<string, { interval: CollectorEntry["interval"]; sample?: () => void }>,
) {
  const clock = new Clock();
  const runs: Run[] = [];
  const errors: string[] = [];
  const entries = Object.entries(collectors).map((
    [name, { interval, sample }],
  ): CollectorEntry => ({
    name,
    interval,
    description: "",
    metrics: [],
    make: (): Collector => ({
      name,
      sample: (): Sample => {
        sample?.();
        return { timestamp: clock.now / 1000, points: [{ key: `${name}.value`, value: 1 }] };
      },
    }),
  }));
  const runner = new CollectorRunner({
    collectors: entries,
    intervals: INTERVALS,
    env: { proc: "", sys: "", now_ms: () => clock.now, wall_ms: () => clock.now },
    onSample: (name, { points }) =>
      runs.push({
        name,
        at: clock.now - 5000,
        points: Object.fromEntries(points.map(({ key, value }) => [key, value])),
      }),
    onError: (name, reason) => errors.push(`${name}: ${reason}`),
    setTimer: clock.setTimer,
  });
  const timesOf = (name: string) => runs.filter((run) => run.name === name).map(({ at }) => at);
  return { clock, runs, errors, runner, timesOf };
}

Deno.test("runner: each by its interval, those due together in one wake-up", () => {
  const { clock, runner, timesOf } = setUp({
    cpu: { interval: "cpu_interval" },
    disk: { interval: "disk_interval" },
    process: { interval: "process_interval" },
  });
  runner.start();
  clock.pass(6000);
  assert.deepEqual(timesOf("cpu"), [0, 1000, 2000, 3000, 4000, 5000, 6000]);
  assert.deepEqual(timesOf("disk"), [0, 2000, 4000, 6000]);
  assert.deepEqual(timesOf("process"), [0, 3000, 6000]);
  assert.equal(clock.wakeups, 6);
});

Deno.test("runner: late timers do not make the next ones later", () => {
  const { clock, runner, timesOf } = setUp({ cpu: { interval: "cpu_interval" } });
  runner.start();
  clock.pass(5050, 40);
  assert.deepEqual(timesOf("cpu"), [0, 1040, 2040, 3040, 4040, 5040]);
});

Deno.test("runner: a run that takes longer than the interval never overlaps; missed ones are counted", () => {
  let running = 0;
  const made = setUp({
    slow: {
      interval: "cpu_interval",
      sample: () => {
        assert.equal(running++, 0);
        made.clock.now += 2500;
        running--;
      },
    },
    memory: { interval: "memory_interval" },
  });
  made.runner.start();
  made.clock.pass(1000);
  assert.deepEqual(made.timesOf("slow"), [2500, 5500], "begun at 0 and at 3000");
  const slow = made.runs.filter(({ name }) => name === "slow");
  assert.equal(slow[0].points["collector.slow.duration_ms"], 2500);
  assert.equal(slow[0].points["collector.slow.missed_delta"], 0);
  assert.equal(slow[1].points["collector.slow.missed_delta"], 2);
});

Deno.test("runner: one that fails says so in its points, is told once, and the others go on", () => {
  let reason: string | null = "because of this";
  const { clock, runner, runs, errors } = setUp({
    cpu: {
      interval: "cpu_interval",
      sample: () => {
        if (reason !== null) throw new Error(reason);
      },
    },
    memory: { interval: "memory_interval" },
  });
  runner.start();
  clock.pass(2000);
  assert.deepEqual(errors, ["cpu: because of this"]);
  assert.deepEqual(runner.failures(), [{ name: "cpu", reason: "because of this" }]);
  const [failed] = runs.filter(({ name }) => name === "cpu");
  assert.equal(failed.points["collector.cpu.success"], 0);
  assert.ok(!("cpu.value" in failed.points));
  assert.equal(runs.filter(({ name }) => name === "memory").length, 3);
  reason = "of that";
  clock.pass(1000);
  reason = null;
  clock.pass(1000);
  reason = "of that";
  clock.pass(1000);
  assert.deepEqual(errors, ["cpu: because of this", "cpu: of that", "cpu: of that"]);
  const works = runs.filter(({ name }) => name === "cpu").at(-2);
  assert.equal(works?.points["collector.cpu.success"], 1);
  assert.equal(works?.points["cpu.value"], 1);
});

Deno.test("runner: a collector that cannot be made is tried again", () => {
  const clock = new Clock();
  let tries = 0;
  const samples: string[] = [];
  const entry: CollectorEntry = {
    name: "cpu",
    interval: "cpu_interval",
    description: "",
    metrics: [],
    make: () => {
      if (tries++ === 0) throw new Error("not yet");
      return { name: "cpu", sample: () => ({ timestamp: 0, points: [] }) };
    },
  };
  const runner = new CollectorRunner({
    collectors: [entry],
    intervals: INTERVALS,
    env: { proc: "", sys: "", now_ms: () => clock.now },
    onSample: (_name, { points }) => samples.push(String(points[1].value)),
    onError: () => {},
    setTimer: clock.setTimer,
  });
  runner.start();
  clock.pass(2000);
  assert.deepEqual(samples, ["0", "1", "1"]);
});

Deno.test("runner: who takes samples may throw: it is told once, and the runs go on", () => {
  const clock = new Clock();
  const errors: string[] = [];
  let taken = 0;
  const runner = new CollectorRunner({
    collectors: [{
      name: "cpu",
      interval: "cpu_interval",
      description: "",
      metrics: [],
      make: () => ({ name: "cpu", sample: () => ({ timestamp: 0, points: [] }) }),
    }],
    intervals: INTERVALS,
    env: { proc: "", sys: "", now_ms: () => clock.now },
    onSample: () => {
      taken++;
      throw new Error("full");
    },
    onError: (_name, reason) => errors.push(reason),
    setTimer: clock.setTimer,
  });
  runner.start();
  clock.pass(3000);
  assert.equal(taken, 4);
  assert.deepEqual(errors, ["what takes its samples failed: full"]);
});

Deno.test("runner: after stop nothing comes, not even from the same wake-up; it can begin again", () => {
  const made = setUp({
    cpu: { interval: "cpu_interval", sample: () => made.clock.now > 6500 && made.runner.stop() },
    memory: { interval: "memory_interval" },
  });
  made.runner.start();
  made.clock.pass(10_000);
  assert.deepEqual(made.timesOf("memory"), [0, 1000]);
  assert.ok(!made.clock.waits);
  assert.deepEqual(made.timesOf("cpu"), [0, 1000, 2000]);
});

Deno.test("runner: new intervals hold from now on; one that is no time is refused", () => {
  const { clock, runner, timesOf } = setUp({ process: { interval: "process_interval" } });
  runner.start();
  clock.pass(500);
  runner.setIntervals({ ...INTERVALS, process_interval: 1 });
  clock.pass(3000);
  assert.deepEqual(timesOf("process"), [0, 1500, 2500, 3500]);
  for (const process_interval of [0, -1, NaN, Infinity]) {
    assert.throws(() => runner.setIntervals({ ...INTERVALS, process_interval }), RangeError);
  }
});

Deno.test("runner: its timer does not keep the process alive", async () => {
  const script = `import { COLLECTORS } from "./src/collect/registry.ts";
    import { CollectorRunner } from "./src/collect/runner.ts";
    import { HOST } from "./src/collect/collector.ts";
    const intervals = Object.fromEntries(COLLECTORS.map((c) => [c.interval, 3600]));
    new CollectorRunner({ collectors: COLLECTORS, intervals, env: HOST,
      onSample: (name) => console.log(name), onError: console.log }).start();`;
  const root = new URL("../../../", import.meta.url).pathname;
  const { stdout, success } = await new Deno.Command(Deno.execPath(), {
    args: ["eval", "--no-lock", script],
    cwd: root,
  }).output();
  assert.ok(success);
  const names = new TextDecoder().decode(stdout).trim().split("\n");
  assert.deepEqual(names, ["cpu", "memory", "disk", "network", "process", "smb"]);
});
