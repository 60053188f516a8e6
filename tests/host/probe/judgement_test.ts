/**
 * What the kernel side reports of requests and connections, by the rules that user space gives it.
 * @module
 */
import assert from "node:assert/strict";
import {
  SMB_CODE_KIND,
  SMB_CODE_RULE,
  SMB_FLAG,
  SMB_TYPE,
} from "../../../src/probe/smb/layout.gen.ts";
import { SmbPrograms } from "../../support/smb_programs.ts";
import type { Rules } from "../../support/smb_rules.ts";

const [CREATE, READ, LOCK, NOTIFY] = [5, 8, 10, 15];
const ACCESS_DENIED = 0xc0000022;
const MORE_PROCESSING = 0xc0000016;
const [ENOENT, EIO, EACCES, EHOSTDOWN] = [2, 5, 13, 112];
const { NTSTATUS, ERRNO } = SMB_CODE_KIND;
const { TRACK, EXCLUDE, BENIGN } = SMB_CODE_RULE;

let nextId = 1n;

/** Whether a request with this answer is reported as failed. */
function fails(programs: SmbPrograms, status: number, error: number, command = CREATE): boolean {
  const id = nextId++;
  programs.enter(command, id);
  programs.err(command, id, status, error);
  const records = programs.records();
  for (const record of records) {
    assert.ok(record.flags & SMB_FLAG.FAILED);
    assert.equal(record.status, status);
    assert.equal(record.error, error);
  }
  return records.length === 1;
}

function withRules(rules: Rules, codes: [number, number, number][]): SmbPrograms {
  const programs = new SmbPrograms();
  programs.setRules(rules);
  for (const [kind, value, rule] of codes) programs.setCode(kind, value, rule);
  return programs;
}

Deno.test("mode all: errors and warnings fail, benign ones, information and success do not", () => {
  using programs = withRules({ error_mode: "ALL" }, [
    [NTSTATUS, MORE_PROCESSING, BENIGN],
    [NTSTATUS, 0x80000006, BENIGN],
  ]);
  assert.equal(fails(programs, ACCESS_DENIED, -EACCES), true);
  assert.equal(fails(programs, 0x8000002d, -EIO), true);
  // A logon: judged by its status, not by the -EIO that cifs makes of it.
  assert.equal(fails(programs, MORE_PROCESSING, -EIO, 1), false);
  assert.equal(fails(programs, 0x80000006, -61), false);
  assert.equal(fails(programs, 0x0000010c, 0), false);
  programs.enter(READ, 0n);
  programs.done(READ, 0n);
  assert.deepEqual(programs.records(), []);
});

Deno.test("the NTSTATUS' rule goes before the errno's", () => {
  using programs = withRules({ error_mode: "ALL" }, [
    [NTSTATUS, MORE_PROCESSING, BENIGN],
    [NTSTATUS, ACCESS_DENIED, EXCLUDE],
    [NTSTATUS, 0xc000006d, TRACK],
    [ERRNO, EIO, TRACK],
    [ERRNO, EACCES, EXCLUDE],
  ]);
  assert.equal(fails(programs, MORE_PROCESSING, -EIO), false);
  assert.equal(fails(programs, ACCESS_DENIED, -EACCES), false);
  assert.equal(fails(programs, 0xc000006d, -EACCES), true);
  assert.equal(fails(programs, 0xc0000061, -EACCES), false);
  assert.equal(fails(programs, 0xc0000185, -EIO), true);
});

Deno.test("mode listed: only what is named, by either name", () => {
  using programs = withRules({ error_mode: "LISTED" }, [
    [NTSTATUS, ACCESS_DENIED, TRACK],
    [ERRNO, ENOENT, TRACK],
  ]);
  assert.equal(fails(programs, ACCESS_DENIED, -EACCES), true);
  assert.equal(fails(programs, 0xc0000034, -ENOENT), true);
  assert.equal(fails(programs, 0xc0000185, -EIO), false);
});

Deno.test("mode none: no failure at all", () => {
  using programs = withRules({ error_mode: "NONE" }, [[NTSTATUS, ACCESS_DENIED, TRACK]]);
  assert.equal(fails(programs, ACCESS_DENIED, -EACCES), false);
});

Deno.test("what waits by design is slow only where it is named", () => {
  using programs = new SmbPrograms();
  programs.setRules({ threshold_ns: 0n, emergency_ns: 0n });
  for (const command of [LOCK, NOTIFY]) {
    programs.enter(command, BigInt(command));
    programs.done(command, BigInt(command));
  }
  assert.deepEqual(programs.records(), []);
  programs.setRules({ threshold_ns: 0n, emergency_ns: 0n, waits_tracked: 1 << LOCK });
  for (const command of [LOCK, NOTIFY]) {
    programs.enter(command, BigInt(command));
    programs.done(command, BigInt(command));
  }
  const [lock, ...more] = programs.records();
  assert.deepEqual(more, []);
  assert.equal(lock.command, LOCK);
  const { WAITS_BY_DESIGN, SLOW, EMERGENCY } = SMB_FLAG;
  for (const flag of [WAITS_BY_DESIGN, SLOW, EMERGENCY]) assert.ok(lock.flags & flag);
});

Deno.test("a LOCK that fails is a failure, however long it may wait", () => {
  using programs = withRules({ error_mode: "ALL" }, []);
  assert.equal(fails(programs, 0xc0000054, -EACCES, LOCK), true);
});

Deno.test("connection events come only where they are wanted", () => {
  using programs = new SmbPrograms();
  const events: [string, number[], number][] = [
    ["any_reconnect", [41, 7, 0], SMB_TYPE.RECONNECT],
    ["any_partial_send_reconnect", [41, 7, 0], SMB_TYPE.RECONNECT],
    ["any_credit_timeout", [41, 7, 0, 3, 60, 2], SMB_TYPE.CREDIT],
    ["any_insufficient_credits", [41, 7, 0, 3, 4, 0], SMB_TYPE.CREDIT],
    ["any_connect_err", [0, 7, 0, -111], SMB_TYPE.CONNECT_ERROR],
    ["any_exit_err", [9, 0, -EHOSTDOWN], SMB_TYPE.OP_ERROR],
  ];
  for (const [program, args] of events) programs.run(program, ...args);
  assert.deepEqual(programs.records(), []);
  assert.equal(programs.counters().FILTERED, events.length);
  for (const [program, args, type] of events) {
    programs.setRules({ events: 1 << type });
    programs.run(program, ...args);
    const [event] = programs.records();
    assert.equal(event.type, type, program);
    assert.equal(event.connection_id, type === SMB_TYPE.OP_ERROR ? 0n : 7n);
    assert.equal(event.bytes, type === SMB_TYPE.CREDIT ? 3 : 0);
    const error = type === SMB_TYPE.OP_ERROR
      ? -EHOSTDOWN
      : type === SMB_TYPE.CONNECT_ERROR
      ? -111
      : 0;
    assert.equal(event.error, error);
    assert.equal(event.pid, Deno.pid);
  }
  const c = programs.counters();
  assert.equal(c.SEEN, c.EMITTED + c.FILTERED);
});

Deno.test("an operation that failed by a request already counted is not counted again", () => {
  using programs = withRules({ error_mode: "ALL", events: 1 << SMB_TYPE.OP_ERROR }, []);
  assert.equal(fails(programs, 0xc00000c9, -EHOSTDOWN), true);
  programs.run("any_exit_err", 1, 0, -EHOSTDOWN);
  assert.deepEqual(programs.records(), []);
  // The next one has nothing to do with it.
  programs.run("any_exit_err", 2, 0, -EHOSTDOWN);
  assert.equal(programs.records().length, 1);
});

Deno.test("errors that no lost connection gives are no operation errors", () => {
  using programs = new SmbPrograms();
  programs.setRules({ events: 1 << SMB_TYPE.OP_ERROR });
  for (const errno of [ENOENT, EIO, EACCES, 11, 17, 95]) programs.run("any_exit_err", 1, 0, -errno);
  assert.deepEqual(programs.records(), []);
  assert.equal(programs.counters().SEEN, 0);
});

Deno.test("an operation error whose errno is excluded is filtered", () => {
  using programs = withRules({ events: 1 << SMB_TYPE.OP_ERROR }, [[ERRNO, EHOSTDOWN, EXCLUDE]]);
  programs.run("any_exit_err", 1, 0, -EHOSTDOWN);
  assert.deepEqual(programs.records(), []);
  assert.equal(programs.counters().FILTERED, 1);
});
