/**
 * Faults under a running agent: a server that is stopped, killed and back, shares that come and go,
 * a diagnostic program that hangs with the server. The agent neither hangs nor restarts a part, and
 * its ledger stays exact.
 * @module
 */
import assert from "node:assert/strict";
import type { Manifest } from "../../../src/evidence/manifest.ts";
import type { AgentStatus } from "../../../src/service/status.ts";
import { AOD_IN_GUEST as AOD } from "../support/aod.ts";
import { openBundle } from "../support/bundle.ts";
import { killServer, killServerChildren, stopServer, untilItWorks } from "../support/faults.ts";
import { mountShare, unmount } from "../support/mounts.ts";
import type { Vm } from "../support/vm.ts";

/** What the steps need of the agent under test. */
export interface Running {
  vm: Vm;
  status(): Promise<AgentStatus>;
  statusThat(wanted: (s: AgentStatus) => boolean): Promise<AgentStatus>;
}

/** Snapshots run smbinfo, with little time; the thresholds are out of reach but for what hangs. */
export const FAULT_CONFIG = `
aod_output_dir: /var/log/aod
cleanup: { min_free_mb: 1 }
collector: { requests_after_sec: 0 }
watcher:
  actions: [mounts, ss, { name: smbinfo, timeout_sec: 3 }, { name: probe, command: [cat, /mnt/s/f], timeout_sec: 2 }]
guardian:
  anomalies:
    hung:
      type: latency
      tool: smbslower
      default_threshold_ms: 5000
      emergency_threshold_ms: 1500
      cooldown_sec: 0
      actions: [mounts]
`;

/** Puts the configuration of these steps in force. */
export async function begin({ vm }: Running): Promise<void> {
  await vm.put("/etc/aod.yaml", FAULT_CONFIG);
  await vm.check(`${AOD} reload`);
}

async function snapshot(vm: Vm): Promise<Manifest> {
  const path = (await vm.check(`${AOD} snapshot`, { timeoutMs: 90_000 })).trim();
  const id = path.match(/(\d{19})\.tar\.zst$/)![1];
  return (await openBundle(await vm.get(path), id)).manifest;
}

const statusOf = (manifest: Manifest, name: string) =>
  manifest.actions.find((action) => action.name === name)?.status;

/** Kernel stacks of all threads of a process, twenty times a second, until the file /tmp/enough is there. */
const sample = (pid: number) =>
  `until [ -e /tmp/enough ]; do cat /proc/${pid}/task/*/stack; echo sample; usleep 50000; done; rm /tmp/enough`;

/** smbinfo asks a server that does not answer; the agent itself never waits for the share. */
export async function smbinfoOfStoppedServer({ vm, status }: Running): Promise<void> {
  await vm.check("echo text >/mnt/s/f; sync");
  {
    await using _stopped = await stopServer(vm);
    const stacks = await vm.start(sample((await status()).pid));
    const manifest = await snapshot(vm);
    await vm.check("touch /tmp/enough");
    const { stdout } = await stacks.wait();
    assert.ok(stdout.split("sample\n").length > 20 && /epoll|futex/.test(stdout), stdout);
    assert.doesNotMatch(stdout, /\[cifs\]|cifs_|smb2_/);
    assert.equal(manifest.status, "complete");
    assert.ok(["timeout", "abandoned"].includes(String(statusOf(manifest, "smbinfo"))));
    assert.equal(statusOf(manifest, "mounts"), "ok");
    assert.equal(statusOf(manifest, "ss"), "ok");
  }
  await untilItWorks(vm, "cat /mnt/s/f >/dev/null");
  const manifest = await snapshot(vm);
  // Started again, and answered; a slow guest may not get through all of its questions in time.
  const smbinfo = manifest.actions.find((action) => action.name === "smbinfo");
  assert.equal(smbinfo?.commands[0]?.status, "ok", JSON.stringify(smbinfo));
  assert.equal(statusOf(manifest, "probe"), "ok");
  assert.deepEqual((await status()).components.map((c) => c.restarts), [0, 0, 0]);
}

/** smbd stopped, its children killed, all of it killed, and back each time. */
export async function serverComesAndGoes({ vm, status, statusThat }: Running): Promise<void> {
  const before = (await status()).counters.watcher_hung;
  {
    await using _stopped = await stopServer(vm);
    const reader = await vm.start("stat -f /mnt/s >/dev/null; cat /mnt/s/f >/dev/null");
    await statusThat((s) => s.counters.watcher_hung > before);
    await _stopped.undo();
    await reader.wait({ timeoutMs: 60_000 });
  }
  await killServerChildren(vm);
  await untilItWorks(vm, "cat /mnt/s/f >/dev/null");
  {
    await using _dead = await killServer(vm);
    await vm.run("timeout -s KILL 3 stat -f /mnt/s");
    assert.deepEqual((await status()).components.map((c) => c.state), Array(3).fill("running"));
  }
  await untilItWorks(vm, "cat /mnt/s/f >/dev/null");
  await exact({ vm, status, statusThat });
}

/** Shares are mounted, used and unmounted again and again, two of them at once. */
export async function mountsComeAndGo({ vm, status, statusThat }: Running): Promise<void> {
  const before = (await status()).ledger.kernel!.seen;
  for (let round = 0; round < 4; round++) {
    const options = round % 2 === 0 ? "nosharesock" : "";
    await mountShare(vm, { share: "t", options });
    const files =
      "for i in 1 2 3 4 5 6 7 8; do echo $i >/mnt/t/m$i; cat /mnt/t/m$i; done >/dev/null";
    const busy = await vm.start(`${files}; ${files}`);
    await mountShare(vm, { share: "small", options });
    await vm.check("ls -l /mnt/small >/dev/null");
    await unmount(vm, "/mnt/small");
    await busy.wait({ timeoutMs: 30_000 });
    await unmount(vm, "/mnt/t");
  }
  const after = await status();
  assert.ok(after.ledger.kernel!.seen > before + 100, "the requests on new mounts were seen");
  await exact({ vm, status, statusThat });
}

/** Every record is accounted for, nothing was restarted, and a snapshot still works. */
async function exact({ vm, statusThat }: Running): Promise<void> {
  const { ledger, components } = await statusThat(({ ledger }) =>
    ledger.kernel !== null && ledger.kernel.emitted === ledger.watcher.records
  );
  const { kernel, dispatcher, queue } = ledger;
  assert.ok(kernel !== null);
  assert.equal(kernel.drop_ring_full, 0);
  assert.equal(kernel.seen, kernel.emitted + kernel.filtered + kernel.drop_ring_full);
  assert.equal(dispatcher.records, queue.in);
  assert.deepEqual([queue.dropped_replaced, queue.waiting], [0, 0]);
  assert.deepEqual(components.map((c) => c.restarts), [0, 0, 0]);
  assert.equal((await snapshot(vm)).status, "complete");
}
