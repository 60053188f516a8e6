/**
 * The test VM itself: both kernels boot and mount, each fault does what it says, nothing is left.
 * @module
 */
import assert from "node:assert/strict";
import {
  deniedFile,
  failReads,
  type Fault,
  fillSmallShare,
  killServer,
  killServerChildren,
  loadCifs,
  mountBadPassword,
  mountMissingShare,
  netemDelay,
  oplocksOff,
  secondConnection,
  serverToClientDelay,
  slowFlush,
  slowReads,
  stopServer,
  unloadCifs,
  untilItWorks,
} from "./support/faults.ts";
import { KERNELS } from "./support/kernels.ts";
import { mountShare, unmount } from "./support/mounts.ts";
import { bootVm, type Vm } from "./support/vm.ts";

/** Milliseconds that a command takes, by the guest's clock. */
async function timed(vm: Vm, command: string): Promise<number> {
  const text = await vm.check(
    `begin=\${EPOCHREALTIME/.}; ${command} >/dev/null; echo $(( (\${EPOCHREALTIME/.} - begin) / 1000 ))`,
  );
  return Number(text);
}

/** The command is at least `ms` slower with the fault than the fault's own delay accounts for. */
async function slower(vm: Vm, start: Promise<Fault>, command: string, ms: number): Promise<void> {
  await using _fault = await start;
  const took = await timed(vm, command);
  assert.ok(took >= ms, `${command} took ${took} ms instead of ${ms} or more`);
}

const READ = "dd if=/mnt/s/file iflag=direct bs=4k count=1 2>/dev/null";

for (const kernel of KERNELS) {
  Deno.test(`vm ${kernel}: boots, mounts, makes each fault and undoes it`, async (t) => {
    await using vm = await bootVm({
      kernel,
      mount: true,
      files: { "/extra/file": new TextEncoder().encode("from the host\n") },
    });

    await t.step("kernel, extra file, put and get", async () => {
      assert.equal((await vm.check("uname -r")).trim(), vm.release);
      assert.equal(await vm.check("cat /extra/file"), "from the host\n");
      await vm.put("/root/a/b", "text \\ with\nlines\n");
      assert.equal(await vm.getText("/root/a/b"), "text \\ with\nlines\n");
    });

    await t.step("command text, status and both outputs arrive unchanged", async () => {
      const result = await vm.run("echo '  ä\\t\"$HOME\"'\necho two >&2; exit 7  ");
      assert.deepEqual(result, {
        code: 7,
        stdout: '  ä\\t"$HOME"\n',
        stderr: "two\n",
        timedOut: false,
      });
    });

    await t.step("a command that does not end is killed, its output kept", async () => {
      const result = await vm.run("echo begun; sleep 100", { timeoutMs: 200 });
      assert.deepEqual(result, { code: 137, stdout: "begun\n", stderr: "", timedOut: true });
    });

    await t.step("commands run beside each other", async () => {
      const background = await vm.start("echo a; sleep 30; echo b");
      const many = await Promise.all([1, 2, 3, 4].map((n) => vm.check(`seq ${n} 2000`)));
      assert.deepEqual(many.map((text) => text.split("\n").length), [2001, 2000, 1999, 1998]);
      assert.equal((await background.output()).stdout, "a\n");
      await background.kill("TERM");
      assert.equal((await background.wait()).code, 128 + 15);
    });

    await t.step("data goes through the share", async () => {
      await vm.check("echo through >/mnt/s/file; sync /mnt/s/file");
      assert.equal(await vm.check("cat /srv/share/file"), "through\n");
      await vm.check("dd if=/dev/urandom of=/srv/share/file bs=4k count=4 2>/dev/null");
    });

    await t.step("latency, both ways and from the server only", async () => {
      await slower(vm, netemDelay(vm, 50), READ, 100);
      await slower(vm, serverToClientDelay(vm, 80), READ, 80);
    });

    await t.step("slow and failing server calls", async () => {
      await slower(vm, slowReads(vm, 300), READ, 300);
      await slower(
        vm,
        slowFlush(vm, 200),
        "dd if=/dev/zero of=/mnt/s/f bs=4k count=1 conv=fsync",
        200,
      );
      await using _fault = await failReads(vm);
      const result = await vm.run(READ.replace("2>/dev/null", ""));
      assert.match(result.stderr, /error/i);
    });

    await t.step("EACCES, ENOSPC, missing share, bad password", async () => {
      assert.match((await vm.run(`cat ${await deniedFile(vm)}`)).stderr, /Permission denied/);
      await unmount(vm, "/mnt/u");
      assert.match((await fillSmallShare(vm)).stderr, /No space left/);
      await unmount(vm, "/mnt/small");
      assert.notEqual((await mountMissingShare(vm)).code, 0);
      assert.match((await mountBadPassword(vm)).stderr, /Permission denied/);
    });

    await t.step("a second connection", async () => {
      // By their ports: the refused logon of the step before may still be closing its own.
      const ports = async () =>
        (await vm.check("ss -Htn state established dport = :445 | awk '{print $3}'"))
          .trim().split("\n");
      const before = await ports();
      await using _second = await secondConnection(vm);
      const added = (await ports()).filter((port) => !before.includes(port));
      assert.equal(added.length, 1, `${added}`);
    });

    await t.step("a stopped server hangs the client, a killed child reconnects", async () => {
      const stopped = await stopServer(vm);
      const reader = await vm.start(READ);
      const hung = await vm.run("stat /mnt/s/another", { timeoutMs: 1000 });
      assert.equal(hung.timedOut, true);
      assert.equal((await vm.run("echo alive")).stdout, "alive\n");
      await stopped.undo();
      assert.equal((await reader.wait()).code, 0);
      await killServerChildren(vm);
      await untilItWorks(vm, READ);
    });

    await t.step("the module goes and comes, with and without oplocks", async () => {
      await unmount(vm, "/mnt/s");
      const unloaded = await unloadCifs(vm);
      assert.equal(unloaded.code, 0, unloaded.stderr);
      assert.equal((await vm.run("grep -w cifs /proc/filesystems")).code, 1);
      await loadCifs(vm);
      await using _off = await oplocksOff(vm);
      await mountShare(vm);
      assert.equal(await vm.check("cat /sys/module/cifs/parameters/enable_oplocks"), "N\n");
    });

    await t.step("a dead server comes back", async () => {
      const dead = await killServer(vm);
      assert.notEqual((await vm.run("ss -Htln sport = :445 | grep -q .")).code, 0);
      await dead.undo();
      await untilItWorks(vm, READ);
    });
  });
}

Deno.test("vm: a guest that panics says so, with its console, and leaves no process", async () => {
  await using vm = await bootVm({ kernel: "6.12" });
  const share = vm.share;
  await assert.rejects(
    vm.run("echo c >/proc/sysrq-trigger"),
    (error: Error) =>
      /Cannot use the guest.*qemu ended/s.test(error.message) &&
      /sysrq_handle_crash/.test(error.message),
  );
  await vm.shutdown();
  await assert.rejects(Deno.stat(share), Deno.errors.NotFound);
  for (const entry of Deno.readDirSync("/proc")) {
    if (!/^\d+$/.test(entry.name)) continue;
    let text = "";
    try {
      text = Deno.readTextFileSync(`/proc/${entry.name}/cmdline`);
    } catch {
      // It ended meanwhile.
    }
    assert.ok(!text.includes(share), `qemu ${entry.name} is still there`);
  }
});

Deno.test("vm: a guest without the CIFS client", async () => {
  await using vm = await bootVm({ kernel: "6.1", autoloadCifs: false });
  assert.equal((await vm.run("test -d /sys/module/cifs")).code, 1);
  await loadCifs(vm);
  await mountShare(vm);
  assert.equal((await vm.run("journalctl")).code, 127);
});
