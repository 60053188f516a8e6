/**
 * What records of each type say, field by field; what cannot be is counted.
 * @module
 */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { type DecodeOptions, LogDecoder } from "../../../../src/probe/event_log/decode.ts";
import { EVENT_TYPES } from "../../../../src/probe/event_log/event_types.ts";
import {
  LOG_EVENT_OFFSET,
  LOG_FLAG,
  LOG_ITEM,
  LOG_TYPE,
} from "../../../../src/probe/event_log/layout.gen.ts";
import type { GapEvent, LogEvent } from "../../../../src/probe/event_log/log_event.ts";
import { CPUS, records } from "../../../support/event_log/arbitrary.ts";
import {
  eventRecord,
  gapRecord,
  names,
  pathRecord,
  readPath,
  readRecord,
  type RecordFields,
} from "../../../support/event_log/log_records.ts";

const OPTIONS: DecodeOptions = {
  offset_ns: 1_763_600_000_123_456_789n,
  cpus: CPUS,
  syscallName: (number) => number === 7 ? "seven" : undefined,
};

function decode(...all: Uint8Array[]): LogEvent | GapEvent | null {
  const decoder = new LogDecoder(OPTIONS);
  let last: LogEvent | GapEvent | null = null;
  for (const record of all) {
    last = decoder.decode(new DataView(new Uint8Array(record).buffer), 0, record.length);
  }
  return last;
}

const ADDRESS = { item: LOG_ITEM.ADDRESS, bytes: new Uint8Array([2, 0, 0, 80, 192, 0, 2, 1]) };
const INET = { family: "AF_INET", port: 80, addr: "192.0.2.1" };
const TRANSFER = { fd: 3, count: 10 };

/** By event type: what the record has, and the type's own fields of the event. */
const CASES: Record<string, [Partial<RecordFields>, Record<string, unknown>]> = {
  create: [
    { args: [-100n, 0o102n, 0o100644n, 0x12305n, 4n], items: names("f") },
    { dfd: -100, filename: "f", flags: "0x42", mode: "0100644", rdev: "291:5", resolve: "0x4" },
  ],
  delete: [
    { args: [4n, 0n], items: names("d\xff") },
    { dfd: 4, pathname: "dÿ", flag: "0x0" },
  ],
  rename: [
    { args: [3n, 4n, 1n], items: names("a", "b"), dir_path: 2, dir2_path: 1 },
    { olddfd: 3, oldname: "a", newdfd: 4, newname: "b", flags: "0x1", dir: "/d", dir2: "/" },
  ],
  open: [
    { args: [-100n, 0x80000n, 0o666n], items: names("f") },
    { dfd: -100, filename: "f", flags: "0x80000", mode: null },
  ],
  chmod: [{ args: [5n, 0o4755n] }, { dfd: 5, filename: null, mode: "04755" }],
  stat: [
    { args: [-100n, 0x100n, 0xfffn, 1000n, 0xffffffffn, 0o120777n], items: names("l") },
    {
      ...{ dfd: -100, filename: "l", flags: "0x100", mask: "0xfff" },
      ...{ mode: "0120777", owner: 1000, group: -1 },
    },
  ],
  chdir: [{ args: [-100n], items: names("..") }, { dfd: -100, filename: ".." }],
  mkdir: [{ args: [-100n, 0o755n], items: names("m") }, { dfd: -100, filename: "m", mode: "0755" }],
  rmdir: [{ args: [-100n, 0x200n], items: names("m") }, {
    dfd: -100,
    filename: "m",
    flag: "0x200",
  }],
  read: [{ args: [3n, 10n, -1n] }, TRANSFER],
  write: [
    { args: [3n, 10n, 7n, 2n, 8n] },
    { ...TRANSFER, offset: 7, vectors: 2, flags: "0x8" },
  ],
  dup: [{ args: [3n, -1n] }, { olddfd: 3, newdfd: null }],
  close: [{ args: [3n, 0xffffffffn, 4n] }, { dfd: 3, last: 4294967295, flags: "0x4" }],
  truncate: [
    { args: [-1n, 1n << 40n], items: names("t") },
    { dfd: null, filename: "t", length: 1099511627776 },
  ],
  link: [
    { args: [-100n, -100n, 0x400n], items: names("a", "b") },
    { olddfd: -100, oldname: "a", newdfd: -100, newname: "b", flags: "0x400" },
  ],
  symlink: [
    { args: [0n, -100n], items: names("to", "at") },
    { oldname: "to", newdfd: -100, newname: "at" },
  ],
  fork: [
    { args: [10n, 11n, 11n], parent_tgid: 1, items: names("kid") },
    {
      ...{ grandparent_pid: 1, parent_comm: "test", child_pid: 11, child_tgid: 11 },
      ...{ child_comm: "kid" },
    },
  ],
  exec: [
    {
      args: [12n, -100n, 0n],
      items: [...names("/bin/x"), { item: LOG_ITEM.ARGV, bytes: "x\0\0-y\0cut" }],
    },
    { old_pid: 12, filename: "/bin/x", fd: -100, flags: "0x0", argv: ["x", "", "-y", "cut"] },
  ],
  clone: [
    { args: [0x1200011n, 1n, 2n, (1n << 64n) - 1n, 0n] },
    {
      ...{ clone_flags: "0x1200011", newsp: "0x1", parent_tidptr: "0x2" },
      ...{ child_tidptr: "0xffffffffffffffff", tls: "0x0" },
    },
  ],
  exit: [
    { args: [0x8bn, 120n, 1n] },
    { exit_code: null, exit_signal: 11, core_dumped: true, prio: 120, last_thread: true },
  ],
  pipe: [{ args: [3n, 4n, 0x80000n] }, { fildes: [3, 4], flags: "0x80000" }],
  kill: [{ args: [-1n, 15n, 9n] }, { target_pid: -1, sig: 15, target_tgid: 9 }],
  ptrace: [
    { args: [16n, 77n, 0n, 0x10n] },
    { request: 16, target_pid: 77, addr: "0x0", data: "0x10" },
  ],
  mmap: [
    { args: [0n, 4096n, 1n, 2n, -1n, 8192n] },
    { addr: "0x0", len: 4096, prot: "0x1", flags: "0x2", fd: -1, off: 8192 },
  ],
  mprotect: [{ args: [4096n, 8n, 7n] }, { start: "0x1000", len: 8, prot: "0x7" }],
  connect: [{ args: [3n, 16n], items: [ADDRESS] }, { fd: 3, addr_len: 16, ...INET }],
  send: [
    { args: [3n, 9n, 0x40n, 16n, 1n, 2n], items: [ADDRESS] },
    { fd: 3, len: 9, flags: "0x40", addr_len: 16, ...INET, message: 1, messages: 2 },
  ],
  receive: [
    { args: [3n, 9n] },
    { fd: 3, len: 9, flags: "0x0", addr_len: 0, family: null, port: null, addr: null },
  ],
  accept: [
    { args: [3n, 16n, 0x800n], items: [ADDRESS] },
    { fd: 3, addr_len: 16, flags: "0x800", ...INET },
  ],
  bind: [
    { args: [3n, 4n], items: [{ item: LOG_ITEM.ADDRESS, bytes: "\x01\0\0x" }] },
    { fd: 3, addr_len: 4, family: "AF_UNIX", port: null, addr: "@x", abstract: true },
  ],
  getpeername: [{ args: [3n, 16n], items: [ADDRESS] }, { fd: 3, addr_len: 16, ...INET }],
  socketpair: [
    { args: [1n, 0x80001n, 0n, 5n, 6n] },
    { family: "AF_UNIX", type: 524289, protocol: 0, usockvec: [5, 6] },
  ],
  setgid: [{ args: [100n] }, { gid: 100 }],
  setregid: [{ args: [0xffffffffn, 5n] }, { rgid: -1, egid: 5 }],
  setresgid: [{ args: [1n, 2n, 3n] }, { rgid: 1, egid: 2, sgid: 3 }],
  setuid: [{ args: [4294967294n] }, { new_uid: 4294967294 }],
  setreuid: [{ args: [1n, 2n] }, { ruid: 1, euid: 2 }],
  setresuid: [{ args: [1n, 2n, 0xffffffffn] }, { ruid: 1, euid: 2, suid: -1 }],
};

Deno.test("decode: the fields of every type", () => {
  const paths = [pathRecord(0, 0, []), pathRecord(0, 1, ["d"])];
  for (const { type, name, category, event_id } of EVENT_TYPES) {
    const [fields, own] = CASES[name];
    const event = decode(...paths, eventRecord({ type, syscall: 7, tid: 12, tgid: 10, ...fields }));
    assert.deepEqual(event, {
      timestamp: 1763600000123456,
      category,
      event_id,
      event_type: name,
      syscall: "seven",
      comm: "test",
      pid: 12,
      ppid: 10,
      process_type: "thread",
      tid: 12,
      tgid: 10,
      parent_pid: name === "fork" ? 10 : 0,
      uid: 0,
      cgroup_id: 0,
      result: 0,
      duration_ns: 0,
      ...own,
    }, name);
  }
  assert.equal(Object.keys(CASES).length, EVENT_TYPES.length);
});

Deno.test("decode: the file of an event, and what stands for a path where there is none", () => {
  const of = (...all: Uint8Array[]) => {
    const { inode, device, file_mode, file_owner, path, path_lost } = decode(...all) as LogEvent;
    return [inode, device, file_mode, file_owner, path, path_lost];
  };
  const file = [1234567, "8:1", "0100644", 1000];
  assert.deepEqual(of(readPath(), readRecord()), [...file, "/srv/data/file.txt", undefined]);
  assert.deepEqual(of(readRecord()), [...file, undefined, true]);
  assert.deepEqual(
    of(readRecord({ file_path: 0, mode: 0o140777 })).slice(2),
    ["0140777", 1000, "socket:[1234567]", undefined],
  );
  assert.equal(of(readRecord({ file_path: 0, mode: 0o10600 }))[4], "pipe:[1234567]");
  const none = { file_path: 0, flags: 0 };
  assert.deepEqual(of(readRecord(none)), Array(6).fill(undefined));
});

Deno.test("decode: numbers above 2^53 are exact", () => {
  const event = decode(readPath(), readRecord({ inode: (1n << 64n) - 1n, result: -(1n << 62n) }));
  assert.deepEqual(
    [(event as LogEvent).inode, (event as LogEvent).result, (event as LogEvent).errno],
    [18446744073709551615n, -4611686018427387904n, undefined],
  );
});

Deno.test("decode: marks are there where they are true", () => {
  const marks = (flags: number, cut = false) => {
    const items = [
      { item: LOG_ITEM.NAME, bytes: "n", cut },
      { item: LOG_ITEM.ARGV, bytes: "a\0", cut },
    ];
    const event = decode(eventRecord({ type: LOG_TYPE.EXEC, flags, items })) as LogEvent;
    return Object.keys(event).filter((key) => event[key] === true);
  };
  assert.deepEqual(marks(0), []);
  assert.deepEqual(marks(0, true), ["name_cut", "argv_cut"]);
  const { DELETED, DIR_DELETED, CHROOT, PEER, PATH_CUT, PATH_LOST, NAME_LOST } = LOG_FLAG;
  assert.deepEqual(
    marks(DELETED | DIR_DELETED | CHROOT | PEER | PATH_CUT | PATH_LOST | NAME_LOST),
    ["deleted", "dir_deleted", "chroot", "peer", "path_cut", "path_lost", "name_lost"],
  );
});

Deno.test("decode: gaps", () => {
  assert.deepEqual(decode(gapRecord(2, 9n, 0n, 1_000_000_000n)), {
    timestamp: 1763600000123456,
    event_type: "gap",
    events: 9,
    from: 1763600000123456,
    to: 1763600001123456,
    cpu: 2,
  });
});

Deno.test("decode: lengths that do not fit are malformed, unknown items are skipped", () => {
  const whole = eventRecord({ type: LOG_TYPE.RENAME, items: names("old", "new") });
  const change = (at: number, value: number) => {
    const copy = whole.slice();
    new DataView(copy.buffer).setUint32(at, value, true);
    return copy;
  };
  const decoder = new LogDecoder(OPTIONS);
  const malformed = [
    whole.slice(0, 159),
    whole.slice(0, 160),
    change(LOG_EVENT_OFFSET.data_bytes, 33),
    change(LOG_EVENT_OFFSET.data_bytes, 4),
    change(164, 25),
    change(164, 0xffffffff),
    change(180, 9),
    eventRecord({ type: 117 }),
    eventRecord({ type: 0 }),
    gapRecord(0, 1n, 2n, 3n).slice(0, 31),
    new Uint8Array(1),
    new Uint8Array(0),
  ];
  for (const record of malformed) {
    const view = new DataView(new Uint8Array(record).buffer);
    assert.equal(decoder.decode(view, 0, record.length), null);
  }
  assert.deepEqual(decoder.counts, {
    ...{ events: 0, paths: 0, gaps: 0, gap_events: 0, malformed: malformed.length },
  });
  const odd = decode(change(160, 77)) as LogEvent;
  assert.deepEqual([odd.oldname, odd.newname], [null, "new"]);
});

Deno.test("decode: hostile records never throw, and each is counted once", () => {
  fc.assert(fc.property(records, (all) => {
    const decoder = new LogDecoder(OPTIONS);
    for (const record of all) {
      decoder.decode(new DataView(new Uint8Array(record).buffer), 0, record.length);
    }
    const { events, paths, gaps, malformed } = decoder.counts;
    assert.equal(events + paths + gaps + malformed, all.length);
  }));
});
