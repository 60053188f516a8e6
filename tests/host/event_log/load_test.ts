/** The loader: only the programs that are needed; what cannot be is refused by name. @module */
import assert from "node:assert/strict";
import { LogFilterError } from "../../../src/probe/event_log/filters.ts";
import { checkLogLayout } from "../../../src/probe/event_log/layout.ts";
import { type EventLogProbe, loadEventLog } from "../../../src/probe/event_log/load.ts";
import { LayoutError } from "../../../src/probe/layout.ts";
import { monotonicNs } from "../../../src/os/clock.ts";
import { assetBytes } from "../../../src/os/assets.ts";
import { LOG_TYPE } from "../../../src/probe/event_log/layout.gen.ts";
import { typesOf } from "../../support/event_log/known_calls.ts";
import { LoggedReader } from "../../support/event_log/logged.ts";
import "../../support/libraries.ts";

function load(types: ReadonlySet<number>, old_kernel = false): EventLogProbe {
  return loadEventLog({
    types,
    filters: { pids: [Deno.pid] },
    ring_bytes: 1 << 20,
    leave_out_self: false,
    old_kernel,
  });
}

function programsFor(types: ReadonlySet<number>): string[] {
  const probe = load(types);
  try {
    const failed = probe.programs.filter(({ attached }) => !attached);
    for (const { error } of failed) assert.ok(error, "a program that is left out says why");
    return probe.programs.filter(({ attached }) => attached).map(({ name }) => name).sort();
  } finally {
    probe.close();
  }
}

Deno.test("a class that is not wanted is not attached", () => {
  assert.deepEqual(programsFor(typesOf("SETUID")), [
    ...["log_enter", "log_exit", "log_sched_fork", "log_user"],
  ]);
  // The scheduler's events alone: no syscall pays for them.
  assert.deepEqual(programsFor(typesOf("FORK")), ["log_sched_fork"]);
  assert.deepEqual(programsFor(typesOf("FORK", "EXIT")), ["log_sched_exit", "log_sched_fork"]);
  const kill = programsFor(typesOf("KILL"));
  assert.deepEqual(kill, ["log_enter", "log_exit", "log_process", "log_sched_fork"]);
});

Deno.test("everything at once is accepted by this kernel, by the object for old kernels too", () => {
  const all = new Set(Object.values(LOG_TYPE).filter((type) => type > 100));
  for (const old_kernel of [false, true]) {
    const probe = load(all, old_kernel);
    const names = probe.programs.filter(({ attached }) => attached).map(({ name }) => name);
    probe.close();
    for (const name of ["log_open", "log_names", "log_network", "log_messages", "log_exec"]) {
      assert.ok(names.includes(name), name);
    }
  }
});

Deno.test("types and filters change while it runs", () => {
  const directory = Deno.makeTempDirSync({ prefix: "aod-load-" });
  const probe = load(typesOf("MKDIR", "RMDIR"));
  const reader = new LoggedReader(probe.handles.maps.log_events, probe.handles.ring_bytes);
  const work = () => {
    Deno.mkdirSync(`${directory}/x`);
    Deno.removeSync(`${directory}/x`);
    reader.take();
    // While a filter changes it is off: others' events may pass.
    const mine = reader.events.splice(0).filter(({ tgid }) => tgid === Deno.pid);
    return mine.map(({ type }) => type);
  };
  try {
    const own = { pids: [Deno.pid] };
    assert.deepEqual(work(), ["MKDIR", "RMDIR"]);
    probe.setFilters(typesOf("MKDIR"), own);
    assert.deepEqual(work(), ["MKDIR"]);
    probe.setFilters(typesOf("MKDIR", "RMDIR"), { pids: [1] });
    assert.deepEqual(work(), []);
    probe.setFilters(typesOf("MKDIR", "RMDIR"), own);
    assert.deepEqual(work(), ["MKDIR", "RMDIR"]);
    // What needs a program that is not loaded is refused, and nothing changes.
    assert.throws(() => probe.setFilters(typesOf("SETUID"), own), RangeError);
    assert.throws(() => probe.setFilters(typesOf("MKDIR"), { path_prefix: "/x" }), RangeError);
    assert.throws(() => probe.setFilters(typesOf("MKDIR"), { comm: "" }), LogFilterError);
    assert.deepEqual(work(), ["MKDIR", "RMDIR"]);
  } finally {
    reader.close();
    probe.close();
    Deno.removeSync(directory, { recursive: true });
  }
});

/** Waits until the process has read so many bytes and waits for more. */
async function untilRead(pid: number, bytes: number): Promise<void> {
  for (;;) {
    const rchar = Deno.readTextFileSync(`/proc/${pid}/io`).match(/^rchar: (\d+)/)?.[1];
    const isReading = Deno.readTextFileSync(`/proc/${pid}/syscall`).startsWith("0 0x0 ");
    if (Number(rchar) >= bytes && isReading) return;
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
}

Deno.test("types change: a call begun meanwhile has no start of an earlier one", async () => {
  if (Deno.build.arch !== "x86_64") return; // the number of read, above
  const args = ["-c", "while read -r word; do :; done"];
  const child = new Deno.Command("/bin/sh", { args, stdin: "piped" }).spawn();
  const both = typesOf("READ", "WRITE");
  const probe = loadEventLog({
    types: both,
    filters: { pids: [child.pid] },
    ring_bytes: 1 << 20,
    leave_out_self: false,
  });
  const reader = new LoggedReader(probe.handles.maps.log_events, probe.handles.ring_bytes);
  const writer = child.stdin.getWriter();
  const word = () => writer.write(new TextEncoder().encode("1\n"));
  try {
    await untilRead(child.pid, 0);
    const rchar = Deno.readTextFileSync(`/proc/${child.pid}/io`).match(/^rchar: (\d+)/)?.[1];
    await word();
    await untilRead(child.pid, Number(rchar) + 2);
    const filters = { pids: [child.pid] };
    probe.setFilters(typesOf("WRITE"), filters);
    const changed = monotonicNs();
    await word();
    await untilRead(child.pid, Number(rchar) + 4);
    probe.setFilters(both, filters);
    await word();
    await writer.close();
    await child.status;
    reader.take();
    const reads = reader.events.filter(({ type }) => type === "READ");
    assert.equal(reads.length, 5, "three bytes and the end after the second change, two before");
    for (const { start_ns } of reads.slice(2)) {
      assert.ok(start_ns > changed, `${changed - start_ns}`);
    }
  } finally {
    reader.close();
    probe.close();
  }
});

Deno.test("the ring is a power of two of at least a page", () => {
  for (const [asked, got] of [[1, 4096], [4097, 8192], [1 << 20, 1 << 20]]) {
    const probe = loadEventLog({
      types: typesOf("SETUID"),
      filters: {},
      ring_bytes: asked,
      leave_out_self: true,
    });
    assert.equal(probe.handles.ring_bytes, got);
    probe.close();
  }
});

Deno.test("the built objects have the layout of this program, others are refused", () => {
  checkLogLayout(assetBytes("event_log.bpf.o"));
  checkLogLayout(assetBytes("event_log_old.bpf.o"));
  assert.throws(() => checkLogLayout(assetBytes("smb.bpf.o")), LayoutError);
});
