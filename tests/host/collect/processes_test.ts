/**
 * The collector of processes on this host: children whose state is known.
 * @module
 */
import assert from "node:assert/strict";
import { HOST, type Sample } from "../../../src/collect/collector.ts";
import { processes, type ProcessRow } from "../../../src/collect/processes.ts";
import { Child } from "../../support/collect/child.ts";
import { pointsOf } from "../../support/collect/fake_host.ts";

/** The host's own /proc with no other processes than these. */
class OwnProcesses implements Disposable {
  readonly proc = Deno.makeTempDirSync({ prefix: "aod-proc-" });
  #now = 0;
  readonly #collector = processes.make({ ...HOST, proc: this.proc, now_ms: () => this.#now });

  constructor(...pids: number[]) {
    for (const pid of pids) this.add(pid);
  }

  add(pid: number): void {
    Deno.symlinkSync(`/proc/${pid}`, `${this.proc}/${pid}`);
  }

  /** A second goes by from sample to sample, whatever it took: percent are hundredths of a second. */
  sample(): Sample {
    this.#now += 1000;
    return this.#collector.sample();
  }

  [Symbol.dispose](): void {
    Deno.removeSync(this.proc, { recursive: true });
  }
}

function rowOf(sample: Sample, list: "by_cpu" | "by_memory", pid: number): ProcessRow | undefined {
  return (sample.tables?.[list] as ProcessRow[]).find((row) => row.pid === pid);
}

/** Seconds that a process's only thread ran, by the scheduler's own count of ns. */
function ranSec(pid: number): number {
  return Number(Deno.readTextFileSync(`/proc/${pid}/schedstat`).split(" ")[0]) / 1e9;
}

/** Comes back when it is so, or after long enough. */
async function until(isSo: () => boolean): Promise<void> {
  for (let tries = 0; tries < 1000 && !isSo(); tries++) {
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

Deno.test("process: the time that a child burnt is what the scheduler gave it", async () => {
  await using child = await Child.bash();
  const comm = "a) R 1 (b c";
  await child.run(`printf '%s' '${comm}' > /proc/self/task/$$/comm`);
  using own = new OwnProcesses(child.pid);
  own.sample();
  const before = ranSec(child.pid);
  await child.run("for ((i = 0; i < 300000; i++)); do :; done");
  const ran = ranSec(child.pid) - before;
  const row = rowOf(own.sample(), "by_cpu", child.pid);
  assert.ok(row !== undefined);
  assert.equal(row.comm, comm);
  assert.equal(row.ppid, Deno.pid);
  assert.equal(row.threads, 1);
  // A tick is 10 ms; both ends are cut to whole ones.
  const seconds = (row.cpu_percent ?? NaN) / 100;
  assert.ok(Math.abs(seconds - ran) <= 0.021, `${seconds} ${ran}`);
});

Deno.test("process: memory and I/O of a child that waits are those of its status and io", async () => {
  await using child = await Child.bash();
  const file = Deno.makeTempFileSync({ prefix: "aod-io-" });
  try {
    // A string of 96 MB in the shell's memory, and writes of its own.
    await child.run("printf -v text '%*s' 100000000 ''");
    using own = new OwnProcesses(child.pid);
    assert.equal(rowOf(own.sample(), "by_memory", child.pid)?.write_bytes_delta, null);
    await child.run(`echo "\${text:0:400000}" > ${file}`);
    const row = rowOf(own.sample(), "by_memory", child.pid);
    const status = Deno.readTextFileSync(`/proc/${child.pid}/status`);
    const rss = Number(/^VmRSS:\s+(\d+) kB$/m.exec(status)?.[1]) * 1024;
    assert.ok(rss > 96e6);
    // Counts of pages are kept by processor and summed now and then.
    assert.ok(Math.abs((row?.memory_bytes ?? 0) - rss) <= rss / 20, `${row?.memory_bytes} ${rss}`);
    const io = Deno.readTextFileSync(`/proc/${child.pid}/io`);
    const of = (name: string) => Number(new RegExp(`^${name}: (\\d+)$`, "m").exec(io)?.[1]);
    assert.equal(row?.read_bytes, of("read_bytes"));
    assert.equal(row?.write_bytes, of("write_bytes"));
    assert.equal(typeof row?.write_bytes_delta, "number");
  } finally {
    Deno.removeSync(file);
  }
});

Deno.test("process: a zombie and a stopped one are counted", async () => {
  await using child = await Child.bash();
  // The shell becomes a program that never asks for the child that it made before.
  const pids = await child.run(
    "read ends parent < <(bash -c 'sleep 1000 > /dev/null & echo $! $$; exec sleep 1000 > /dev/null');" +
      "sleep 1000 > /dev/null & stopped=$!; kill -STOP $stopped; echo $ends $parent $stopped",
  );
  const [ends, parent, stopped] = pids.split(" ").map(Number);
  await until(() => Deno.readTextFileSync(`/proc/${parent}/comm`) === "sleep\n");
  Deno.kill(ends, "SIGKILL");
  using own = new OwnProcesses(ends, parent, stopped, child.pid);
  const seen = () => {
    const { points } = own.sample();
    const of = (name: string) => points.find(({ key }) => key === `process.${name}`)?.value;
    return [of("count"), of("zombies"), of("stopped"), of("threads")].join();
  };
  await until(() => seen() === "4,1,1,4");
  assert.equal(seen(), "4,1,1,4");
  await child.run("kill -KILL $stopped $parent");
});

Deno.test("process: sweeps while processes come and go all the time", async () => {
  await using child = await Child.bash();
  const collector = processes.make(HOST);
  const storm = child.run("for ((i = 0; i < 400; i++)); do /bin/true & done; wait");
  let ended = false;
  void storm.then(() => ended = true);
  let sweeps = 0;
  while (!ended || sweeps < 3) {
    const points = pointsOf(collector.sample());
    assert.ok(points["process.count"] >= 2);
    sweeps++;
    await new Promise((resolve) => setTimeout(resolve, 0));
  }
  await storm;
});
