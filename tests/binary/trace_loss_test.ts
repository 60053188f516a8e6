/**
 * `aod trace` that cannot keep up: what is lost is counted to the event, and told in the stream.
 * @module
 */
import assert from "node:assert/strict";
import { eventsOf, inDirectory, ledgerOf, Trace, Workload } from "../support/trace.ts";

const WRITES = 60_000;
/** Exactly so many calls of write, by the process that the shell was. */
const SCRIPT = `exec dd if=/dev/zero of=/dev/null bs=1 count=${WRITES} status=none`;

/** The gaps of the stream. */
function gapsOf(text: string): { events: number; from: number; to: number; cpu: number }[] {
  return text.split("\n").slice(0, -1).map((line) => JSON.parse(line))
    .filter(({ event_type }) => event_type === "gap");
}

/** Traces the workload; `disturb` is called before it, the result is undone after it. */
async function traced(
  ringMb: string,
  disturb: (trace: Trace) => () => void,
): Promise<{ stdout: string; stderr: string; ledger: Record<string, Record<string, number>> }> {
  let outcome: { stdout: string; stderr: string } | null = null;
  let ledger = "";
  await inDirectory(async (directory) => {
    const work = new Workload(SCRIPT, directory);
    const path = `${directory}/ledger.json`;
    const filter = ["--only", "write", "--pid", String(work.pid)];
    const options = ["-f", "json", "--ring-mb", ringMb, "--ledger", path];
    const trace = await Trace.start([...options, ...filter]);
    const undo = disturb(trace);
    await work.run();
    undo();
    const { code, stdout, stderr } = await trace.stop();
    assert.equal(code, 0, stderr);
    outcome = { stdout, stderr };
    ledger = Deno.readTextFileSync(path);
  });
  assert.ok(outcome !== null);
  return { ...(outcome as { stdout: string; stderr: string }), ledger: JSON.parse(ledger) };
}

Deno.test("with the default ring nothing is lost at full speed", async () => {
  const { stdout, stderr } = await traced("32", () => () => {});
  assert.equal(eventsOf(stdout).length, WRITES, stderr);
  assert.deepEqual(gapsOf(stdout), []);
  assert.equal(ledgerOf(stderr).dropped, 0);
});

Deno.test("while nobody reads, a small ring loses events: written and lost are all there were", async () => {
  const { stdout, stderr, ledger } = await traced("0.5", (trace) => {
    trace.kill("SIGSTOP");
    return () => trace.kill("SIGCONT");
  });
  const events = eventsOf(stdout);
  const gaps = gapsOf(stdout);
  const lost = gaps.reduce((sum, { events }) => sum + events, 0);
  assert.ok(lost > WRITES / 2, stderr);
  assert.equal(events.length + lost, WRITES, stderr);
  assert.equal(ledger.dropped.ring_full, lost);
  const { written, dropped } = ledgerOf(stderr);
  assert.deepEqual([written, dropped], [events.length, lost]);
  const perCpu = Object.values(ledger.dropped_per_cpu) as unknown as { ring_full: number }[];
  assert.equal(perCpu.reduce((sum, { ring_full }) => sum + ring_full, 0), lost);
  for (const { from, to } of gaps) assert.ok(from <= to);
});

Deno.test("with a ring of a page the ledger is exact too", async () => {
  const { stdout, stderr } = await traced("0.001", () => () => {});
  const lost = gapsOf(stdout).reduce((sum, { events }) => sum + events, 0);
  assert.equal(eventsOf(stdout).length + lost, WRITES, stderr);
  assert.equal(ledgerOf(stderr).dropped, lost);
});
