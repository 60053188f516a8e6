/**
 * packaging/rsyslog/60-aod-events.conf with a real rsyslogd: every line of the event log gets there,
 * across rotations, as it was.
 * @module
 */
import assert from "node:assert/strict";
import { CHECKOUT, runCommand } from "../support/program.ts";
import { eventsOf, inDirectory, ledgerOf, Trace, Workload } from "../support/trace.ts";

const SCRIPT = "for i in {1..60}; do echo x >a; mv a $'b\\xff'; rm b*; sleep 0.02; done";
const LIMIT_MS = 30_000;

/** The shipped configuration with the paths of this test. */
function configuration(directory: string): string {
  const shipped = Deno.readTextFileSync(`${CHECKOUT}/packaging/rsyslog/60-aod-events.conf`);
  const changed = shipped
    .replace('"/var/log/aod/events.jsonl"', `"${directory}/log/events.jsonl"`)
    .replace('"/var/log/aod-events.log"', `"${directory}/received.log"`)
    .replace("global(", `global(workDirectory="${directory}" `);
  assert.equal(changed.match(/\/var\/log/g)?.length, 1, "the comment alone");
  return changed;
}

function linesOf(path: string): string[] {
  try {
    return Deno.readTextFileSync(path).split("\n").slice(0, -1);
  } catch {
    return [];
  }
}

Deno.test("rsyslog gets every event, also when the file is rotated under it", async () => {
  await inDirectory(async (directory) => {
    const path = `${directory}/rsyslog.conf`;
    Deno.writeTextFileSync(path, configuration(directory));
    Deno.mkdirSync(`${directory}/log`);
    const checked = await runCommand("/usr/sbin/rsyslogd", ["-N1", "-f", path]);
    assert.equal(checked.code, 0, checked.stderr);
    const daemon = new Deno.Command("/usr/sbin/rsyslogd", {
      args: ["-n", "-f", path, "-i", `${directory}/rsyslogd.pid`],
      stdin: "null",
      stdout: "null",
      stderr: "null",
    }).spawn();
    try {
      const work = new Workload(SCRIPT, directory);
      const trace = await Trace.start([
        ...["-f", "json", "-e", "file,process", "--pid", String(work.pid), "--follow-children"],
        ...["-o", `${directory}/log/events.jsonl`, "--rotate-mb", "1", "--keep", "1000"],
      ]);
      await work.run();
      const { code, stderr } = await trace.stop();
      assert.equal(code, 0, stderr);
      const names = [...Deno.readDirSync(`${directory}/log`)].map(({ name }) => name).sort();
      assert.ok(names.length >= 3, `rotated: ${names}`);
      const written = [...names.slice(1), names[0]]
        .flatMap((name) => linesOf(`${directory}/log/${name}`));
      const until = performance.now() + LIMIT_MS;
      let received: string[] = [];
      while (received.length < written.length && performance.now() < until) {
        await new Promise((resolve) => setTimeout(resolve, 100));
        received = linesOf(`${directory}/received.log`);
      }
      // Two files may be read at once just after a rotation: all lines, each once.
      assert.equal(received.length, written.length);
      assert.deepEqual([...received].sort(), [...written].sort());
      assert.equal(eventsOf(received.join("\n") + "\n").length, ledgerOf(stderr).written);
    } finally {
      daemon.kill("SIGTERM");
      await daemon.status;
    }
  });
});
