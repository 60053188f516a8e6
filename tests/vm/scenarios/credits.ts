/**
 * Too few credits: a server that grants fewer than a compound needs.
 * @module
 */
import assert from "node:assert/strict";
import type { Agent } from "../support/agent.ts";
import { SMB_PASSWORD, SMB_USER } from "../support/packages.ts";
import type { Vm } from "../support/vm.ts";

const CONF = "/etc/samba/smb.conf";

/** New connections get two credits: the client's compounds of three find too few. */
export async function credits(vm: Vm, agent: Agent): Promise<void> {
  await agent.settled();
  await vm.check(
    `cp ${CONF} ${CONF}.kept && sed -i 's/^\\[global\\]/&\\n smb2 max credits = 2/' ${CONF} &&` +
      " smbcontrol smbd reload-config",
  );
  try {
    await vm.run(
      "mkdir -p /mnt/t; for i in $(seq 8); do mount.cifs //127.0.0.1/t /mnt/t " +
        `-o user=${SMB_USER},pass=${SMB_PASSWORD},vers=3.1.1,nosharesock & done; wait`,
    );
    const bundle = await agent.bundle({ anomaly: "credit" });
    assert.equal(bundle.manifest.verdict.kind, "credits", bundle.readme);
    assert.match(bundle.readme, /^Verdict: credits: the server grants too few credits/);
    assert.equal(bundle.anomaly.anomaly, "credit");
    assert.ok(bundle.anomaly.count >= 5);
    assert.ok(bundle.anomaly.worst.every(({ type }) => type === "credit"));
  } finally {
    await vm.check(`mv ${CONF}.kept ${CONF} && smbcontrol smbd reload-config`);
    await vm.run("while umount -l /mnt/t 2>/dev/null; do :; done");
  }
}
