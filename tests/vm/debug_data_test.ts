/**
 * DebugData of the running kernels: its ids are those that the cifs tracepoints carry, so that names
 * seeded from it fit the records.
 * @module
 */
import assert from "node:assert/strict";
import { parseMountinfo } from "../../src/os/mountinfo.ts";
import { parseDebugData } from "../../src/probe/smb/debug_data.ts";
import { KERNELS } from "./support/kernels.ts";
import { bootVm } from "./support/vm.ts";

const ENTER = "/sys/kernel/tracing/events/cifs/smb3_cmd_enter";

for (const kernel of KERNELS) {
  Deno.test(`vm ${kernel}: ids of DebugData and of the tracepoints agree`, async () => {
    await using vm = await bootVm({ kernel, mount: true });
    const trace = await vm.check(
      `echo 1 >${ENTER}/enable; mkdir /mnt/s/d; echo 0 >${ENTER}/enable; ` +
        "cat /sys/kernel/tracing/trace",
    );
    const servers = parseDebugData(await vm.check("cat /proc/fs/cifs/DebugData"));
    const [mount] = parseMountinfo(await vm.check("cat /proc/self/mountinfo"))
      .filter((m) => m.type === "cifs");
    assert.equal(mount.mount_point, "/mnt/s");
    assert.equal(servers.length, 1);
    const [session] = servers[0].sessions;
    const share = session.shares.find((s) => !s.ipc);
    assert.equal(share?.unc.replaceAll("\\", "/"), mount.source);
    const create = /smb3_cmd_enter:.*sid=0x([0-9a-f]+) tid=0x([0-9a-f]+) cmd=5 mid=\d+/.exec(trace);
    assert.ok(create !== null, trace);
    assert.equal(session.session_id, BigInt(`0x${create[1]}`));
    assert.equal(share?.tree_id, parseInt(create[2], 16));
  });
}
