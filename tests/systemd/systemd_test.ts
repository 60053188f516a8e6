/**
 * The package in a guest with a real systemd: installed by dpkg, the unit in its sandbox, reload,
 * watchdog, stop, removal.
 * @module
 */
import assert from "node:assert/strict";
import { buildDeb } from "../../packaging/deb/build.ts";
import { aodVersion } from "../../packaging/package.ts";
import type { AgentStatus } from "../../src/service/status.ts";
import { openBundle } from "../vm/support/bundle.ts";
import { slowReads } from "../vm/support/faults.ts";
import { bootSystemd } from "../vm/support/systemd.ts";
import type { Vm } from "../vm/support/vm.ts";

const START_MS = 90_000;
const READ = "dd if=/mnt/s/file iflag=direct bs=4k count=1 of=/dev/null";

/** What the installed configuration has off: all of it has to work in the sandbox. */
const OTHER_PARTS =
  `event_log: { enabled: true, types: [process, network], max_events_per_sec: 100 }
ebpf: { enable_syscall_trace: true, enable_exec_monitor: true, enable_io_monitor: true }
history: { enabled: true }`;

/** Properties of the unit. */
async function show(vm: Vm, ...names: string[]): Promise<Record<string, string>> {
  const text = await vm.check(`systemctl show aod -p ${names.join(",")}`);
  return Object.fromEntries(
    text.trimEnd().split("\n").map((line) => {
      const at = line.indexOf("=");
      return [line.slice(0, at), line.slice(at + 1)];
    }),
  );
}

/** Polls until a command of the guest exits with 0. */
async function until(vm: Vm, command: string): Promise<void> {
  const deadline = performance.now() + START_MS;
  while ((await vm.run(command)).code !== 0) {
    if (performance.now() > deadline) {
      const log = await vm.run("systemctl status aod; journalctl -b --no-pager | tail -60");
      assert.fail(`not so within ${START_MS} ms: ${command}\n${log.stdout}${log.stderr}`);
    }
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** Polls until the agent's status is as wanted. */
async function statusThat(vm: Vm, wanted: (s: AgentStatus) => boolean): Promise<AgentStatus> {
  const deadline = performance.now() + START_MS;
  for (;;) {
    const now: AgentStatus = JSON.parse(await vm.check("aod status --json"));
    if (wanted(now)) return now;
    assert.ok(performance.now() < deadline, JSON.stringify(now, null, 1));
    await new Promise((resolve) => setTimeout(resolve, 300));
  }
}

/** Messages of the unit since boot, with their priorities. */
async function journal(vm: Vm): Promise<{ priority: number; text: string }[]> {
  const lines = await vm.check("journalctl -b -o json --no-pager SYSLOG_IDENTIFIER=aod");
  return lines.trim().split("\n").filter((line) => line !== "").map((line) => {
    const { PRIORITY, MESSAGE } = JSON.parse(line);
    return { priority: Number(PRIORITY), text: String(MESSAGE) };
  });
}

Deno.test("the package under systemd", async (t) => {
  const directory = await Deno.makeTempDir({ prefix: "aod-package-" });
  await using _directory = {
    [Symbol.asyncDispose]: () => Deno.remove(directory, { recursive: true }),
  };
  const source = { version: aodVersion(), epoch_sec: 1_700_000_000 };
  const deb = await buildDeb(source, directory);
  await using vm = await bootSystemd({ "/root/aod.deb": deb });

  await t.step("dpkg installs it; the service is enabled, started and ready", async () => {
    await vm.check("dpkg -i /root/aod.deb", { timeoutMs: START_MS });
    await until(vm, "systemctl is-active --quiet aod");
    assert.deepEqual(await show(vm, "ActiveState", "SubState", "NRestarts", "Type", "Result"), {
      ...{ ActiveState: "active", SubState: "running", NRestarts: "0" },
      ...{ Type: "notify", Result: "success" },
    });
    assert.equal(await vm.check("systemctl is-enabled aod"), "enabled\n");
    assert.equal(await vm.check("systemctl is-active linux_diagnostics"), "active\n");
  });

  await t.step(
    "reload applies a change; a file at fault fails it and changes nothing",
    async () => {
      await vm.check("sed -i 's/cooldown_sec: 30/cooldown_sec: 1/' /etc/aod.yaml");
      await vm.check("cp /etc/aod.yaml /root/plain.yaml");
      await vm.check(`printf '%s\\n' '${OTHER_PARTS}' >>/etc/aod.yaml`);
      await vm.check("systemctl reload aod");
      await vm.check("cp /etc/aod.yaml /root/good.yaml && echo 'nonsense: 1' >>/etc/aod.yaml");
      assert.notEqual((await vm.run("systemctl reload aod")).code, 0);
      assert.equal(await vm.check("systemctl is-active aod"), "active\n");
      await vm.check("cp /root/good.yaml /etc/aod.yaml");
      const lines = await journal(vm);
      assert.ok(lines.some(({ text }) => /configuration read again: \d+ keys changed/.test(text)));
      assert.ok(lines.some(({ text }) => /nonsense/.test(text)), JSON.stringify(lines));
    },
  );

  await t.step("in its sandbox the probe attaches and every action works", async () => {
    const status = await statusThat(
      vm,
      ({ probe, event_log, platform }) =>
        probe.state === "attached" && event_log.state === "on" && platform.state === "on" &&
        platform.tracers.length === 3,
    );
    assert.equal(status.probe.mode, "fentry");
    assert.deepEqual(status.platform.faults, []);
    const path = (await vm.check("aod snapshot")).trim();
    const id = path.match(/aod_quick_(\d+)/)?.[1] ?? "";
    const { manifest } = await openBundle(await vm.get(path), id);
    assert.ok(manifest.actions.length >= 12);
    for (const { name, status, note, stderr } of manifest.actions) {
      // Emulated, smbinfo needs longer than the two seconds that it has.
      const fine = name === "smbinfo" ? ["ok", "timeout"] : ["ok"];
      assert.ok(fine.includes(status), `${name} ${status}: ${note} ${stderr}`);
      assert.doesNotMatch(`${note}${stderr}`, /denied|not permitted/i, name);
    }
    const pid = (await show(vm, "MainPID")).MainPID;
    const facts = await vm.check(`cat /proc/${pid}/status`);
    assert.match(facts, /^NoNewPrivs:\t1$/m);
    assert.match(facts, /^Seccomp:\t2$/m);
    assert.equal(await vm.check(`cat /proc/${pid}/attr/current`), "aod (enforce)\n");
    await vm.check("cp /root/plain.yaml /etc/aod.yaml && systemctl reload aod");
    // Its own directories only.
    const mounts = `nsenter -t ${pid} -m`;
    assert.match((await vm.run(`${mounts} touch /etc/x /usr/x`)).stderr, /Read-only file system/);
  });

  await t.step("the journal has its lines with their priorities", async () => {
    const lines = await journal(vm);
    assert.equal(lines.find(({ text }) => /ready in/.test(text))?.priority, 6);
    assert.ok(lines.every(({ text }) => !/^<\d>/.test(text)));
  });

  await t.step("an agent that hangs is killed by the watchdog and started again", async () => {
    await vm.check("mkdir -p /etc/systemd/system/aod.service.d");
    await vm.put("/etc/systemd/system/aod.service.d/test.conf", "[Service]\nWatchdogSec=8\n");
    await vm.check("systemctl daemon-reload && systemctl restart aod", { timeoutMs: START_MS });
    const before = (await show(vm, "MainPID")).MainPID;
    await vm.check(`kill -STOP ${before}`);
    await until(
      vm,
      `[ "$(systemctl show aod -p MainPID --value)" -gt 0 ] && ` +
        `[ "$(systemctl show aod -p MainPID --value)" != ${before} ] && ` +
        "systemctl is-active --quiet aod",
    );
    assert.equal((await show(vm, "NRestarts")).NRestarts, "1");
    assert.match(await vm.check("journalctl -b -u aod --no-pager"), /Watchdog timeout/);
  });

  await t.step("stop drains: what is being collected is sealed", async () => {
    await vm.check("echo data >/srv/share/file");
    await statusThat(vm, ({ probe }) => probe.state === "attached");
    {
      await using _slow = await slowReads(vm, 1500);
      await vm.check(READ);
      await until(vm, "ls -A /var/log/aod/batches | grep -q '^\\.aod_quick'");
      await vm.check("systemctl stop aod", { timeoutMs: 40_000 });
    }
    assert.deepEqual(await show(vm, "ActiveState", "Result", "ExecMainStatus"), {
      ...{ ActiveState: "inactive", Result: "success", ExecMainStatus: "0" },
    });
    assert.equal((await vm.run("ls -A /var/log/aod/batches | grep '^\\.aod'")).stdout, "");
    const bundle = await vm.run("aod bundle show");
    const log = await vm.run("journalctl -b -u aod --no-pager | tail -30");
    assert.match(bundle.stdout, /^Verdict: /, bundle.stderr + log.stdout);
    assert.ok((await journal(vm)).some(({ text }) => /SIGTERM: draining/.test(text)));
  });

  await t.step("installed again: the configuration stays, the service runs", async () => {
    await vm.check("dpkg -i /root/aod.deb", { timeoutMs: START_MS });
    await until(vm, "systemctl is-active --quiet aod");
    assert.match(await vm.check("cat /etc/aod.yaml"), /cooldown_sec: 1\n/);
  });

  await t.step(
    "removed: nothing runs, configuration and bundles stay; purged: nothing is left",
    async () => {
      await vm.check("dpkg -r aod", { timeoutMs: START_MS });
      assert.notEqual((await vm.run("systemctl is-active aod")).code, 0);
      await vm.check(
        "test -f /etc/aod.yaml && ls /var/log/aod/batches/*.zst && ! test -e /var/cache/aod",
      );
      await vm.check("dpkg -P aod", { timeoutMs: START_MS });
      await vm.check("rm -r /etc/systemd/system/aod.service.d");
      const left = await vm.check(
        "find /etc /usr /var /run -xdev -name '*aod*' -not -path '/usr/src/*' | sort",
      );
      assert.equal(left, "");
    },
  );
});
