/**
 * Every check of the doctor on machines described by the files a check reads.
 * @module
 */
import assert from "node:assert/strict";
import { parseConfig } from "../../../../src/evidence/configuration.ts";
import type { Check, DoctorContext, ProbeTrial } from "../../../../src/service/doctor/check.ts";
import { actions } from "../../../../src/service/doctor/actions.ts";
import { btf } from "../../../../src/service/doctor/btf.ts";
import { cifs } from "../../../../src/service/doctor/cifs.ts";
import { examine } from "../../../../src/service/doctor/examine.ts";
import { hook } from "../../../../src/service/doctor/hook.ts";
import { jit } from "../../../../src/service/doctor/jit.ts";
import { kernel } from "../../../../src/service/doctor/kernel.ts";
import { lockdown } from "../../../../src/service/doctor/lockdown.ts";
import { mounts } from "../../../../src/service/doctor/mounts.ts";
import { output } from "../../../../src/service/doctor/output.ts";
import { CHECKS } from "../../../../src/service/doctor/registry.ts";
import { statistics } from "../../../../src/service/doctor/statistics.ts";

interface Machine {
  files?: Record<string, string>;
  kernel?: string;
  uid?: number;
  config?: string;
  programs?: string[];
  trial?: ProbeTrial;
}

function machine({ files = {}, programs = [], trial, ...rest }: Machine): DoctorContext {
  return {
    config: parseConfig(
      rest.config ??
        "guardian: {anomalies: {slow: {type: latency, tool: smbslower, actions: [dmesg]}}}",
      "test.yaml",
    ).config,
    uid: rest.uid ?? 0,
    kernel: rest.kernel ?? "6.1.0-56-amd64",
    read: (path) => files[path] ?? null,
    exists: (path) => path in files,
    tryEventLog: () => ({ missing: [] }),
    tryProbe: () => Promise.resolve(trial ?? { error: "not to be tried", code: "unknown" }),
    findProgram: (name) => programs.includes(name) ? `/usr/bin/${name}` : null,
  };
}

/** `status: text` of every finding, `!` in front of the hopeless. */
async function findings(check: Check, on: Machine): Promise<string[]> {
  return (await check.run(machine(on))).map((f) =>
    `${f.hopeless ? "!" : ""}${f.status}: ${f.text}`
  );
}

Deno.test("kernel: too old is hopeless, untested is a warning", async () => {
  assert.deepEqual(await findings(kernel, { kernel: "6.12.117+deb12-amd64" }), [
    "ok: kernel 6.12.117+deb12-amd64",
  ]);
  assert.match((await findings(kernel, { kernel: "5.4.0-1-amd64" }))[0], /^!fail: kernel 5\.4/);
  assert.match((await findings(kernel, { kernel: "5.15.0" }))[0], /^warn: .*older than what/);
  assert.match((await findings(kernel, { kernel: "7.0.1" }))[0], /^ok/);
  assert.match((await findings(kernel, { kernel: "none" }))[0], /^warn: .*unknown version/);
});

Deno.test("jit: off is a warning with the sysctl", async () => {
  const path = "/proc/sys/net/core/bpf_jit_enable";
  assert.match((await findings(jit, { files: { [path]: "0\n" } }))[0], /^warn/);
  assert.match((await findings(jit, { files: { [path]: "1\n" } }))[0], /^ok: .*\(1\)/);
  assert.match((await findings(jit, {}))[0], /^warn: .*cannot be read/);
});

Deno.test("btf: none of the kernel fails, none of the module means raw tracepoints", async () => {
  const vmlinux = { "/sys/kernel/btf/vmlinux": "" };
  const loaded = { ...vmlinux, "/sys/module/cifs": "", "/sys/module/cifs/sections": "" };
  assert.match((await findings(btf, {}))[0], /^!fail/);
  assert.equal((await findings(btf, { files: vmlinux })).length, 1);
  assert.match((await findings(btf, { files: loaded }))[1], /^warn: .*raw tracepoints/);
  const both = { ...loaded, "/sys/kernel/btf/cifs": "" };
  assert.match((await findings(btf, { files: both }))[1], /^ok: BTF of cifs/);
  const builtin = { ...vmlinux, "/sys/module/cifs": "" };
  assert.match((await findings(btf, { files: builtin }))[1], /^ok: cifs is built in/);
});

Deno.test("lockdown: only confidentiality forbids the probe", async () => {
  const at = (text: string) =>
    findings(lockdown, { files: { "/sys/kernel/security/lockdown": text } });
  assert.match((await at("[none] integrity confidentiality\n"))[0], /^ok: lockdown is none/);
  assert.match((await at("none [integrity] confidentiality\n"))[0], /^ok: lockdown is integrity/);
  assert.match((await at("none integrity [confidentiality]\n"))[0], /^!fail/);
  assert.match((await findings(lockdown, {}))[0], /^ok/);
});

Deno.test("cifs: loaded, installed, built in, absent", async () => {
  const dep = "/lib/modules/6.1.0-56-amd64/modules.dep";
  const builtin = "/lib/modules/6.1.0-56-amd64/modules.builtin";
  const line = "kernel/fs/smb/client/cifs.ko: kernel/fs/smb/common/cifs_arc4.ko\n";
  const loaded = { "/sys/module/cifs": "", "/sys/module/cifs/version": "2.40\n" };
  assert.deepEqual(await findings(cifs, { files: loaded }), ["ok: cifs is loaded (version 2.40)"]);
  assert.match((await findings(cifs, { files: { [dep]: line } }))[0], /^warn/);
  assert.match((await findings(cifs, { files: { [builtin]: line } }))[0], /^ok: cifs is built in/);
  assert.match((await findings(cifs, { files: { [dep]: "kernel/fs/nfs/nfs.ko:\n" } }))[0], /^fail/);
});

Deno.test("hook: tells the mode, why it is not fentry, and each program that is missing", async () => {
  const files = { "/sys/module/cifs": "" };
  const attached = { name: "a", attached: true };
  const fentry = { mode: "fentry", fallback_reason: "" } as const;
  const run = (trial: ProbeTrial, more: Machine = {}) => findings(hook, { files, trial, ...more });
  assert.match((await run({ ...fentry, programs: [attached] }))[0], /^ok: fentry/);
  const missing = { name: "b", attached: false, error: "no such function" };
  assert.deepEqual((await run({ ...fentry, programs: [attached, missing] })).slice(1), [
    "warn: b does not attach: no such function",
  ]);
  const raw: ProbeTrial = { mode: "raw_tp", programs: [attached], fallback_reason: "no BTF" };
  assert.match((await run(raw))[0], /^warn: .*\(no BTF\)/);
  const config =
    "probe: {hook_mode: raw_tp}\nguardian: {anomalies: {s: {type: latency, tool: smbslower, actions: [dmesg]}}}";
  assert.match((await run(raw, { config }))[0], /^warn: .*as configured/);
  assert.match((await run({ error: "x", code: "not_permitted" }))[0], /^fail/);
  assert.match((await run({ error: "x", code: "unsupported" }))[0], /^!fail/);
  assert.match((await run(raw, { uid: 1000 }))[0], /^fail: the hooks cannot be tried/);
  assert.match((await run(raw, { files: {} }))[0], /^warn: .*before cifs is loaded/);
});

Deno.test("mounts: SMB1 is named, other versions and types are not", async () => {
  const text = `//s/a /a cifs rw,vers=1.0,cache=strict 0 0
//s/b /b cifs rw,vers=3.1.1 0 0
//s/c /c smb3 rw,vers=3.0 0 0
/dev/sda / ext4 rw,vers=1.0 0 0
`;
  assert.deepEqual(await findings(mounts, { files: { "/proc/mounts": text } }), [
    "ok: 3 SMB mounts",
    "warn: /a (//s/a) is mounted with SMB1: not seen",
  ]);
  assert.deepEqual(await findings(mounts, { files: { "/proc/mounts": "" } }), ["ok: no SMB mount"]);
});

Deno.test("actions: every configured program once, also those of the file's own actions", async () => {
  const config = `
guardian:
  anomalies:
    slow:
      type: latency
      tool: smbslower
      actions: [dmesg, mounts, tcpdump, {name: mine, command: [/opt/mine, -v]}, {name: f, file: /etc/hosts}]
    bad: { type: error, tool: smbiosnoop, actions: [dmesg] }
`;
  const found = await findings(actions, {
    config,
    programs: ["dmesg", "/opt/mine"],
    files: { "/etc/hosts": "" },
  });
  assert.deepEqual(found.map((line) => line.replace(/: Cannot.*/, "")), [
    "ok: dmesg: /usr/bin/dmesg",
    "ok: mounts: needs no program",
    "warn: tcpdump",
    "ok: mine: /usr/bin//opt/mine",
    "ok: f: /etc/hosts",
  ]);
});

Deno.test("statistics: on, off, unknown", async () => {
  const at = (text: string) =>
    findings(statistics, { files: { "/boot/config-6.1.0-56-amd64": text } });
  assert.match((await at("CONFIG_CIFS=m\nCONFIG_CIFS_STATS2=y\n"))[0], /^ok: .*is on/);
  assert.match((await at("CONFIG_CIFS=m\n# CONFIG_CIFS_STATS2 is not set\n"))[0], /^warn/);
  assert.match((await at("CONFIG_NFS_FS=m\n"))[0], /^ok: .*without cifs/);
});

Deno.test("output: what is there, what is in the way, what others may write", async () => {
  const dir = Deno.makeTempDirSync();
  const at = (name: string, cleanup = "{}") =>
    findings(output, {
      config: `aod_output_dir: ${dir}/${name}\ncleanup: ${cleanup}
guardian: {anomalies: {slow: {type: latency, tool: smbslower, actions: [dmesg]}}}`,
    });
  assert.match((await at("new/below"))[0], /^ok: .*will be made/);
  Deno.mkdirSync(`${dir}/mine`, { mode: 0o700 });
  assert.match((await at("mine"))[0], /^ok/);
  Deno.chmodSync(`${dir}/mine`, 0o755);
  assert.match((await at("mine"))[0], /^warn: .*read by others \(755\)/);
  Deno.chmodSync(`${dir}/mine`, 0o777);
  assert.match((await at("mine"))[0], /^fail: .*written by others/);
  Deno.symlinkSync(`${dir}/mine`, `${dir}/link`);
  assert.match((await at("link"))[0], /^fail: .*symbolic link/);
  Deno.writeTextFileSync(`${dir}/file`, "");
  assert.match((await at("file"))[0], /^fail: .*not a directory/);
  assert.match((await at("new", "{min_free_mb: 1048576}"))[1], /^fail: .*nothing is collected/);
  Deno.removeSync(dir, { recursive: true });
});

Deno.test("a check that throws is a finding; every check has a name of its own", async () => {
  const broken: Check = { name: "broken", about: "", run: () => Promise.reject(new Error("boom")) };
  const found = await examine([broken], machine({}));
  assert.deepEqual(found.map(({ check, status, text }) => [check, status, text]), [
    ["broken", "warn", "Cannot check: because boom"],
  ]);
  assert.equal(new Set(CHECKS.map((check) => check.name)).size, CHECKS.length);
});
