/**
 * The agent's life on a real SMB client: before cifs is loaded, mount, trouble, reload, clock jumps,
 * stop, and a module that can be unloaded afterwards.
 * @module
 */
import assert from "node:assert/strict";
import type { AgentStatus } from "../../src/service/status.ts";
import {
  begin,
  mountsComeAndGo,
  type Running,
  serverComesAndGoes,
  smbinfoOfStoppedServer,
} from "./agent/faults.ts";
import { PLATFORM, platformFigures } from "./agent/platform.ts";
import { AOD_IN_GUEST as AOD, aodFile } from "./support/aod.ts";
import { loadCifs, netemDelay, unloadCifs } from "./support/faults.ts";
import { KERNELS } from "./support/kernels.ts";
import { mountShare, unmount } from "./support/mounts.ts";
import { bootVm, type Vm } from "./support/vm.ts";

const config = (keys: string) => `
aod_output_dir: /var/log/aod
cleanup: { min_free_mb: 1 }
audit: { enabled: true }
guardian:
  anomalies:
    slow:
      type: latency
      tool: smbslower
      acceptable_count: 5
      cooldown_sec: 3600
      actions: [mounts, debugdata, ss]
      ${keys}
`;

/** Reads and writes that each wait for the server. */
const TRAFFIC = `for i in 1 2 3 4 5 6 7 8; do
  dd if=/dev/zero of=/mnt/s/f bs=4k count=1 conv=fsync 2>/dev/null
  dd if=/mnt/s/f of=/dev/null iflag=direct bs=4k count=1 2>/dev/null
done`;

async function status(vm: Vm): Promise<AgentStatus> {
  return JSON.parse(await vm.check(`${AOD} status --json`));
}

/** Polls until the status is as wanted. */
async function statusThat(vm: Vm, wanted: (s: AgentStatus) => boolean): Promise<AgentStatus> {
  const deadline = performance.now() + 60_000;
  for (;;) {
    const now = await status(vm);
    if (wanted(now)) return now;
    assert.ok(performance.now() < deadline, JSON.stringify(now, null, 1));
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

for (const kernel of KERNELS) {
  Deno.test(`agent on ${kernel}: waits for cifs, notices, reloads, stops and lets it go`, async (t) => {
    await using vm = await bootVm({
      kernel,
      autoloadCifs: false,
      files: await aodFile(),
      memoryMb: 1280,
    });
    await vm.put("/etc/aod.yaml", config("default_threshold_ms: 20"));
    const agent = await vm.start(`exec ${AOD} --config /etc/aod.yaml`);
    const log = async () => (await agent.output()).stderr;

    await t.step("without cifs it runs and says so once", async () => {
      const deadline = performance.now() + 90_000;
      while (!/ready in/.test(await log())) {
        assert.ok(performance.now() < deadline, await log());
        await new Promise((resolve) => setTimeout(resolve, 300));
      }
      const { probe, components } = await status(vm);
      assert.equal(probe.state, "waiting");
      assert.deepEqual(components.map((c) => c.state), ["running", "running", "running"]);
    });

    await t.step("it attaches when cifs comes, and mounts made later are named", async () => {
      await loadCifs(vm);
      await mountShare(vm);
      const { probe } = await statusThat(vm, (s) => s.probe.state === "attached");
      assert.equal(probe.mode, "fentry");
      assert.deepEqual(probe.programs.filter((program) => program.error !== undefined), []);
      assert.equal((await log()).match(/cifs is not loaded/g)?.length, 1);
    });

    await t.step("a slow network leaves one bundle that says so; the ledger is exact", async () => {
      // A live tool has a probe of its own: it neither takes from the agent nor adds to it.
      const tool = await vm.start(`exec ${AOD} smbslower -m 20 --json`);
      while (!/: tracing by /.test((await tool.output()).stderr)) await vm.check("usleep 200000");
      {
        await using _slow = await netemDelay(vm, 50);
        await vm.check(TRAFFIC, { timeoutMs: 60_000 });
      }
      await tool.kill("INT");
      const live = await tool.wait({ timeoutMs: 20_000 });
      assert.equal(live.code, 130, live.stderr);
      assert.ok(live.stdout.split("\n").filter((line) => /"SMB2_READ"/.test(line)).length >= 5);
      assert.match(live.stderr, /ring full 0,.*malformed 0/);
      const { bundles, ledger } = await statusThat(vm, (s) => s.bundles.sealed === 1);
      assert.equal(bundles.recent[0].verdict, "network");
      const { kernel: k, dispatcher, watcher } = ledger;
      assert.ok(k !== null);
      assert.equal(k.seen, k.emitted + k.filtered + k.drop_ring_full);
      assert.equal(k.emitted, dispatcher.records);
      assert.equal(dispatcher.records, dispatcher.queued);
      assert.equal(dispatcher.queued, watcher.records);
      const shown = await vm.check(`${AOD} bundle show ${bundles.recent[0].id}`);
      assert.match(shown, /^Verdict: network/);
      assert.match(shown, /\\\\127\.0\.0\.1\\s/);
      await vm.check(`${AOD} bundle verify ${bundles.recent[0].id}`);
    });

    await t.step(
      "a reload is in force in the kernel; a file at fault changes nothing",
      async () => {
        await vm.put("/etc/aod.yaml", config("default_threshold_ms: 5000"));
        assert.match(await vm.check(`${AOD} reload`), /slow\.default_threshold_ms: 20 -> 5000/);
        const before = (await status(vm)).ledger.kernel!.emitted;
        {
          await using _slow = await netemDelay(vm, 50);
          await vm.check(TRAFFIC, { timeoutMs: 60_000 });
        }
        assert.equal((await status(vm)).ledger.kernel!.emitted, before);
        await vm.put("/etc/aod.yaml", config("default_treshold_ms: 1"));
        const refused = await vm.run(`${AOD} reload`);
        assert.equal(refused.code, 2);
        assert.match(refused.stderr, /default_treshold_ms/);
      },
    );

    await t.step("the platform's figures of SMB are those of the client and the work", async () => {
      const quiet = config("default_threshold_ms: 60000");
      await vm.put("/etc/aod.yaml", quiet + PLATFORM);
      await vm.check(`${AOD} reload`);
      await platformFigures(vm, kernel === KERNELS.at(-1));
      await vm.put("/etc/aod.yaml", quiet);
      await vm.check(`${AOD} reload`);
      const { components } = await statusThat(vm, (s) => s.platform.state === "off");
      assert.deepEqual(components.map((c) => c.restarts), [0, 0, 0]);
    });

    // What does not depend on the kernel is tried on one.
    if (kernel === KERNELS.at(-1)) {
      const running: Running = {
        vm,
        status: () => status(vm),
        statusThat: (wanted) => statusThat(vm, wanted),
      };
      await begin(running);
      await t.step("smbinfo while smbd is stopped: named, and the bundle is sealed", () => {
        return smbinfoOfStoppedServer(running);
      });
      await t.step(
        "smbd stopped, killed, back: hung requests are told, the ledger is exact",
        () => {
          return serverComesAndGoes(running);
        },
      );
      await t.step(
        "shares are mounted and unmounted while it runs",
        () => mountsComeAndGo(running),
      );
      await t.step("the clock jumps a day on and a year back: nothing restarts", async () => {
        const before = (await status(vm)).bundles.sealed;
        for (const jump of ["+86400", "-31536000"]) {
          await vm.check(`date -s @$(( $(date +%s) ${jump.replace(/^([+-])/, "$1 ")} ))`);
          const path = await vm.check(`${AOD} snapshot`, { timeoutMs: 60_000 });
          assert.match(path, /aod_quick_\d{19}\.tar\.zst\n$/);
        }
        const { components, bundles } = await status(vm);
        assert.equal(bundles.sealed, before + 2);
        assert.deepEqual(components.map((c) => c.restarts), [0, 0, 0]);
      });
    }

    await t.step("SIGTERM: drained, 0, and the module can be unloaded", async () => {
      await agent.kill("TERM");
      const ended = await agent.wait({ timeoutMs: 15_000 });
      assert.equal(ended.code, 0, ended.stderr);
      assert.match(ended.stderr, /stopped\n$/);
      await unmount(vm, "/mnt/s");
      assert.equal((await unloadCifs(vm)).code, 0);
      const audit = await vm.check("cat /var/log/aod/audit.jsonl");
      const events = audit.trimEnd().split("\n").map((line) => JSON.parse(line).event);
      assert.equal(events[0], "started");
      assert.equal(events.at(-1), "stopped");
      for (const event of ["anomaly", "action", "sealed", "reload", "reload_refused"]) {
        assert.ok(events.includes(event), event);
      }
    });
  });
}
