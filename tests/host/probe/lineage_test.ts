/**
 * The agent's descendants are known by lineage: forks and exits of real processes.
 * @module
 */
import assert from "node:assert/strict";
import { indexKey, lookupElem } from "../../../src/bpf/map.ts";
import { SmbPrograms } from "../../support/smb_programs.ts";

const excluded = (programs: SmbPrograms, pid: number) =>
  lookupElem(programs.mapFd("smb_excluded"), indexKey(pid), 1) !== null;

/** A shell with a child of its own; both live until they are killed. */
function family(): { shell: Deno.ChildProcess; grandchild: Promise<number> } {
  const shell = new Deno.Command("/bin/sh", {
    args: ["-c", "sleep 60 >/dev/null & echo $!; wait"],
    stdin: "null",
    stdout: "piped",
  }).spawn();
  const grandchild = shell.stdout.getReader().read()
    .then(({ value }) => Number(new TextDecoder().decode(value)));
  return { shell, grandchild };
}

Deno.test("a child and a grandchild are left out until they end", async () => {
  using programs = new SmbPrograms({ agent_tgid: Deno.pid });
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
  using programs = new SmbPrograms({ agent_tgid: 1 << 30 });
  programs.attach("opt_fork");
  const { shell, grandchild } = family();
  const pid = await grandchild;
  assert.equal(excluded(programs, shell.pid), false);
  assert.equal(excluded(programs, pid), false);
  Deno.kill(pid, "SIGKILL");

  await shell.status;
});
