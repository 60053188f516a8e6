/** The release function of each kernel generation is chosen by BTF. */
import assert from "node:assert/strict";
import { Btf } from "../../../../src/bpf/btf.ts";
import {
  fentryPlan,
  rawPlan,
  readFentryPlan,
  releaseProgram,
} from "../../../../src/probe/smb/programs.ts";
import { BtfWriter } from "../../../support/btf_writer.ts";

function kernelWith(functions: Record<string, number>): Btf {
  const w = new BtfWriter();
  for (const [name, parameters] of Object.entries(functions)) w.func(name, parameters);
  return new Btf(w.bytes());
}

Deno.test("every known release function has its program", () => {
  const cases: [Record<string, number>, string | null][] = [
    [{ __release_mid: 1 }, "fe_release_kref"],
    [{ __release_mid: 2 }, "fe_release_server_mid"],
    [{ _cifs_mid_q_entry_release: 1 }, "fe_release_old_kref"],
    [{ cifs_mid_q_entry_release: 1 }, "fe_release_old_put"],
    [{ DeleteMidQEntry: 1 }, "fe_release_old_delete"],
    // Where there are two, the inner one frees.
    [{ DeleteMidQEntry: 1, _cifs_mid_q_entry_release: 1 }, "fe_release_old_kref"],
    [{ __release_mid: 3 }, null],
    [{}, null],
  ];
  for (const [functions, program] of cases) {
    assert.equal(releaseProgram(kernelWith(functions)), program, JSON.stringify(functions));
  }
});

Deno.test("fentry mode says what this kernel lacks", () => {
  assert.equal(fentryPlan(null), "the kernel has no BTF");
  assert.equal(
    fentryPlan(kernelWith({ smb2_mid_entry_alloc: 2 })),
    "the BTF of cifs has no function smb2_check_receive",
  );
  assert.equal(
    readFentryPlan(() => new Btf(new Uint8Array(64))),
    "the BTF of cifs cannot be read (not little-endian BTF)",
  );
  const plan = fentryPlan(
    kernelWith({ smb2_mid_entry_alloc: 2, smb2_check_receive: 3, __release_mid: 1 }),
  );
  assert.ok(typeof plan !== "string");
  // Ends attach before starts.
  assert.deepEqual(plan.required, ["fe_release_kref", "fe_check_receive", "fe_mid_alloc"]);
  assert.deepEqual(rawPlan().required, ["rt_cmd_done", "rt_cmd_err", "rt_cmd_enter"]);
});
