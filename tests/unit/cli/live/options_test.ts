/**
 * Option values of the live tools: what is taken, and that what is refused names what is allowed.
 * @module
 */
import assert from "node:assert/strict";
import {
  parseCodes,
  parseCommands,
  parseMilliseconds,
  parsePid,
  parseSeconds,
} from "../../../../src/cli/live/options.ts";

Deno.test("commands: any case, with and without SMB2_, sorted, once each", () => {
  assert.deepEqual(parseCommands("write, SMB2_READ,Read,echo"), [8, 9, 13]);
});

Deno.test("commands: an unknown one names the nearest, or all", () => {
  assert.throws(() => parseCommands("READ,REED"), /No command "REED"; did you mean "READ"\?$/);
  const all = /No command "QQQQQQQQ"\. Allowed: SMB2_NEGOTIATE.*SMB2_OPLOCK_BREAK/;
  assert.throws(() => parseCommands("QQQQQQQQ"), all);
  for (const text of ["", ",", "READ,", "READ,,WRITE"]) {
    assert.throws(() => parseCommands(text), /separated by commas/);
  }
});

Deno.test("codes: errno and NTSTATUS names and values", () => {
  assert.deepEqual(parseCodes("EACCES,status_disk_full,0xC0000022"), [
    { kind: "errno", value: 13, name: "EACCES" },
    { kind: "ntstatus", value: 0xC000007F, name: "STATUS_DISK_FULL" },
    { kind: "ntstatus", value: 0xC0000022, name: "0XC0000022" },
  ]);
  assert.throws(() => parseCodes("EACCESS"), /No code "EACCESS"; did you mean "EACCES"\?$/);
  assert.throws(
    () => parseCodes("QQQQQQQQ"),
    /No code "QQQQQQQQ"\. Allowed: EPERM, .*0xC0000022\.$/,
  );
});

Deno.test("numbers: bounds and forms", () => {
  assert.equal(parseMilliseconds("0"), 0);
  assert.equal(parseMilliseconds("0.5"), 0.5);
  assert.equal(parseSeconds("1.5"), 1.5);
  assert.equal(parsePid("1"), 1);
  for (const text of ["", "-1", "1e3", "0x10", "NaN", "Infinity", "1 ", "９"]) {
    assert.throws(() => parseMilliseconds(text), /Allowed: a number of milliseconds/);
  }
  assert.throws(() => parseSeconds("0"), /above 0/);
  for (const text of ["0", "1.5", "4194305", "self"]) {
    assert.throws(() => parsePid(text), /Allowed/);
  }
});
