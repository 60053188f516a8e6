/** The union over anomalies that the kernel side is told. @module */
import assert from "node:assert/strict";
import { parseConfig } from "../../../../src/evidence/configuration.ts";
import { errnoByName } from "../../../../src/config/names/errno.ts";
import { ntstatusByName } from "../../../../src/config/names/ntstatus.ts";
import { SMB_COMMANDS } from "../../../../src/config/names/smb_commands.ts";
import {
  SMB_CODE_RULE,
  SMB_ERROR_MODE,
  SMB_RULES_OFFSET,
  SMB_TYPE,
} from "../../../../src/probe/smb/layout.gen.ts";
import { kernelRules } from "../../../../src/probe/smb/rules.ts";

const NEVER = 2n ** 64n - 1n;

function rulesOf(...anomalies: string[]) {
  const lines = anomalies.map((a, i) => `    a${i}: {${a}, actions: [dmesg]}`);
  const text = `guardian:\n  anomalies:\n${lines.join("\n")}\n`;
  const { rules, codes } = kernelRules(parseConfig(text, "test").config);
  const view = new DataView(rules.buffer);
  const u64 = (base: number, name: string) =>
    view.getBigUint64(base + 8 * SMB_COMMANDS[name], true);
  return {
    threshold: (name: string) => u64(SMB_RULES_OFFSET.threshold_ns, name),
    emergency: (name: string) => u64(SMB_RULES_OFFSET.emergency_ns, name),
    errorMode: view.getUint32(SMB_RULES_OFFSET.error_mode, true),
    events: view.getUint32(SMB_RULES_OFFSET.events, true),
    waits: view.getUint32(SMB_RULES_OFFSET.waits_tracked, true),
    ntstatus: (name: string) => codes.get(`ntstatus:${ntstatusByName(name)}`)?.rule,
    errno: (name: string) => codes.get(`errno:${errnoByName(name)}`)?.rule,
    codes,
  };
}

const LATENCY = "type: latency, tool: smbslower";
const ERROR = "type: error, tool: smbiosnoop";

Deno.test("the least threshold of all anomalies counts, for each command", () => {
  const rules = rulesOf(
    `${LATENCY}, mode: trackonly, default_threshold_ms: 5, emergency_threshold_ms: 2000, track_commands: [SMB2_READ]`,
    `${LATENCY}, default_threshold_ms: 20.5, track_commands: [{command: SMB2_WRITE, threshold: 50}], exclude_commands: [SMB2_ECHO]`,
  );
  assert.equal(rules.threshold("SMB2_READ"), 5_000_000n);
  assert.equal(rules.threshold("SMB2_CREATE"), 20_500_000n);
  assert.equal(rules.threshold("SMB2_WRITE"), 50_000_000n);
  assert.equal(rules.threshold("SMB2_ECHO"), NEVER);
  assert.equal(rules.emergency("SMB2_ECHO"), NEVER);
  assert.equal(rules.emergency("SMB2_READ"), 1_000_000_000n);
  assert.equal(rules.errorMode, SMB_ERROR_MODE.NONE);
  assert.equal(rules.codes.size, 0);
  assert.equal(rules.events, 0);
});

Deno.test("a threshold of 0 stays 0", () => {
  assert.equal(rulesOf(`${LATENCY}, default_threshold_ms: 0`).threshold("SMB2_READ"), 0n);
});

Deno.test("commands that wait by design are told only where they are named", () => {
  const plain = rulesOf(LATENCY);
  assert.equal(plain.threshold("SMB2_CHANGE_NOTIFY"), NEVER);
  assert.equal(plain.emergency("SMB2_CHANGE_NOTIFY"), NEVER);
  assert.equal(plain.threshold("SMB2_LOCK"), 10_000_000n, "a LOCK that may not block is ordinary");
  assert.equal(plain.waits, 0);
  const named = rulesOf(LATENCY, `${LATENCY}, track_commands: [SMB2_LOCK, CHANGE_NOTIFY]`);
  assert.equal(named.threshold("SMB2_CHANGE_NOTIFY"), 10_000_000n);
  assert.equal(
    named.waits,
    (1 << SMB_COMMANDS.SMB2_LOCK) | (1 << SMB_COMMANDS.SMB2_CHANGE_NOTIFY),
  );
});

Deno.test("codes past the commands that exist are never slow", () => {
  const { rules } = kernelRules(
    parseConfig(
      `guardian: {anomalies: {a: {${LATENCY}, default_threshold_ms: 0, actions: [dmesg]}}}`,
      "test",
    ).config,
  );
  const view = new DataView(rules.buffer);
  assert.equal(view.getBigUint64(SMB_RULES_OFFSET.threshold_ns + 8 * 31, true), NEVER);
});

Deno.test("error mode and benign codes", () => {
  const listed = rulesOf(`${ERROR}, mode: trackonly, track_codes: [EACCES, END_OF_FILE]`);
  assert.equal(listed.errorMode, SMB_ERROR_MODE.LISTED);
  assert.equal(listed.errno("EACCES"), SMB_CODE_RULE.TRACK);
  assert.equal(listed.ntstatus("END_OF_FILE"), SMB_CODE_RULE.TRACK, "named: it counts");
  assert.equal(listed.ntstatus("MORE_PROCESSING_REQUIRED"), SMB_CODE_RULE.BENIGN);
  assert.equal(rulesOf(ERROR).errorMode, SMB_ERROR_MODE.ALL);
  assert.equal(
    rulesOf(ERROR, `${ERROR}, mode: trackonly, track_codes: [EIO]`).errorMode,
    SMB_ERROR_MODE.ALL,
  );
});

Deno.test("an exclusion holds only where no anomaly may count the code", () => {
  const one = rulesOf(`${ERROR}, exclude_codes: [EACCES, DISK_FULL]`);
  assert.equal(one.errno("EACCES"), SMB_CODE_RULE.EXCLUDE);
  assert.equal(one.ntstatus("DISK_FULL"), SMB_CODE_RULE.EXCLUDE);
  const other = rulesOf(`${ERROR}, exclude_codes: [EACCES]`, ERROR);
  assert.equal(other.errno("EACCES"), undefined);
  const tracked = rulesOf(
    `${ERROR}, exclude_codes: [DISK_FULL, EACCES]`,
    `${ERROR}, mode: trackonly, track_codes: [ENOSPC]`,
  );
  assert.equal(tracked.ntstatus("DISK_FULL"), undefined, "ENOSPC is what DISK_FULL becomes");
  assert.equal(tracked.errno("EACCES"), SMB_CODE_RULE.EXCLUDE);
});

Deno.test("connection events are asked for by the anomalies that count them", () => {
  const bits = (...types: number[]) => types.reduce((sum, t) => sum | (1 << t), 0);
  const tool = "tool: smbiosnoop";
  assert.equal(rulesOf(ERROR).events, bits(SMB_TYPE.OP_ERROR, SMB_TYPE.CONNECT_ERROR));
  assert.equal(rulesOf(`type: Reconnect, ${tool}`).events, bits(SMB_TYPE.RECONNECT));
  assert.equal(rulesOf(`type: CREDIT, ${tool}`).events, bits(SMB_TYPE.CREDIT));
});
