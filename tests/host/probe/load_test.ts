/** The loader on a kernel without cifs, and against objects of another bpf/events.h. */
import assert from "node:assert/strict";
import { assetBytes } from "../../../src/os/assets.ts";
import { moduleLoaded } from "../../../src/bpf/kernel_btf.ts";
import { checkLayout, LayoutError, layoutOfObject } from "../../../src/probe/smb/layout.ts";
import { SMB_LAYOUT } from "../../../src/probe/smb/layout.gen.ts";
import { loadSmbProbe, ProbeError } from "../../../src/probe/smb/load.ts";
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
    const probe = {
      hook_mode: "auto",
      ring_size_kb: 1024,
      recorder_slots: 1024,
      max_in_flight: 1024,
    } as const;
    assert.throws(
      () => loadSmbProbe({ probe }),
      (error: unknown) => error instanceof ProbeError && error.reason === "cifs_absent",
    );
  },
});
