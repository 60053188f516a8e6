/**
 * The built program as a process: its pid, its name, what it leaves open for others.
 * @module
 */
import assert from "node:assert/strict";
import { AOD, isLauncher } from "../support/program.ts";

/** Waits until `condition` holds, looking every 20 ms; an error after ten seconds. */
async function until(condition: () => boolean): Promise<void> {
  for (let left = 500; !condition(); left--) {
    assert.ok(left > 0, `still not: ${condition}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

Deno.test("the pid stays the same, and the process is called aod", async () => {
  // The licences are longer than a pipe holds: the program waits in its write.
  const child = new Deno.Command(AOD, {
    args: ["version", "--licenses"],
    stdout: "piped",
    stderr: "null",
  }).spawn();
  try {
    const exe = () => Deno.readLinkSync(`/proc/${child.pid}/exe`);
    if (await isLauncher()) await until(() => exe() !== AOD);
    await until(() => Deno.readTextFileSync(`/proc/${child.pid}/wchan`).includes("pipe"));
    assert.equal(Deno.readTextFileSync(`/proc/${child.pid}/comm`), "aod\n");
    assert.match(Deno.readTextFileSync(`/proc/${child.pid}/cmdline`), /^[^\0]*aod\0/);
  } finally {
    child.kill("SIGKILL");
    await child.stdout.cancel();
    await child.status;
  }
});
