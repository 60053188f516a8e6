/**
 * What programs ask a healthy share all day, knowing that it may say no, raises nothing with the
 * embedded configuration; refusals that people ought to hear of do. Statuses and commands are those
 * that Samba answered in a run of everyday work.
 * @module
 */
import assert from "node:assert/strict";
// Declares the built-in actions, which checking a configuration needs.
import "../../../src/evidence/actions/registry.ts";
import { loadConfig } from "../../../src/config/load.ts";
import { ntstatusByName, ntstatusErrno } from "../../../src/config/names/ntstatus.ts";
import { SMB_COMMANDS } from "../../../src/config/names/smb_commands.ts";
import { FLAG } from "../../../src/detect/fields.ts";
import type { Row } from "../../support/columns.ts";
import { Bed, MS, REAL_NAMES, SEC } from "../../support/detect.ts";

const EVERYDAY = [
  ["SMB2_QUERY_INFO", "STATUS_NO_EAS_ON_FILE", "ls -l, cp -a"],
  ["SMB2_CREATE", "STATUS_OBJECT_NAME_COLLISION", "a lock file that is there"],
  ["SMB2_SET_INFO", "STATUS_DIRECTORY_NOT_EMPTY", "rmdir"],
  ["SMB2_CREATE", "STATUS_NOT_A_DIRECTORY", "stat file/x"],
  ["SMB2_CREATE", "STATUS_FILE_IS_A_DIRECTORY", "open a directory to write"],
  ["SMB2_LOCK", "STATUS_LOCK_NOT_GRANTED", "a lock that is tried"],
  ["SMB2_IOCTL", "STATUS_NOT_A_REPARSE_POINT", "readlink of a file"],
  ["SMB2_IOCTL", "STATUS_INVALID_DEVICE_REQUEST", "cp --reflink=auto"],
  ["SMB2_IOCTL", "STATUS_NOT_FOUND", "DFS referral of a mount"],
  ["SMB2_IOCTL", "STATUS_FS_DRIVER_REQUIRED", "the same on a server without DFS"],
] as const;

const TROUBLE = [
  ["SMB2_CREATE", "STATUS_ACCESS_DENIED"],
  ["SMB2_CREATE", "STATUS_SHARING_VIOLATION"],
  ["SMB2_WRITE", "STATUS_DISK_FULL"],
  ["SMB2_READ", "STATUS_FILE_LOCK_CONFLICT"],
  ["SMB2_TREE_CONNECT", "STATUS_BAD_NETWORK_NAME"],
  ["SMB2_SESSION_SETUP", "STATUS_LOGON_FAILURE"],
  ["SMB2_READ", "STATUS_IO_DEVICE_ERROR"],
] as const;

/** Twenty such answers within 200 ms, and the types of what they raised. */
function raised(command: string, status: string): string[] {
  const code = SMB_COMMANDS[command];
  const value = ntstatusByName(status);
  assert.ok(code !== undefined && value !== undefined, `${command} ${status}`);
  const bed = new Bed(loadConfig(null).config, 0n, REAL_NAMES);
  bed.feed(Array.from({ length: 20 }, (_, i): Row => ({
    command: code,
    flags: FLAG.STATUS_VALID,
    status: value,
    error: -ntstatusErrno(value),
    end_ns: SEC + BigInt(i) * 10n * MS,
    latency_ns: MS,
  })));
  return bed.anomalies.map(({ type }) => type);
}

for (const [command, status, asked] of EVERYDAY) {
  Deno.test(`embedded configuration: ${command} ${status} is everyday (${asked})`, () => {
    assert.deepEqual(raised(command, status), []);
  });
}

for (const [command, status] of TROUBLE) {
  Deno.test(`embedded configuration: ${command} ${status} is trouble`, () => {
    assert.deepEqual(raised(command, status), ["error"]);
  });
}
