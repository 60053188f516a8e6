/** Rules written into real maps while a configuration changes. @module */
import assert from "node:assert/strict";
import { createMap, indexKey, lookupElem, mapEntries } from "../../../src/bpf/map.ts";
import { parseConfig } from "../../../src/evidence/configuration.ts";
import { SMB_CODE_BYTES, SMB_RULES_BYTES } from "../../../src/probe/smb/layout.gen.ts";
import { applyRules, kernelRules } from "../../../src/probe/smb/rules.ts";
import { closeFd } from "../../../src/os/libc.ts";
import "../../support/libraries.ts";

/** BPF_MAP_TYPE_HASH, BPF_MAP_TYPE_ARRAY: include/uapi/linux/bpf.h. */
const HASH = 1;
const ARRAY = 2;

function config(error: string) {
  const text =
    `guardian: {anomalies: {e: {type: error, tool: smbiosnoop, ${error}, actions: [dmesg]}}}`;
  return parseConfig(text, "test").config;
}

Deno.test("a reload leaves exactly the new rules in the maps", () => {
  const maps = {
    smb_codes: createMap({
      type: HASH,
      key_bytes: SMB_CODE_BYTES,
      value_bytes: 4,
      max_entries: 64,
    }),
    smb_rules: createMap({
      type: ARRAY,
      key_bytes: 4,
      value_bytes: SMB_RULES_BYTES,
      max_entries: 1,
    }),
  };
  try {
    for (
      const rules of [
        "exclude_codes: [EACCES, DISK_FULL]",
        "mode: trackonly, track_codes: [EACCES, END_OF_FILE]",
        "mode: trackonly, track_codes: [EIO]",
        "exclude_codes: [EACCES]",
      ]
    ) {
      const next = config(rules);
      applyRules({ maps }, next);
      const want = kernelRules(next);
      assert.deepEqual(lookupElem(maps.smb_rules, indexKey(0), SMB_RULES_BYTES), want.rules);
      const have = [...mapEntries(maps.smb_codes, SMB_CODE_BYTES, 4)]
        .map(([key, value]) => `${key}=${value[0]}`).sort();
      const expected = [...want.codes.values()].map(({ key, rule }) => `${key}=${rule}`).sort();
      assert.deepEqual(have, expected, rules);
    }
  } finally {
    for (const fd of Object.values(maps)) closeFd(fd);
  }
});
