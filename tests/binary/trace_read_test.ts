/**
 * `aod trace --read`: what was recorded, printed again.
 * @module
 */
import assert from "node:assert/strict";
import { AOD, aod, runCommand } from "../support/program.ts";
import {
  eventsOf,
  inDirectory,
  ledgerOf,
  Trace,
  type TracedEvent,
  Workload,
} from "../support/trace.ts";

const SCRIPT = "for i in {1..20}; do echo x >a; mv a b; rm b; done; " +
  "exec 3<>/dev/udp/127.0.0.1/9; echo x >&3; cat /nowhere; printf x >$'bad\\xff\\n'; :";

/** What two recordings of the same events cannot have in common: each takes its own time. */
function comparable(events: TracedEvent[]): string[] {
  return events.map((event) => JSON.stringify({ ...event, timestamp: 0, duration_ns: 0 })).sort();
}

/** Records a workload as JSON and as it is, both at once. */
async function record(
  directory: string,
): Promise<{ json: TracedEvent[]; file: string; pid: number }> {
  const work = new Workload(SCRIPT, directory);
  const filter = ["--pid", String(work.pid), "--follow-children"];
  const file = `${directory}/run.aodrec`;
  const origin = await Trace.start(["-f", "origin", ...filter, "-o", file]);
  const live = await Trace.start(["-f", "json", ...filter]);
  await work.run();
  const json = await live.stop();
  const { code, stderr } = await origin.stop();
  assert.equal(code, 0, stderr);
  assert.equal(ledgerOf(stderr).dropped, 0, stderr);
  assert.equal(ledgerOf(stderr).written, ledgerOf(json.stderr).written, stderr + json.stderr);
  return { json: eventsOf(json.stdout), file, pid: work.pid };
}

/** Runs aod as nobody. */
function asNobody(...args: string[]) {
  const ids = ["--reuid=65534", "--regid=65534", "--clear-groups"];
  return runCommand("/usr/bin/setpriv", [...ids, AOD, ...args], {});
}

Deno.test("a recording printed again is what the live log printed, also without root", async () => {
  await inDirectory(async (directory) => {
    const { json, file } = await record(directory);
    Deno.chmodSync(directory, 0o755);
    Deno.chmodSync(file, 0o644);
    const { code, stdout, stderr } = await asNobody("trace", "--read", file);
    assert.equal(code, 0, stderr);
    assert.deepEqual(comparable(eventsOf(stdout)), comparable(json));
    assert.equal(ledgerOf(stderr).written, json.length);
    assert.ok(stdout.includes("bad\\udcff\\n"), "a name that is no UTF-8");

    const text = await aod("trace", "--read", file, "-f", "text", "-o", `${directory}/text`);
    assert.equal(text.code, 0, text.stderr);
    assert.match(Deno.readTextFileSync(`${directory}/text`), /^TIME .*\n(.*\n)*.* rename .*b/);
  });
});

Deno.test("filters apply to a recording as they do in the kernel", async () => {
  await inDirectory(async (directory) => {
    const { json, file, pid } = await record(directory);
    const read = async (...args: string[]) => {
      const { stdout, stderr } = await aod("trace", "--read", file, ...args);
      const events = eventsOf(stdout);
      const ledger = ledgerOf(stderr);
      assert.deepEqual([ledger.seen, ledger.written], [json.length, events.length], stderr);
      return comparable(events);
    };
    const only = (test: (event: TracedEvent) => boolean) => comparable(json.filter(test));
    const mv = json.find(({ comm }) => comm === "mv")?.tgid;
    assert.ok(mv !== undefined);
    assert.deepEqual(
      await read("--only", "rename,delete"),
      only(({ event_type }) => event_type === "rename" || event_type === "delete"),
    );
    assert.deepEqual(await read("-e", "file"), only(({ category }) => category === "file"));
    assert.deepEqual(await read("--pid", String(mv)), only(({ tgid }) => tgid === mv));
    // The recording holds nothing but the shell and what it started.
    assert.deepEqual(await read("--pid", String(pid)), only(({ tgid }) => tgid === pid));
    assert.deepEqual(await read("--pid", String(pid), "--follow-children"), comparable(json));
    assert.deepEqual(await read("--comm", "rm"), only(({ comm }) => comm === "rm"));
    assert.deepEqual(await read("--uid", "1"), []);
    const below = await read("--path-prefix", `${directory}/`, "--only", "delete");
    assert.equal(below.length, 20);
  });
});

Deno.test("a recording that was cut is read to the cut, and that is said", async () => {
  await inDirectory(async (directory) => {
    const { json, file } = await record(directory);
    const bytes = Deno.readFileSync(file);
    Deno.writeFileSync(file, bytes.subarray(0, bytes.length - 1000));
    const { code, stdout, stderr } = await aod("trace", "--read", file);
    assert.equal(code, 0, stderr);
    const events = eventsOf(stdout);
    assert.ok(events.length > 100 && events.length < json.length, String(events.length));
    assert.match(
      stderr,
      /^aod trace: .*run\.aodrec is cut at byte \d+; what is before it was read$/m,
    );
  });
});

Deno.test("what is no recording is refused", async () => {
  for (const path of ["/etc/passwd", "/nowhere", "/etc"]) {
    const { code, stdout, stderr } = await aod("trace", "--read", path);
    assert.deepEqual([code, stdout], [2, ""]);
    assert.match(stderr, /^aod: Cannot read \S+: because [^\n]+\n$/);
  }
});
