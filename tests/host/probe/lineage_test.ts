/**
 * The agent's descendants are known by lineage: forks and exits of real processes.
 * @module
 */
import assert from "node:assert/strict";
import { deleteElem, indexKey, lookupElem } from "../../../src/bpf/map.ts";
import { SmbPrograms } from "../../support/smb_programs.ts";

const excluded = (programs: SmbPrograms, pid: number) =>
  lookupElem(programs.mapFd("smb_excluded"), indexKey(pid), 1) !== null;

async function firstNumber(stream: ReadableStream<Uint8Array>): Promise<number> {
  for await (const piece of stream) return Number(new TextDecoder().decode(piece));
  return NaN;
}

/** A shell with a child of its own; both live until they are killed. */
function family(): { shell: Deno.ChildProcess; grandchild: Promise<number> } {
  const shell = new Deno.Command("/bin/sh", {
    args: ["-c", "sleep 60 >/dev/null & echo $!; wait"],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  return { shell, grandchild: firstNumber(shell.stdout) };
}

Deno.test("a child and a grandchild are left out until they end", async () => {
  using programs = new SmbPrograms({ leave_out_self: true });
  programs.attach("opt_fork");
  programs.attach("opt_exit");
  const { shell, grandchild } = family();
  const pid = await grandchild;
  assert.ok(excluded(programs, shell.pid));
  assert.ok(excluded(programs, pid));
  Deno.kill(pid, "SIGKILL");

  await shell.status;
  // sched_process_exit comes before the parent can reap.
  assert.equal(excluded(programs, shell.pid), false);
  assert.equal(excluded(programs, pid), false);
});

Deno.test("strangers are not left out", async () => {
  using programs = new SmbPrograms({ leave_out_self: true });
  deleteElem(programs.mapFd("smb_excluded"), indexKey(Deno.pid));
  programs.attach("opt_fork");
  const { shell, grandchild } = family();
  const pid = await grandchild;
  assert.equal(excluded(programs, shell.pid), false);
  assert.equal(excluded(programs, pid), false);
  Deno.kill(pid, "SIGKILL");

  await shell.status;
});

Deno.test("inside a pid namespace the agent is known by the kernel's number", async () => {
  const { stdout, stderr } = await new Deno.Command("unshare", {
    args: ["--pid", "--fork", Deno.execPath(), "run", "-A", "tests/support/left_out.ts"],
    stdin: "null",
  }).output();
  const text = new TextDecoder();
  assert.equal(text.decode(stderr), "");
  const { own, left_out } = JSON.parse(text.decode(stdout)) as { own: number; left_out: number[] };
  assert.equal(own, 1);
  assert.equal(left_out.length, 1);
  assert.ok(left_out[0] > 1, `${left_out}`);
});
