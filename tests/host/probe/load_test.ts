/** The loader on a kernel without cifs, and against objects of another bpf/events.h. */
import assert from "node:assert/strict";
import { Elf } from "../../../src/bpf/elf.ts";
import { indexKey, lookupElem, runSyscallProgram } from "../../../src/bpf/map.ts";
import { assetBytes } from "../../../src/os/assets.ts";
import { moduleLoaded } from "../../../src/bpf/kernel_btf.ts";
import { checkLayout, LayoutError, layoutOfObject } from "../../../src/probe/smb/layout.ts";
import { SMB_LAYOUT } from "../../../src/probe/smb/layout.gen.ts";
import { loadPlan, loadSmbProbe, ProbeError } from "../../../src/probe/smb/load.ts";
import { LEAVE_OUT_PROGRAM, SCAN_PROGRAM } from "../../../src/probe/smb/programs.ts";
import { buildTestObject } from "../../support/bpf_build.ts";
import "../../support/libraries.ts";

/** A copy of an object with one name of its BTF changed. */
function renamed(object: Uint8Array, from: string, to: string): Uint8Array {
  const copy = object.slice();
  const encoder = new TextEncoder();
  const [old, now] = [encoder.encode(`\0${from}\0`), encoder.encode(`\0${to}\0`)];
  let found = 0;
  for (let at = 0; at + old.length <= copy.length; at++) {
    if (!old.every((byte, i) => copy[at + i] === byte)) continue;
    copy.set(now, at);
    found++;
  }
  assert.ok(found > 0, `${from} is not in the object`);
  return copy;
}

const probe = {
  hook_mode: "auto",
  ring_size_kb: 1024,
  recorder_slots: 1024,
  max_in_flight: 1024,
} as const;

/** A copy of the probe with the first instruction of a program that begins with `code` replaced. */
function patched(program: string, code: Uint8Array | null, by: Uint8Array): Uint8Array {
  const copy = assetBytes("smb.bpf.o").slice();
  const elf = new Elf(copy);
  const symbol = elf.symbols().find(({ name }) => name === program);
  assert.ok(symbol !== undefined);
  const section = elf.section(symbol.section)!.data;
  const end = symbol.offset + symbol.bytes;
  let at = symbol.offset;
  while (at < end && !(code?.every((byte, i) => section[at + i] === byte) ?? true)) at += 8;
  assert.ok(at < end, `${program} has no such instruction`);
  section.set(by, at);
  return copy;
}

const statusOf = (loaded: { programs: { name: string; attached: boolean; error?: string }[] }) =>
  new Map(loaded.programs.map((status) => [status.name, status]));

Deno.test("the built probe has the layout of this program", () => {
  const object = assetBytes("smb.bpf.o");
  checkLayout(object);
  assert.deepEqual(layoutOfObject(object), SMB_LAYOUT);
});

Deno.test("an object with another layout is refused, naming the field", () => {
  const object = assetBytes("smb.bpf.o");
  assert.throws(
    () => checkLayout(renamed(object, "session_id", "sessionxid")),
    (error: unknown) =>
      error instanceof LayoutError &&
      /aod_smb_request\.session_?x?id is absent/.test(error.message),
  );
  assert.throws(
    () => checkLayout(renamed(object, "AOD_SMB_F_SLOW", "AOD_SMB_F_LATE")),
    /aod_smb_flag\.AOD_SMB_F_SLOW is absent, expected 512/,
  );
  assert.throws(
    () => checkLayout(buildTestObject("tests/host/bpf/rejected.bpf.c")),
    /aod_smb_request is absent/,
  );
});

Deno.test({
  name: "without cifs the loader says so, by a reason that programs can read",
  ignore: moduleLoaded("cifs"),
  fn: () => {
    assert.throws(
      () => loadSmbProbe({ probe }),
      (error: unknown) => error instanceof ProbeError && error.reason === "cifs_absent",
    );
  },
});

Deno.test({
  name: "a program that cannot be attached, loaded or verified is left out alone; the others run",
  ignore: moduleLoaded("cifs"),
  fn: async () => {
    // r0 = *(u64 *)(r9 + 0) as its first instruction: r9 was never set.
    const badRead = new Uint8Array([0x79, 0x90, 0, 0, 0, 0, 0, 0]);
    const object = patched("any_connect_err", null, badRead);
    const plan = {
      mode: "raw_tp",
      required: ["rt_exit"],
      optional: ["opt_fork", "opt_exit", "fe_setup_request", SCAN_PROGRAM, LEAVE_OUT_PROGRAM],
    } as const;
    const loaded = loadPlan(
      object,
      { mode: plan.mode, required: [...plan.required], optional: [...plan.optional] },
      { probe, leave_out_self: true },
      "",
    );
    try {
      const status = statusOf(loaded);
      // Its fentry target is not there, the verifier refuses it, its tracepoint is not there.
      assert.match(
        status.get("fe_setup_request")?.error ?? "",
        /^Cannot load BPF object smb \(program fe_setup_request\): because ESRCH/,
      );
      assert.match(
        status.get("any_connect_err")?.error ?? "",
        /^Cannot load BPF object smb \(program any_connect_err\): because EACCES/,
      );
      assert.match(
        status.get("any_reconnect")?.error ?? "",
        /^Cannot attach to the kernel \(program any_reconnect\): because ENOENT/,
      );
      const attached = loaded.programs.filter((p) => p.attached).map((p) => p.name).sort();
      assert.deepEqual(attached, ["opt_exit", "opt_fork", "rt_exit", LEAVE_OUT_PROGRAM]);
      for (const name of [...attached, SCAN_PROGRAM]) {
        assert.equal(status.get(name)?.error, undefined);
      }
      // And they run: the scan on request, the others at a fork and an exit.
      // Nothing is in flight, so nothing will be due for as long as it can say.
      assert.equal(runSyscallProgram(loaded.handles.scan_program), 2 ** 31 - 1);
      const excluded = (pid: number) =>
        lookupElem(loaded.handles.maps.smb_excluded, indexKey(pid), 1) !== null;
      const child = new Deno.Command("/bin/cat", { stdin: "piped", stdout: "null" }).spawn();
      assert.ok(excluded(Deno.pid) && excluded(child.pid));
      await child.stdin.close();
      await child.status;
      assert.equal(excluded(child.pid), false);
    } finally {
      loaded.close();
    }
  },
});

Deno.test("an agent that could not be left out is told; the probe runs all the same", () => {
  // The flags of its map update, r4 = BPF_ANY, become BPF_EXIST: the kernel refuses the new key.
  const [any, exist] = [0, 2].map((flags) => new Uint8Array([0xb7, 4, 0, 0, flags, 0, 0, 0]));
  const loaded = loadPlan(
    patched(LEAVE_OUT_PROGRAM, any, exist),
    { mode: "raw_tp", required: ["rt_exit"], optional: [LEAVE_OUT_PROGRAM] },
    { probe, leave_out_self: true },
    "",
  );
  try {
    const status = statusOf(loaded);
    assert.equal(status.get("rt_exit")?.attached, true);
    assert.equal(status.get(LEAVE_OUT_PROGRAM)?.attached, false);
    assert.match(status.get(LEAVE_OUT_PROGRAM)?.error ?? "", /^Cannot leave out the agent/);
  } finally {
    loaded.close();
  }
});

Deno.test({
  name: "a required program that fails is the end of the probe, and nothing of it stays",
  ignore: moduleLoaded("cifs"),
  fn: () => {
    const descriptors = () => [...Deno.readDirSync("/proc/self/fd")].length;
    const load = (required: string[]) => () =>
      loadPlan(assetBytes("smb.bpf.o"), { mode: "raw_tp", required, optional: [] }, { probe }, "");
    const before = descriptors();
    for (const required of [["rt_exit", "rt_cmd_enter"], ["rt_exit", "fe_mid_alloc"]]) {
      assert.throws(
        load(required),
        (error: unknown) =>
          error instanceof ProbeError && error.reason === "load_failed" &&
          error.message.includes(`(program ${required[1]})`),
      );
      assert.equal(descriptors(), before);
    }
  },
});
