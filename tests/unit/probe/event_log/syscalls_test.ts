/** Which syscalls are looked at for which event types, and their numbers. @module */
import assert from "node:assert/strict";
import { LOG_CALL, LOG_TYPE } from "../../../../src/probe/event_log/layout.gen.ts";
import {
  type CallName,
  callsOfTypes,
  callTable,
  groupOfCall,
  LOGGED_TYPES,
  syscallName,
  syscallNumber,
} from "../../../../src/probe/event_log/syscalls.ts";

const CALLS = (Object.keys(LOG_CALL) as CallName[]).filter((name) => name !== "COUNT");

Deno.test("every type of the header is known, and every call belongs to a type", () => {
  const types = Object.values(LOG_TYPE).filter((type) => type > 100);
  assert.deepEqual([...LOGGED_TYPES].sort(), types.sort());
  const all = callsOfTypes(new Set(types));
  assert.deepEqual(CALLS.filter((call) => call !== "NONE" && !all.has(call)), []);
});

Deno.test("a number belongs to one call on each machine", () => {
  for (const machine of ["x86_64", "aarch64"] as const) {
    const numbers = new Set<number>();
    for (const call of CALLS) {
      if (call === "NONE" || call === "NAMES_CHANGE") continue;
      const number = syscallNumber(call, machine);
      if (number === null) continue;
      assert.ok(!numbers.has(number), `${call} on ${machine}`);
      numbers.add(number);
      assert.equal(syscallName(number, machine), call.toLowerCase());
    }
  }
  // arch/x86/entry/syscalls/syscall_64.tbl, include/uapi/asm-generic/unistd.h
  assert.deepEqual([syscallNumber("EXECVE", "x86_64"), syscallNumber("EXECVE", "aarch64")], [
    59,
    221,
  ]);
  assert.equal(syscallNumber("OPEN", "aarch64"), null);
  assert.equal(syscallName(511), null);
});

Deno.test("types whose events name paths hear of renames and mounts, the others do not", () => {
  assert.deepEqual(
    callsOfTypes(new Set([LOG_TYPE.READ])),
    new Set<CallName>([
      ...["READ", "PREAD64", "READV", "PREADV", "PREADV2", "NAMES_CHANGE"] as const,
      ...["RENAME", "RENAMEAT", "RENAMEAT2"] as const,
    ]),
  );
  assert.deepEqual(callsOfTypes(new Set([LOG_TYPE.SETUID])), new Set<CallName>(["SETUID"]));
  assert.equal(callsOfTypes(new Set([LOG_TYPE.FORK, LOG_TYPE.EXIT])).size, 0);
});

Deno.test("the table has the spelling of each number that is looked at, and nothing else", () => {
  const table = callTable(new Set<CallName>(["READ", "NAMES_CHANGE", "OPEN"]), 512, "x86_64");
  const set = [...table.entries()].filter(([, call]) => call !== 0);
  assert.deepEqual(set, [
    [0, LOG_CALL.READ],
    [2, LOG_CALL.OPEN],
    ...[155, 165, 166, 429].map((number) => [number, LOG_CALL.NAMES_CHANGE]),
  ]);
  // arm64 has no open: there is nothing to look at.
  assert.equal(
    callTable(new Set<CallName>(["OPEN"]), 512, "aarch64").some((call) => call !== 0),
    false,
  );
});

Deno.test("each call has the handler that bpf/log/dispatch.h gives it", () => {
  const groups: Partial<Record<CallName, string>> = {
    ...{ READ: "READ_WRITE", PWRITEV2: "READ_WRITE", CREAT: "OPEN", MKNOD: "NAMES" },
    ...{ RENAMEAT2: "TWO_NAMES", SYMLINKAT: "TWO_NAMES", CLOSE: "DESCRIPTOR", FSTAT: "DESCRIPTOR" },
    ...{ NAMES_CHANGE: "DESCRIPTOR", TRUNCATE: "NAMES", FTRUNCATE: "DESCRIPTOR", EXECVEAT: "EXEC" },
    ...{ CLONE: "PROCESS", MPROTECT: "PROCESS", CONNECT: "NETWORK", SENDMMSG: "MESSAGES" },
    ...{ SOCKETPAIR: "NETWORK", SETGID: "USER", SETRESUID: "USER" },
  };
  for (const [call, group] of Object.entries(groups)) {
    assert.equal(groupOfCall(call as CallName), group, call);
  }
});
