/**
 * Unit tests of src/lab/run/workload.ts and output_tail.ts with real processes.
 * @module
 */
import assert from "node:assert/strict";
import { OutputTail } from "../../../../src/lab/run/output_tail.ts";
import { runWorkload, WorkloadError } from "../../../../src/lab/run/workload.ts";
import { processExists } from "../../../../src/os/process.ts";

const NEVER = new AbortController().signal;

const sh = (script: string, abort: AbortSignal = NEVER, timeout_sec = 60) =>
  runWorkload({ argv: ["sh", "-c", script], timeout_sec, abort });

async function failure(promise: Promise<unknown>): Promise<WorkloadError> {
  try {
    await promise;
  } catch (error) {
    assert.ok(error instanceof WorkloadError, String(error));
    return error;
  }
  throw new Error("it did not fail");
}

Deno.test("a workload that succeeds: its duration, whatever it prints", async () => {
  const { duration_sec, complete } = await sh("head -c 3000000 /dev/zero; sleep 0.05");
  assert.equal(complete, true);
  assert.ok(duration_sec >= 0.05, String(duration_sec));
});

Deno.test("a workload that fails: how, and its last lines", async () => {
  const exited = await failure(sh("echo one; echo two >&2; exit 3"));
  assert.match(exited.message, /^The workload failed with exit code 3: sh -c 'echo one/);
  assert.deepEqual(exited.output, ["two"]);
  assert.deepEqual((await failure(sh("echo only; exit 1"))).output, ["only"]);
  const killed = await failure(sh("kill -9 $$"));
  assert.match(killed.message, /^The workload was ended by SIGKILL/);
});

Deno.test("a program that is not there, or no program", async () => {
  const run = (...argv: string[]) => failure(runWorkload({ argv, timeout_sec: 1, abort: NEVER }));
  assert.match((await run("/nonexistent/x")).message, /^Cannot start \/nonexistent\/x: because /);
  assert.match((await run("no-such-program-here")).message, /^Cannot start no-such/);
  assert.match((await run("/etc/passwd")).message, /^Cannot start \/etc\/passwd: because /);
});

Deno.test("one that takes too long is ended with all that it started", async () => {
  const file = Deno.makeTempFileSync();
  try {
    const late = await failure(sh(`sleep 600 & echo $! >${file}; wait`, NEVER, 0.3));
    assert.match(late.message, /^The workload took more than 0.3 s/);
    await gone(Number(Deno.readTextFileSync(file)));
  } finally {
    Deno.removeSync(file);
  }
});

Deno.test("an abort ends it, and that is no failure", async () => {
  const controller = new AbortController();
  const running = sh("sleep 600", controller.signal);
  controller.abort();
  assert.equal((await running).complete, false);
  assert.equal((await sh("sleep 600", controller.signal)).complete, false);
});

Deno.test("a child that lives on and holds the output open is ended", async () => {
  const file = Deno.makeTempFileSync();
  try {
    assert.equal((await sh(`sleep 600 & echo $! >${file}`)).complete, true);
    await gone(Number(Deno.readTextFileSync(file)));
  } finally {
    Deno.removeSync(file);
  }
});

/** A process that was killed is gone once its new parent has asked for it. */
async function gone(pid: number): Promise<void> {
  const running = () => {
    try {
      return !/^State:\s+Z/m.test(Deno.readTextFileSync(`/proc/${pid}/status`));
    } catch {
      return processExists(pid);
    }
  };
  while (running()) await new Promise((resolve) => setTimeout(resolve, 5));
}

Deno.test("the end of an output: bounded, in lines, without control characters", async () => {
  const tail = new OutputTail(50);
  const text = "x".repeat(1000) + "\nlast but one\r\n\n\x1b[31mred\x07\xff\n";
  const seen: number[] = [];
  await tail.read(new Blob([text]).stream(), (chunk) => seen.push(chunk.byteLength));
  assert.equal(tail.bytes, new TextEncoder().encode(text).length);
  assert.equal(seen.reduce((sum, n) => sum + n, 0), tail.bytes);
  const lines = tail.lines();
  assert.deepEqual(lines.slice(-2), ["last but one", "[31mred\xff"]);
  assert.ok(lines.join("\n").length <= 50);
  assert.deepEqual(tail.lines(1), ["[31mred\xff"]);
});
