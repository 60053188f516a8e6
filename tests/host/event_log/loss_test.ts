/**
 * Reads and writes at full speed: with the default ring nothing is lost, with one that is too small
 * every event that is lost is counted, by CPU and in the stream.
 * @module
 */
import assert from "node:assert/strict";
import { buildRw } from "../../support/event_log/build.ts";
import { droppedOf, imbalanceOf, Trace, Waiting } from "../../support/event_log/trace_run.ts";

const PROCESSES = 2;
/** So many events do not fit in the default ring five times over. */
const MANY_ROUNDS = 300_000;
/** Far more than fit in a ring of a megabyte. */
const SOME_ROUNDS = 20_000;

/** Events of a run of rw: a read and a write a round, and the read of the line that lets it go. */
function eventsOf(rounds: number): number {
  return PROCESSES * rounds * 2 + 1;
}

/** Runs `what` with a directory of its own and rw waiting. */
async function withRw(
  rounds: number,
  what: (directory: string, rw: Waiting, only: string[]) => Promise<void>,
): Promise<void> {
  const directory = await Deno.makeTempDir({ prefix: "aod-loss-" });
  try {
    const rw = await Waiting.start(buildRw(), [`${PROCESSES}`, `${rounds}`]);
    const only = ["--only", "read,write", "--pid", `${rw.pid}`, "--follow-children"];
    await what(directory, rw, only);
  } finally {
    await Deno.remove(directory, { recursive: true });
  }
}

/** A process that does nothing but need a CPU, until it is disposed of. */
function hog(): AsyncDisposable {
  const args = ["-c", "while :; do :; done"];
  const child = new Deno.Command("/bin/sh", { args, stdin: "null" }).spawn();
  return {
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await child.status;
    },
  };
}

/** rw at full speed, the default ring: all its events are written. */
async function losesNothing(): Promise<void> {
  await withRw(MANY_ROUNDS, async (directory, rw, only) => {
    const trace = await Trace.start(directory, only, false);
    await rw.go();
    await rw.end();
    const { ledger, stderr } = await trace.end();
    assert.equal(droppedOf(ledger), 0, stderr);
    assert.equal(ledger.written, eventsOf(MANY_ROUNDS));
    assert.equal(imbalanceOf(ledger), 0);
  });
}

Deno.test("with the default ring nothing is lost at full speed on two cores", losesNothing);

Deno.test("nor with two CPU hogs beside it", async () => {
  await using _one = hog();
  await using _two = hog();
  await losesNothing();
});

Deno.test("with a ring too small the counts match to the event, in the stream too", async () => {
  await withRw(SOME_ROUNDS, async (directory, rw, only) => {
    const trace = await Trace.start(directory, [...only, "--ring-mb", "1"]);
    // Nobody reads: what does not fit is lost.
    trace.pause();
    await rw.go();
    await rw.end();
    trace.resume();
    const { ledger, log } = await trace.end();
    const lost = ledger.dropped.ring_full;
    assert.ok(lost > 0 && ledger.written > 0);
    assert.equal(droppedOf(ledger), lost);
    assert.equal(imbalanceOf(ledger), 0);
    assert.equal(ledger.written, log.events.length);
    assert.equal(ledger.written + lost, eventsOf(SOME_ROUNDS));

    const told = new Map<number, number>();
    for (const { cpu, events, from, to } of log.gaps) {
      assert.ok(Number(from) <= Number(to) && Number(events) > 0);
      told.set(Number(cpu), (told.get(Number(cpu)) ?? 0) + Number(events));
    }
    const counted = ledger.dropped_per_cpu.map(({ cpu, ring_full }) => [cpu, ring_full] as const);
    assert.deepEqual([...told].sort(), counted);
    assert.equal(counted.reduce((sum, [, count]) => sum + count, 0), lost);
  });
});
