/** What is seen of a 32-bit program: its execs, forks and exits, and that it makes calls. @module */
import assert from "node:assert/strict";
import { readLogCounters } from "../../../src/probe/event_log/counters.ts";
import { loadEventLog } from "../../../src/probe/event_log/load.ts";
import { typesOf } from "../../support/event_log/known_calls.ts";
import { LoggedReader } from "../../support/event_log/logged.ts";
import "../../support/libraries.ts";

const SOURCE = new URL("compat.c", import.meta.url).pathname;

/** The program, or null where it cannot be made or run here. */
async function compat(directory: string): Promise<string | null> {
  if (Deno.build.arch !== "x86_64") return null;
  const path = `${directory}/compat`;
  const flags = ["-m32", "-O1", "-nostdlib", "-static", "-fno-pic", "-o", path, SOURCE];
  if (!(await new Deno.Command("gcc", { args: flags }).output()).success) return null;
  try {
    return (await new Deno.Command(path).output()).success ? path : null;
  } catch {
    return null; // a kernel without IA32_EMULATION
  }
}

Deno.test("a 32-bit program: its exec is seen, its calls are counted and not misread", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "aod-compat-" });
  try {
    const program = await compat(directory);
    if (program === null) {
      console.log("no 32-bit program can be made and run here: nothing was looked at");
      return;
    }
    const child = new Deno.Command("/bin/bash", {
      args: ["-c", `read word; exec ${program} argument`],
      stdin: "piped",
    }).spawn();
    const probe = loadEventLog({
      types: typesOf("KILL", "EXEC", "EXIT", "MMAP"),
      filters: { pids: [child.pid] },
      ring_bytes: 1 << 20,
      leave_out_self: false,
    });
    const reader = new LoggedReader(probe.handles.maps.log_events, probe.handles.ring_bytes);
    try {
      const writer = child.stdin.getWriter();
      await writer.write(new Uint8Array([10]));
      await writer.close();
      assert.equal((await child.status).code, 0);
      reader.take();
      assert.ok(reader.events.some(({ type }) => type === "MMAP"), "mmap of /bin/true");
      assert.equal(reader.events.some(({ type, result }) => type === "MMAP" && result < 0), false);
      const events = reader.events.filter(({ type }) => type !== "MMAP");
      assert.deepEqual(events.map(({ type }) => type), ["EXEC", "EXEC", "EXIT"]);
      const [native, compat] = events;
      assert.equal(native.call, "EXECVE");
      assert.equal(native.path, Deno.realPathSync(program));
      assert.ok(native.duration_ns > 0n && !native.flags.has("NO_START"));
      // The call itself is one of another table: when it began is not known.
      assert.equal(compat.number, -1);
      assert.ok(compat.flags.has("NO_START"));
      assert.equal(compat.path, Deno.realPathSync("/bin/true"));
      assert.equal(compat.items.argv, "7472756500" + "66726f6d203332206269747300");
      assert.deepEqual(compat.args.slice(0, 3), [BigInt(child.pid), -1n, 0n]);
      // Its link has the number of mmap.
      assert.ok(readLogCounters(probe.handles).compat.total >= 1n);
    } finally {
      reader.close();
      probe.close();
    }
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("a 32-bit program renames a directory: paths told before are told anew", async () => {
  const directory = Deno.realPathSync(Deno.makeTempDirSync({ prefix: "aod-compat-" }));
  try {
    const program = await compat(directory);
    if (program === null) {
      console.log("no 32-bit program can be made and run here: nothing was looked at");
      return;
    }
    Deno.mkdirSync(`${directory}/before/below`, { recursive: true });
    const child = new Deno.Command("/bin/bash", {
      // On one CPU: each keeps the paths that it has told.
      args: [
        "-c",
        `taskset -p 1 $$ >&2; exec 4>before/below/file; read word; echo 1 >&4; ${program}; echo 2 >&4`,
      ],
      stdin: "piped",
      stderr: "null",
      cwd: directory,
    }).spawn();
    const probe = loadEventLog({
      types: typesOf("WRITE"),
      filters: { pids: [child.pid] },
      ring_bytes: 1 << 20,
      leave_out_self: false,
    });
    const reader = new LoggedReader(probe.handles.maps.log_events, probe.handles.ring_bytes);
    try {
      const writer = child.stdin.getWriter();
      await writer.write(new Uint8Array([10]));
      await writer.close();
      assert.equal((await child.status).code, 0);
      reader.take();
      const paths = reader.events.map(({ path }) => path);
      assert.deepEqual(paths, [`${directory}/before/below/file`, `${directory}/after/below/file`]);
    } finally {
      reader.close();
      probe.close();
    }
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});
