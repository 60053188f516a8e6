/**
 * The fast way from records to JSON lines is the plain one (object, JSON.stringify), byte for byte.
 * @module
 */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { type DecodeOptions, LogDecoder } from "../../../src/probe/event_log/decode.ts";
import { LOG_FLAG, LOG_TYPE } from "../../../src/probe/event_log/layout.gen.ts";
import { bytesOfText } from "../../../src/probe/event_log/text.ts";
import { ByteBuffer } from "../../../src/sink/byte_buffer.ts";
import { JsonFormatter } from "../../../src/sink/json.ts";
import { jsonOfEvent } from "../../../src/sink/json_object.ts";
import { CPUS, nameBytes, records } from "../../support/event_log/arbitrary.ts";
import {
  eventRecord,
  gapRecord,
  names,
  pathRecord,
  readPath,
  readRecord,
} from "../../support/event_log/log_records.ts";

const OPTIONS: DecodeOptions = {
  offset_ns: 1_763_600_000_123_456_789n,
  cpus: CPUS,
  syscallName: (number) => number === 0 ? "read" : number === 257 ? "openat" : undefined,
};

/** Formats records that lie as they do in a ring: at multiples of 8, not at the buffer's begin. */
function lines(all: readonly Uint8Array[], options = OPTIONS): string[] {
  const formatter = new JsonFormatter(options);
  const size = all.reduce((sum, { length }) => sum + Math.ceil(length / 8) * 8, 16);
  const data = new Uint8Array(size);
  const view = new DataView(data.buffer, 8);
  const out = new ByteBuffer(1);
  let at = 8;
  for (const record of all) {
    data.set(record, at);
    formatter.record(view, at - 8, record.length, out);
    at += Math.ceil(record.length / 8) * 8;
  }
  const text = new TextDecoder("utf-8", { fatal: true }).decode(out.view());
  assert.ok(text === "" || text.endsWith("\n"));
  return text.split("\n").slice(0, -1);
}

/** The one line of one event. */
function line(...all: Uint8Array[]): Record<string, unknown> {
  const found = lines(all);
  assert.equal(found.length, 1);
  return JSON.parse(found[0]);
}

Deno.test("json: the line of a read, in full", () => {
  assert.deepEqual(lines([readPath(), readRecord()]), [
    '{"timestamp":1763600123580245,"category":"file","event_id":10,"event_type":"read",' +
    '"syscall":"read","comm":"rw_load","pid":4321,"ppid":4320,"process_type":"thread","tid":4321,' +
    '"tgid":4320,"parent_pid":1234,"uid":1000,"cgroup_id":12345,"result":1,"duration_ns":812,' +
    '"fd":3,"count":4096,"inode":1234567,"device":"8:1","file_mode":"0100644","file_owner":1000,' +
    '"path":"/srv/data/file.txt"}',
  ]);
});

Deno.test("json: arbitrary and hostile records give the same bytes as object and JSON.stringify", () => {
  fc.assert(
    fc.property(
      records,
      fc.constantFrom(OPTIONS.offset_ns, 0n, -5_000n, 9_000_000_000_000_000_000n),
      (all, offset_ns) => {
        const options = { ...OPTIONS, offset_ns };
        const decoder = new LogDecoder(options);
        const expected: string[] = [];
        for (const record of all) {
          const own = new Uint8Array(record);
          const event = decoder.decode(new DataView(own.buffer), 0, own.length);
          if (event !== null) expected.push(jsonOfEvent(event));
        }
        assert.deepEqual(lines(all, options), expected);
      },
    ),
    { numRuns: 3000 },
  );
});

Deno.test("json: both ways count the same, and every record", () => {
  fc.assert(fc.property(records, (all) => {
    const decoder = new LogDecoder(OPTIONS);
    const formatter = new JsonFormatter(OPTIONS);
    const out = new ByteBuffer();
    let written = 0;
    for (const record of all) {
      const view = new DataView(new Uint8Array(record).buffer);
      decoder.decode(view, 0, record.length);
      if (formatter.record(view, 0, record.length, out)) written++;
    }
    assert.deepEqual(formatter.counts, decoder.counts);
    const { events, paths, gaps, malformed } = formatter.counts;
    assert.equal(events + paths + gaps + malformed, all.length);
    assert.equal(written, events);
  }));
});

Deno.test("json: the same records again, from what is kept, give the same lines", () => {
  fc.assert(fc.property(records, (all) => {
    const whole = lines(all);
    // Paths that come later would be known the second time; so the first time counts double.
    const events = all.filter((record) => record[0] !== LOG_TYPE.PATH || record[1] !== 0);
    const paths = all.filter((record) => !events.includes(record));
    const once = lines([...paths, ...events]);
    assert.deepEqual(lines([...paths, ...events, ...events]), [...once, ...once]);
    assert.equal(whole.length, once.length);
  }));
});

Deno.test("json: every byte sequence of a name can be had back", () => {
  fc.assert(
    fc.property(nameBytes, fc.nat(2), (bytes, place) => {
      const record = place === 0
        ? [eventRecord({ type: LOG_TYPE.OPEN, items: names(bytes) })]
        : place === 1
        ? [eventRecord({ type: LOG_TYPE.EXEC, items: [{ item: 4, bytes }] })]
        : [eventRecord({ type: LOG_TYPE.RENAME, items: names("x", bytes) })];
      const event = line(...record);
      const found = place === 0
        ? event.filename
        : place === 1
        ? (event.argv as string[]).map((argument) => `${argument}\0`).join("")
        : event.newname;
      const expected = place === 1 && bytes.length > 0 && bytes.at(-1) !== 0
        ? new Uint8Array([...bytes, 0])
        : bytes;
      assert.deepEqual(bytesOfText(String(found)), expected);
    }),
    { numRuns: 1000 },
  );
});

Deno.test("json: all 256 bytes, and pairs of them, alone and in a path", () => {
  const all: Uint8Array[] = [];
  for (let byte = 0; byte < 256; byte++) {
    for (const other of [0x41, 0x80, 0xa0, 0xc2, 0xed, 0xf4, 0xff]) {
      all.push(new Uint8Array([byte, other, byte]));
    }
  }
  const found = lines(all.flatMap((bytes) => [
    eventRecord({ type: LOG_TYPE.MKDIR, items: names(bytes) }),
    ...(bytes[0] === 0 ? [] : [pathRecord(1, 7, [bytes]), readRecord()]),
  ]));
  for (const bytes of all) {
    const text = found.shift() ?? "";
    assert.ok(![...text].some((c) => c < " " || (c >= "\u007f" && c <= "\u009f")), text);
    assert.deepEqual(bytesOfText(JSON.parse(text).filename), bytes);
    if (bytes[0] === 0) continue;
    const { path } = JSON.parse(found.shift() ?? "");
    assert.deepEqual(bytesOfText(path), new Uint8Array([0x2f, ...bytes]));
  }
  assert.equal(found.length, 0);
});

Deno.test("json: ids of 64 bits keep every digit", () => {
  const [text] = lines([
    readPath(),
    readRecord({ inode: 18446744073709551615n, cgroup_id: 9007199254740993n }),
  ]);
  assert.match(text, /"cgroup_id":9007199254740993,.*"inode":18446744073709551615,/);
});

Deno.test("json: a slot that is filled anew changes the path, a lost one is marked", () => {
  const all = [
    ...[readPath(), readRecord()],
    ...[pathRecord(1, 7, ["other"]), readRecord()],
    ...[pathRecord(1, 7, [], false), readRecord({ flags: LOG_FLAG.FILE | LOG_FLAG.DELETED })],
    ...[pathRecord(1, 7, ["b", "a"], true), readRecord({ flags: LOG_FLAG.PATH_CUT })],
    // A malformed path record leaves nothing behind that a later event could take for its path.
    ...[pathRecord(1, 7, [""]), readRecord()],
    readRecord({ cpu: 2 }),
  ];
  assert.deepEqual(
    lines(all).map((text) => JSON.parse(text)).map(({ path, deleted, path_cut, path_lost }) => [
      ...[path, deleted, path_cut, path_lost],
    ]),
    [
      ["/srv/data/file.txt", undefined, undefined, undefined],
      ["/other", undefined, undefined, undefined],
      ["/", true, undefined, undefined],
      ["a/b", undefined, true, undefined],
      [undefined, undefined, undefined, true],
      [undefined, undefined, undefined, true],
    ],
  );
});

Deno.test("json: a gap is a line with its count, span and CPU", () => {
  assert.deepEqual(
    line(gapRecord(1, 77n, 123_456_789_012n, 123_457_789_012n)),
    {
      timestamp: 1763600123580245,
      event_type: "gap",
      events: 77,
      from: 1763600123580245,
      to: 1763600123581245,
      cpu: 1,
    },
  );
});

Deno.test("json: what is not known is null", () => {
  const started = line(readPath(), readRecord({ flags: LOG_FLAG.NO_START }));
  assert.deepEqual([started.result, started.duration_ns], [1, null]);
  const uring = line(readRecord({ flags: LOG_FLAG.IO_URING, syscall: 22 }));
  assert.deepEqual([uring.syscall, uring.result, uring.duration_ns], ["io_uring:READ", null, null]);
  const exit = line(eventRecord({ type: LOG_TYPE.EXIT, syscall: -1, args: [9n, 120n, 1n] }));
  assert.deepEqual([exit.syscall, exit.result, exit.exit_code, exit.exit_signal], [
    null,
    null,
    null,
    9,
  ]);
  const failed = line(eventRecord({ type: LOG_TYPE.PIPE, result: -24n, args: [3n, 4n] }));
  assert.deepEqual([failed.errno, failed.fildes], ["EMFILE", null]);
});

Deno.test("json: records at odd places are read as well", () => {
  const formatter = new JsonFormatter(OPTIONS);
  const out = new ByteBuffer();
  for (const record of [readPath(), readRecord()]) {
    for (const base of [1, 2]) {
      const data = new Uint8Array(record.length + 9);
      data.set(record, base + 1);
      formatter.record(new DataView(data.buffer, base), 1, record.length, out);
    }
  }
  const text = new TextDecoder().decode(out.view());
  assert.equal(text, `${lines([readPath(), readRecord()])[0]}\n`.repeat(2));
});
