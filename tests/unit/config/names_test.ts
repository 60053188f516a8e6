/** Tables of commands, NTSTATUS and errno. @module */
import assert from "node:assert/strict";
import { constants } from "node:os";
import { ERRNO_NAMES, errnoByName, errnoName } from "../../../src/config/names/errno.ts";
import {
  BENIGN_NTSTATUS,
  ntstatusByName,
  ntstatusErrno,
  ntstatusName,
  ntstatusNames,
} from "../../../src/config/names/ntstatus.ts";
import {
  SMB_COMMAND_NAMES,
  SMB_COMMANDS,
  smbCommandByName,
  smbCommandName,
} from "../../../src/config/names/smb_commands.ts";

Deno.test("SMB2 commands have the codes of MS-SMB2 2.2.1.2", () => {
  assert.equal(SMB_COMMAND_NAMES.length, 20);
  assert.equal(SMB_COMMANDS.SMB2_NEGOTIATE, 0x00);
  assert.equal(SMB_COMMANDS.SMB2_READ, 0x08);
  assert.equal(SMB_COMMANDS.SMB2_LOCK, 0x0A);
  assert.equal(SMB_COMMANDS.SMB2_CHANGE_NOTIFY, 0x0F);
  assert.equal(SMB_COMMANDS.SMB2_OPLOCK_BREAK, 0x12);
  assert.equal(SMB_COMMANDS.SMB2_SERVER_TO_CLIENT_NOTIFICATION, 0x13);
});

Deno.test("commands are found in any case, with and without the prefix", () => {
  for (const name of ["SMB2_READ", "smb2_read", "READ", "read"]) {
    assert.equal(smbCommandByName(name), 8, name);
  }
  for (const name of ["", "SMB2_", "SMB_READ", "READ ", "toString", "constructor"]) {
    assert.equal(smbCommandByName(name), undefined, name);
  }
  assert.equal(smbCommandName(9), "SMB2_WRITE");
  assert.equal(smbCommandName(0x1f), "SMB2_0x1f");
});

Deno.test("errno agrees with the C library of this host", () => {
  for (const [name, value] of Object.entries(constants.errno)) {
    assert.equal(errnoByName(name), value, name);
  }
});

Deno.test("errno names and values", () => {
  assert.equal(errnoName(13), "EACCES");
  assert.equal(errnoName(-11), "EAGAIN", "the kernel's sign is taken off");
  assert.equal(errnoByName("EWOULDBLOCK"), 11);
  assert.equal(errnoByName("eacces"), 13);
  assert.equal(errnoName(9999), "E9999");
  for (const name of ["", "E", "EACCESS", "toString", "13"]) {
    assert.equal(errnoByName(name), undefined, name);
  }
  for (const name of ERRNO_NAMES) {
    assert.equal(errnoByName(errnoName(errnoByName(name) ?? 0)), errnoByName(name), name);
  }
});

Deno.test("NTSTATUS: known values, names in every accepted form", () => {
  assert.equal(ntstatusByName("STATUS_ACCESS_DENIED"), 0xC0000022);
  for (const form of ["access_denied", "ACCESS_DENIED", "NT_STATUS_ACCESS_DENIED", "0xC0000022"]) {
    assert.equal(ntstatusByName(form), 0xC0000022, form);
  }
  assert.equal(ntstatusName(0xC0000022 | 0), "STATUS_ACCESS_DENIED", "a signed value too");
  assert.equal(ntstatusName(0), "STATUS_SUCCESS");
  assert.equal(ntstatusName(0xC0000203), "STATUS_USER_SESSION_DELETED");
  assert.equal(ntstatusName(0xC000035C), "STATUS_NETWORK_SESSION_EXPIRED");
  assert.equal(ntstatusName(0xC00000CC), "STATUS_BAD_NETWORK_NAME");
  assert.equal(ntstatusName(0xC000007F), "STATUS_DISK_FULL");
  assert.equal(ntstatusName(0xCAFEBABE), "0xCAFEBABE");
  assert.equal(ntstatusByName("RPC_NT_UUID_LOCAL_ONLY"), 0x40020056);
  for (const form of ["", "STATUS_", "NT_STATUS_", "0xC000002", "toString", "STATUS_NOPE"]) {
    assert.equal(ntstatusByName(form), undefined, form);
  }
});

Deno.test("every NTSTATUS name leads to a value that has a name and an errno", () => {
  const names = ntstatusNames();
  assert.ok(names.length > 1700, `${names.length}`);
  for (const name of names) {
    const value = ntstatusByName(name);
    assert.ok(value !== undefined, name);
    assert.equal(ntstatusByName(ntstatusName(value)), value, name);
    assert.notEqual(errnoByName(errnoName(ntstatusErrno(value))) ?? 0, undefined, name);
  }
});

Deno.test("NTSTATUS becomes the errno that cifs makes of it", () => {
  const pairs: [string, string][] = [
    ["ACCESS_DENIED", "EACCES"],
    ["LOGON_FAILURE", "EACCES"],
    ["SHARING_VIOLATION", "EBUSY"],
    ["USER_SESSION_DELETED", "EIO"],
    ["INSUFFICIENT_RESOURCES", "EAGAIN"],
    ["IO_TIMEOUT", "EAGAIN"],
    ["SERVER_UNAVAILABLE", "EAGAIN"],
    ["DISK_FULL", "ENOSPC"],
    ["MORE_PROCESSING_REQUIRED", "EIO"],
    ["OBJECT_NAME_NOT_FOUND", "ENOENT"],
  ];
  for (const [status, errno] of pairs) {
    assert.equal(errnoName(ntstatusErrno(ntstatusByName(status) ?? 0)), errno, status);
  }
  assert.equal(ntstatusErrno(0xCAFEBABE), 5, "unknown: EIO, as in the kernel");
  assert.equal(ntstatusErrno(0), 0);
});

Deno.test("no name is both an errno and an NTSTATUS", () => {
  assert.deepEqual(ERRNO_NAMES.filter((name) => ntstatusByName(name) !== undefined), []);
});

Deno.test("the published benign list", () => {
  assert.deepEqual(BENIGN_NTSTATUS.map(ntstatusName).sort(), [
    "STATUS_BUFFER_OVERFLOW",
    "STATUS_END_OF_FILE",
    "STATUS_MORE_PROCESSING_REQUIRED",
    "STATUS_NO_MORE_FILES",
    "STATUS_OBJECT_NAME_NOT_FOUND",
    "STATUS_OBJECT_PATH_NOT_FOUND",
    "STATUS_PENDING",
  ]);
});
