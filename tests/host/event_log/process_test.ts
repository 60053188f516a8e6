/** Process events against a program that knows what it does. @module */
import assert from "node:assert/strict";
import {
  assertKnown,
  type KnownRun,
  OBJECTS,
  runKnown,
  typesOf,
} from "../../support/event_log/known_calls.ts";
import { logShell } from "../../support/event_log/shell.ts";

const TYPES = typesOf(
  ...["FORK", "EXEC", "CLONE", "EXIT", "PIPE", "KILL", "PTRACE", "MMAP", "MPROTECT"] as const,
);

/** The thread that execs is known by its fork only: put its number where it belongs. */
function tellThreadThatExecs(run: KnownRun): Set<number> {
  const threads = new Set<number>();
  for (const expected of run.expected) {
    if (expected.old_pid_of_thread !== true) continue;
    delete expected.old_pid_of_thread;
    const fork = run.events.find(({ type, tid, args }) =>
      type === "FORK" && tid === expected.tid && Number(args[2]) === tid
    );
    assert.ok(fork !== undefined && Number(fork.args[1]) !== expected.tid);
    expected.args[0] = String(fork.args[1]);
    threads.add(Number(fork.args[1]));
  }
  return threads;
}

for (const [which, old_kernel] of OBJECTS) {
  Deno.test(`kill, pipe, ptrace, exec and exit: every field; forks, clones and maps among others${which}`, async () => {
    const run = await runKnown("process", TYPES, old_kernel);
    const renumbered = tellThreadThatExecs(run);
    assert.equal(renumbered.size, 1);
    assertKnown(run, new Set(["FORK", "CLONE", "MMAP", "MPROTECT"]));

    const forks = run.events.filter(({ type }) => type === "FORK");
    const children = new Set(forks.map(({ args }) => Number(args[1])));
    assert.equal(children.size, forks.length);
    // Whoever is born ends; the thread that execs ends under the number of the first one.
    const ended = run.events.filter(({ type }) => type === "EXIT").map(({ tid }) => tid).sort();
    const born = [run.pid, ...children].filter((tid) => !renumbered.has(tid));
    const leaders = run.events.filter(({ type, tid, args }) =>
      type === "EXEC" && args[0] !== BigInt(tid)
    );
    assert.deepEqual(ended, [...born, ...leaders.map(({ tid }) => tid)].sort());
    for (const event of run.events) {
      const isCall = event.number !== -1;
      assert.equal(event.duration_ns > 0n, isCall, `duration of ${event.type}`);
      assert.ok(!event.flags.has("NO_START"));
      assert.ok(event.tgid === run.pid || children.has(event.tgid));
    }
    // The child's own return from clone is none of its calls.
    assert.equal(run.events.some(({ type, result }) => type === "CLONE" && result === 0n), false);
  });
}

Deno.test("short-lived processes: each with its fork, exec and exit", async () => {
  const count = 300;
  const commands = `for ((i = 0; i < ${count}; i++)); do /bin/true $i & done; wait; exit 3`;
  const shell = await logShell(commands, {
    types: ["FORK", "EXEC", "EXIT"],
    follow_children: true,
    ring_bytes: 1 << 22,
  });
  assert.equal(shell.code, 3);
  const of = (type: string) => shell.events.filter((event) => event.type === type);
  const born = of("FORK").map(({ args }) => Number(args[1]));
  assert.equal(new Set(born).size, count);
  assert.deepEqual(of("EXEC").map(({ tid }) => tid).sort(), born.toSorted());
  assert.deepEqual(of("EXIT").map(({ tid }) => tid).sort(), [shell.pid, ...born].sort());
  // Which child is which, with its own name, whatever CPU it ran on.
  const hex = (text: string) =>
    Array.from(new TextEncoder().encode(text), (byte) => byte.toString(16).padStart(2, "0"))
      .join("");
  assert.deepEqual(
    of("EXEC").map(({ items }) => items.argv).sort(),
    born.map((_, i) => hex(`/bin/true\0${i}\0`)).sort(),
  );
  assert.ok(
    of("EXEC").every(({ comm, parent_tgid }) => comm === "true" && parent_tgid === shell.pid),
  );
  assert.deepEqual(
    of("EXIT").filter(({ tid }) => tid === shell.pid).map(({ args }) => args.slice(0, 3)),
    [[3n << 8n, 120n, 1n]],
  );
});
