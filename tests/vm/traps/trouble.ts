/**
 * Traps about trouble: hung and dead servers, one failure counted once, what waits by design, and
 * the life of the module.
 * @module
 */
import assert from "node:assert/strict";
import { SMB_TYPE } from "../../../src/probe/smb/layout.gen.ts";
import { deniedFile, failReads, killServer, stopServer } from "../support/faults.ts";
import { GuestProbe, observe } from "../support/guest_probe.ts";
import { mountShare, unmount } from "../support/mounts.ts";
import type { Vm } from "../support/vm.ts";
import { assertLedger, has, requests } from "./dump.ts";

const MS = 1_000_000n;
const TROUBLE = { emergency_ns: 300n * MS, error_mode: "ALL", events: 0xff } as const;
const [ACCESS_DENIED, IO_DEVICE_ERROR] = [0xc0000022, 0xc0000185];
const FENTRY = { hook_mode: "fentry" } as const;

/** Holds or wants a lock of bytes 0 to 9 for some seconds. */
const lock = (path: string, seconds: number, how = "LOCK_EX") =>
  `exec python3.11 -c "import fcntl,time; f=open('${path}','r+'); ` +
  `fcntl.lockf(f, fcntl.${how}, 10); time.sleep(${seconds})"`;

/** The steps; share `s` is mounted. */
export async function troubleTraps(t: Deno.TestContext, vm: Vm): Promise<void> {
  await t.step(
    "7: a hang is reported while it lasts, once, and its end belongs to it",
    async () => {
      const dump = await observe(vm, { rules: TROUBLE, probe: FENTRY }, async () => {
        const hang = await stopServer(vm);
        const command = await vm.start("stat /mnt/s/hung-file");
        await vm.check("sleep 1.5");
        await hang.undo();
        await command.wait();
        await vm.check("sleep 0.5");
      });
      assertLedger(dump);
      const mine = dump.records.filter((r) => r.comm === "stat");
      const reports = mine.filter((r) => has(r, "IN_FLIGHT"));
      assert.ok(reports.length > 0);
      assert.equal(new Set(reports.map((r) => r.request_id)).size, reports.length);
      for (const report of reports) {
        assert.ok(report.latency_ns >= TROUBLE.emergency_ns);
        const [end, ...more] = mine.filter((r) =>
          r.request_id === report.request_id && !has(r, "IN_FLIGHT")
        );
        assert.deepEqual(more, []);
        assert.ok(has(end, "WAS_REPORTED"));
        assert.ok(report.end_ns < end.end_ns);
        assert.equal(end.message_id, report.message_id);
      }
      assert.equal(dump.in_flight, 0);
    },
  );

  await t.step("a failed READ has status and errno; a failed compound fails once", async () => {
    const denied = await deniedFile(vm);
    await vm.check("dd if=/dev/zero of=/mnt/s/broken bs=64k count=1 2>/dev/null; sync");
    const dump = await observe(vm, { rules: TROUBLE, probe: FENTRY }, async () => {
      await vm.run(`cat ${denied}`);
      await using _broken = await failReads(vm);
      await vm.run("dd if=/mnt/s/broken of=/dev/null iflag=direct bs=64k count=1");
    });
    const failed = dump.records.filter((r) => has(r, "FAILED"));
    const reads = failed.filter((r) => r.status === IO_DEVICE_ERROR);
    assert.ok(reads.length > 0);
    for (const read of reads) {
      assert.equal(read.error, -5);
      assert.equal(read.name, "broken");
      assert.equal(read.comm, "dd");
    }
    const refused = failed.filter((r) => r.status === ACCESS_DENIED);
    assert.ok(refused.length > 0);
    for (const r of refused) {
      assert.equal(r.error, -13);
      // Parts behind the first were refused for its sake.
      assert.equal(has(r, "DROPPED"), false);
    }
    await unmount(vm, "/mnt/u");
  });

  await t.step(
    "what waits by design is neither slow nor hung; other locks are like any request",
    async () => {
      await mountShare(vm, { share: "s", target: "/mnt/t", options: "nosharesock,cache=none" });
      await vm.check("echo 0123456789 >/mnt/s/lock");
      const rules = { threshold_ns: 0n, emergency_ns: 100n * MS };
      const dump = await observe(vm, { rules, probe: FENTRY }, async () => {
        const holder = await vm.start(lock("/mnt/s/lock", 1.5));
        await vm.check("sleep 0.7");
        const waiter = await vm.start(lock("/mnt/t/lock", 0));
        await holder.wait();
        await waiter.wait();
        await vm.run(lock("/mnt/t/lock", 0, "LOCK_EX | fcntl.LOCK_NB"));
      });
      const waited = dump.recorder.filter((r) => has(r, "WAITS_BY_DESIGN"));
      assert.ok(waited.some((r) => r.latency_ns > 100n * MS), "no lock had to wait");
      // The server says at once that it will take time; of a CLOSE it never has to.
      assert.ok(waited.some((r) => has(r, "INTERIM")), "no interim response was seen");
      const closes = requests(dump, "SMB2_CLOSE", "recorder");
      assert.ok(closes.length > 0 && closes.every((r) => !has(r, "INTERIM")));
      for (const r of waited) assert.ok(!has(r, "SLOW") && !has(r, "EMERGENCY"));
      assert.ok(!dump.records.some((r) => has(r, "WAITS_BY_DESIGN")));
      assert.ok(requests(dump, "SMB2_LOCK").some((r) => has(r, "SLOW")), "no other lock was seen");
      await unmount(vm, "/mnt/t");
    },
  );

  await t.step(
    "7: a dead server shows as reconnects, failed connects and failed operations",
    async () => {
      const dump = await observe(vm, { rules: TROUBLE, probe: FENTRY }, async () => {
        const dead = await killServer(vm);
        await vm.run("stat /mnt/s/anything", { timeoutMs: 30_000 });
        await dead.undo();
      });
      assertLedger(dump);
      const of = (type: number) => dump.records.filter((r) => r.type === type);
      assert.ok(of(SMB_TYPE.RECONNECT).length > 0);
      assert.ok(
        of(SMB_TYPE.CONNECT_ERROR).some((r) => r.error === -111 && r.server === "127.0.0.1"),
      );
      const failed = of(SMB_TYPE.OP_ERROR);
      assert.ok(
        failed.some((r) => r.error === -112 && r.comm === "stat"),
        JSON.stringify(failed.map(String)),
      );
    },
  );

  await t.step("10: the probe pins the module while it is loaded, and only then", async () => {
    await vm.check("for i in $(seq 100); do ls /mnt/s >/dev/null && exit; sleep 0.1; done; exit 1");
    await unmount(vm, "/mnt/s");
    const probe = await GuestProbe.start(vm, { rules: TROUBLE, probe: FENTRY });
    assert.notEqual((await vm.run("rmmod cifs")).code, 0);
    await probe.stop();
    await vm.check("rmmod cifs");
    await assert.rejects(
      GuestProbe.start(vm, { rules: TROUBLE, probe: FENTRY }),
      /the cifs module is not loaded/,
    );
    await vm.check("modprobe cifs");
    await mountShare(vm);
  });
}
