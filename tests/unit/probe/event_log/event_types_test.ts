/**
 * The table of event types: it is that of bpf/log_events.h, and no key means two things.
 * @module
 */
import assert from "node:assert/strict";
import {
  EVENT_TYPES,
  eventTypeByName,
  eventTypeOf,
} from "../../../../src/probe/event_log/event_types.ts";
import { EVENT_MARKS } from "../../../../src/probe/event_log/flags.ts";
import { LOG_FLAG, LOG_TYPE } from "../../../../src/probe/event_log/layout.gen.ts";

const COMMON = [
  ...["timestamp", "category", "event_id", "event_type", "syscall", "comm", "pid", "ppid"],
  ...["process_type", "tid", "tgid", "parent_pid", "uid", "cgroup_id", "result", "errno"],
  ...["duration_ns", "inode", "device", "file_mode", "file_owner", "path"],
  ...EVENT_MARKS.map(({ name }) => name),
];

Deno.test("event types: 16 file, 9 process, 7 network and 6 user events, as in the header", () => {
  const count = (category: string) => EVENT_TYPES.filter((t) => t.category === category).length;
  assert.deepEqual(["file", "process", "network", "user"].map(count), [16, 9, 7, 6]);
  const types = Object.values(LOG_TYPE).filter((type) => type >= 100);
  assert.deepEqual(EVENT_TYPES.map(({ type }) => type), types);
  for (const [name, type] of Object.entries(LOG_TYPE)) {
    if (type < 100) continue;
    assert.equal(eventTypeOf(type)?.name, name.toLowerCase());
    assert.equal(eventTypeByName(name.toLowerCase())?.type, type);
  }
  assert.equal(eventTypeOf(LOG_TYPE.PATH), undefined);
  assert.equal(eventTypeByName("nothing"), undefined);
});

Deno.test("event types: ids are those of the categories, in order", () => {
  for (const category of ["file", "process", "network", "user"]) {
    const ids = EVENT_TYPES.filter((t) => t.category === category).map((t) => t.event_id);
    assert.deepEqual(ids, ids.map((_, i) => i + 1));
  }
});

Deno.test("event types: no key of a type is there twice, or is one that every event has", () => {
  for (const { name, fields } of EVENT_TYPES) {
    const keys = fields.flatMap((field) =>
      field.kind === "address" ? ["family", "port", "addr", "abstract"] : [field.name]
    );
    assert.equal(new Set(keys).size, keys.length, name);
    assert.deepEqual(keys.filter((key) => COMMON.includes(key)), [], name);
    for (const { arg, about } of fields) assert.ok(arg < 6 && about !== "", name);
  }
});

Deno.test("event types: every flag of the kernel's is a mark, or has its own place", () => {
  const marks = EVENT_MARKS.map(({ flag }) => flag);
  const others = [LOG_FLAG.NO_START, LOG_FLAG.FILE, LOG_FLAG.IO_URING];
  for (const [name, flag] of Object.entries(LOG_FLAG)) {
    assert.ok(marks.includes(flag) !== others.some((other) => other === flag), name);
  }
});
