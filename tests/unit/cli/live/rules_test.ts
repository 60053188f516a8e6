/**
 * What the live tools make the kernel side report.
 * @module
 */
import assert from "node:assert/strict";
import { acceptsCodes, failedRequests, slowRequests } from "../../../../src/cli/live/rules.ts";
import { SMB_COMMANDS } from "../../../../src/config/names/smb_commands.ts";
import { SMB_FLAG } from "../../../../src/probe/smb/layout.gen.ts";
import type { SmbRequest } from "../../../../src/probe/smb/request.ts";

const { SMB2_READ, SMB2_WRITE, SMB2_CHANGE_NOTIFY, SMB2_LOCK } = SMB_COMMANDS;

Deno.test("slow requests: all, but waiting ones only where named", () => {
  const all = slowRequests(10, null, []);
  assert.equal(Object.keys(all.thresholds_ms).length, 20);
  assert.deepEqual(all.waiting_commands, []);
  const some = slowRequests(10, [SMB2_CHANGE_NOTIFY, SMB2_READ], []);
  assert.deepEqual(some.thresholds_ms, { [SMB2_CHANGE_NOTIFY]: 10, [SMB2_READ]: 10 });
  assert.deepEqual(some.waiting_commands, [SMB2_CHANGE_NOTIFY]);
});

Deno.test("slow requests: excluded ones are neither slow nor hung", () => {
  const rules = slowRequests(10, null, [SMB2_WRITE, SMB2_LOCK]);
  assert.equal(rules.thresholds_ms[SMB2_WRITE], undefined);
  assert.ok(!rules.emergency_commands.includes(SMB2_WRITE));
});

Deno.test("hung: after a second, or the threshold if that is more", () => {
  assert.equal(slowRequests(10, null, []).emergency_threshold_ms, 1000);
  assert.equal(slowRequests(5000, null, []).emergency_threshold_ms, 5000);
});

Deno.test("failed requests: all failures without codes, only these with", () => {
  assert.equal(failedRequests(null).all_failures, true);
  const codes = [{ kind: "errno" as const, value: 13, name: "EACCES" }];
  assert.deepEqual(failedRequests(codes).track_codes, codes);
  assert.equal(failedRequests(codes).all_failures, false);
});

Deno.test("codes: an errno by its number, a status only where there was a response", () => {
  const accepts = acceptsCodes([
    { kind: "errno", value: 112, name: "EHOSTDOWN" },
    { kind: "ntstatus", value: 0, name: "STATUS_SUCCESS" },
  ]);
  const record = (flags: number, status: number, error: number) =>
    ({ flags, status, error }) as SmbRequest;
  assert.equal(accepts(record(0, 0, -112)), true);
  assert.equal(accepts(record(0, 0, -5)), false);
  assert.equal(accepts(record(SMB_FLAG.STATUS_VALID, 0, 0)), true);
  assert.equal(acceptsCodes(null)(record(0, 0, -5)), true);
});
