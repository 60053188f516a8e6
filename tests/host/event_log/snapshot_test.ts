/** The processes that exist when the log begins, against processes that are known. @module */
import assert from "node:assert/strict";
import { monotonicNs } from "../../../src/os/clock.ts";
import { loadEventLog } from "../../../src/probe/event_log/load.ts";
import { processSnapshot, type SnapshotOptions } from "../../../src/probe/event_log/snapshot.ts";
import type { SnapshotEvent } from "../../../src/probe/event_log/snapshot_event.ts";
import { typesOf } from "../../support/event_log/known_calls.ts";
import { LoggedReader } from "../../support/event_log/logged.ts";
import "../../support/libraries.ts";

async function take(options?: SnapshotOptions): Promise<Map<number, SnapshotEvent>> {
  const found = new Map<number, SnapshotEvent>();
  for await (const process of processSnapshot(options)) {
    assert.equal(found.has(process.pid), false);
    found.set(process.pid, process);
  }
  return found;
}

/** A shell that runs `script`, says "ready" and ends when its input does. */
async function withShell(
  script: string,
  body: (pid: number, say: (word: string) => Promise<void>) => Promise<void>,
): Promise<void> {
  const child = new Deno.Command("/bin/bash", {
    args: ["-c", `${script}; echo ready; read word; eval "$word"`],
    stdin: "piped",
    stdout: "piped",
  }).spawn();
  const writer = child.stdin.getWriter();
  const reader = child.stdout.getReader();
  try {
    await reader.read();
    await body(child.pid, (word) => writer.write(new TextEncoder().encode(`${word}\n`)));
  } finally {
    await writer.close().catch(() => {});
    while (!(await reader.read()).done);
    await child.status;
  }
}

Deno.test("a process: name, parent, arguments, program, directory, owner, start", async () => {
  const directory = Deno.makeTempDirSync({ prefix: "aod-snapshot-" });
  try {
    const before = monotonicNs();
    // A shell becomes a sleep with odd arguments, in a directory whose name is no UTF-8.
    const script = `cd ${directory}; mkdir $'d\\xff'; cd $'d\\xff'; ` +
      `(exec -a $'a b\\xfe\\n' sleep 1000) & trap "kill $!" EXIT; ` +
      `until grep -q sleep /proc/$!/comm; do :; done; echo $! > ${directory}/pid`;
    await withShell(script, async (shell) => {
      const pid = Number(Deno.readTextFileSync(`${directory}/pid`));
      const { started_ns, time_ns, cgroup_id, ...found } = (await take()).get(pid) ??
        assert.fail("not found");
      assert.deepEqual(found, {
        pid,
        parent_pid: shell,
        uid: 0,
        threads: 1,
        comm: "sleep",
        exe: Deno.realPathSync("/bin/sleep"),
        argv: ["a b\udcfe\n", "1000"],
        argv_cut: false,
        cwd: `${directory}/d\udcff`,
        root: null,
      });
      // Starts are told in ticks of 10 ms.
      assert.ok(started_ns >= before - 20_000_000n && started_ns <= time_ns);
      assert.ok(time_ns <= monotonicNs());
      assert.notEqual(cgroup_id, undefined);
    });
  } finally {
    Deno.removeSync(directory, { recursive: true });
  }
});

Deno.test("this process, unless it is left out; kernel threads have no program", async () => {
  const found = await take();
  const self = found.get(Deno.pid) ?? assert.fail("not found");
  assert.ok(self.threads > 1);
  assert.equal(self.exe, Deno.execPath());
  assert.equal(found.get(1)?.parent_pid, 0);
  const thread = found.get(2) ?? assert.fail("no kthreadd");
  assert.deepEqual([thread.comm, thread.exe, thread.argv], ["kthreadd", null, null]);
  assert.equal((await take({ leave_out: new Set([Deno.pid]) })).has(Deno.pid), false);
});

Deno.test("long arguments are cut and marked", async () => {
  const long = "x".repeat(3000);
  await withShell(`bash -c 'read w' ${long} ${long} <&0 & trap "kill $!" EXIT`, async (shell) => {
    const children = (processes: Map<number, SnapshotEvent>) =>
      [...processes.values()].filter(({ parent_pid, argv }) =>
        parent_pid === shell && argv?.[3]?.startsWith("xxx")
      );
    let found = children(await take());
    while (found.length === 0) found = children(await take());
    assert.equal(found[0].argv_cut, true);
    assert.equal(found[0].argv?.join(" ").length, 4096);
  });
});

Deno.test("cgroup ids are those of the events", async () => {
  await withShell("true", async (pid, say) => {
    const probe = loadEventLog({
      types: typesOf("KILL"),
      filters: { pids: [pid] },
      ring_bytes: 1 << 16,
      leave_out_self: false,
    });
    const reader = new LoggedReader(probe.handles.maps.log_events, probe.handles.ring_bytes);
    try {
      const id = (await take()).get(pid)?.cgroup_id;
      await say("kill -0 $$");
      while (reader.events.length === 0) {
        reader.take();
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
      assert.equal(reader.events[0].cgroup_id, id ?? 1n);
    } finally {
      reader.close();
      probe.close();
    }
  });
});
