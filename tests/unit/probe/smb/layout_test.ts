/** Layouts that differ are told apart by field. */
import assert from "node:assert/strict";
import { type Layout, layoutDifferences } from "../../../../src/probe/smb/layout.ts";
import { SMB_LAYOUT } from "../../../../src/probe/smb/layout.gen.ts";

/** A copy that may be changed. */
function copy(): { structs: Layout["structs"]; enums: Layout["enums"] } {
  return structuredClone(SMB_LAYOUT) as unknown as Layout;
}

Deno.test("a layout equals itself", () => {
  assert.deepEqual(layoutDifferences(SMB_LAYOUT, copy()), []);
});

Deno.test("a field that moved, grew, came or went is named", () => {
  const other = copy();
  const { fields } = other.structs.aod_smb_request;
  fields.status = [72, 4];
  fields.comm = [104, 20];
  fields.extra = [124, 4];
  delete fields.uid;
  other.structs.aod_smb_request.bytes = 128;
  assert.deepEqual(layoutDifferences(SMB_LAYOUT, other).sort(), [
    "offset of aod_smb_request.extra is 124, expected absent",
    "offset of aod_smb_request.status is 72, expected 68",
    "offset of aod_smb_request.uid is absent, expected 100",
    "size of aod_smb_request is 128, expected 120",
    "size of aod_smb_request.comm is 20, expected 16",
  ]);
});

Deno.test("an enum value that changed, and a struct that is gone, are named", () => {
  const other = copy();
  other.enums.aod_smb_flag.AOD_SMB_F_SLOW = 1;
  delete other.structs.aod_smb_code;
  const differences = layoutDifferences(SMB_LAYOUT, other);
  assert.ok(differences.includes("aod_smb_flag.AOD_SMB_F_SLOW is 1, expected 512"));
  assert.ok(differences.includes("size of aod_smb_code is absent, expected 8"));
});
