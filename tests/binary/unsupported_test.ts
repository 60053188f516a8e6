/**
 * A kernel on which nothing can work: without its BTF. Every command that needs the probe says so at
 * once, even while cifs is not loaded, and ends with 3.
 * @module
 */
import assert from "node:assert/strict";
import { AOD, CHECKOUT, runCommand } from "../support/program.ts";

/** Runs aod in a mount namespace of its own where the kernel has no BTF. */
function withoutBtf(...args: string[]) {
  return runCommand("unshare", [
    ...["--mount", "sh", "-c", 'mount -t tmpfs none /sys/kernel/btf && exec "$@"', "sh"],
    ...[AOD, ...args],
  ]);
}

Deno.test("a kernel without BTF: exit 3 and the reason, also where cifs is absent", async () => {
  const dir = Deno.makeTempDirSync({ prefix: "aod-test-" });
  try {
    const config = `${dir}/aod.yaml`;
    const embedded = Deno.readTextFileSync(`${CHECKOUT}/config/aod.yaml`);
    Deno.writeTextFileSync(config, embedded.replace("/var/log/aod\n", `${dir}/out\n`));
    const run = await withoutBtf("--config", config, "--run-dir", `${dir}/run`);
    assert.equal(run.code, 3, run.stderr);
    assert.match(run.stderr, /Cannot watch on this kernel: because .*BTF/);
    for (const command of ["smbslower", "smbiosnoop"]) {
      const live = await withoutBtf(command, "-d", "5");
      assert.equal(live.code, 3, live.stderr);
      assert.match(live.stderr, /BTF/);
    }
    const doctor = await withoutBtf("doctor", "--json");
    assert.equal(doctor.code, 3);
    assert.match(doctor.stdout, /"status":"fail".*BTF/);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
});
