/**
 * Events as lines for people.
 * @module
 */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { DecodeOptions } from "../../../src/probe/event_log/decode.ts";
import { LOG_FLAG, LOG_ITEM, LOG_TYPE } from "../../../src/probe/event_log/layout.gen.ts";
import { ByteBuffer } from "../../../src/sink/byte_buffer.ts";
import { TextFormatter } from "../../../src/sink/text.ts";
import { cells, cut, pad, visible } from "../../../src/sink/text_cells.ts";
import { CPUS, nameBytes, records } from "../../support/event_log/arbitrary.ts";
import {
  eventRecord,
  gapRecord,
  names,
  readPath,
  readRecord,
} from "../../support/event_log/log_records.ts";

const OPTIONS: DecodeOptions = {
  offset_ns: 1_763_600_000_123_456_789n,
  cpus: CPUS,
  syscallName: () => "call",
};

function lines(all: readonly Uint8Array[], width: number | null = null): string[] {
  const formatter = new TextFormatter(OPTIONS, width);
  const out = new ByteBuffer();
  out.set(formatter.begin());
  for (const record of all) {
    formatter.record(new DataView(new Uint8Array(record).buffer), 0, record.length, out);
  }
  return new TextDecoder().decode(out.view()).split("\n").slice(0, -1);
}

/** The last column of one event. */
function detail(...all: Uint8Array[]): string {
  const [heading, ...found] = lines(all);
  return found.at(-1)?.slice(heading.indexOf("DETAIL")) ?? "";
}

Deno.test("text: heading and lines are aligned", () => {
  assert.deepEqual(
    lines([readPath(), readRecord(), readRecord({ result: -2n, tid: 7, tgid: 7 })]),
    [
      "TIME                PID     TID    UID COMM             EVENT             RESULT     DUR_US DETAIL",
      "00:55:23.580245    4320    4321   1000 rw_load          read                   1        0.8 /srv/data/file.txt fd=3 count=4096",
      "00:55:23.580245       7       7   1000 rw_load          read              ENOENT        0.8 /srv/data/file.txt fd=3 count=4096",
    ],
  );
});

Deno.test("text: what the events are about", () => {
  const args = [-100n, -100n];
  const make = (type: number, more: Parameters<typeof eventRecord>[0] | object = {}) =>
    eventRecord({ type, cpu: 1, args, ...more });
  assert.equal(
    detail(readPath(), make(LOG_TYPE.DELETE, { args: [-100n], dir_path: 8, items: names("a b") })),
    "/srv/data/file.txt/a b",
  );
  assert.equal(
    detail(readPath(), make(LOG_TYPE.RENAME, { dir2_path: 8, items: names("/x", "y") })),
    "/x -> /srv/data/file.txt/y",
  );
  assert.equal(
    detail(readPath(), make(LOG_TYPE.SYMLINK, { dir2_path: 8, items: names("../x", "y") })),
    "../x -> /srv/data/file.txt/y",
  );
  const argv = { item: LOG_ITEM.ARGV, bytes: "sh\0-c\0echo 'a'\0\0" };
  assert.match(
    detail(make(LOG_TYPE.EXEC, { items: [...names("/bin/sh"), argv] })),
    /^\/bin\/sh \[sh -c "echo 'a'" ""\] /,
  );
  const address = { item: LOG_ITEM.ADDRESS, bytes: new Uint8Array([2, 0, 1, 187, 10, 0, 0, 1]) };
  assert.equal(
    detail(make(LOG_TYPE.CONNECT, { args: [3n, 16n], items: [address] })),
    "10.0.0.1:443 fd=3 addr_len=16",
  );
  assert.equal(
    detail(readRecord({ flags: LOG_FLAG.DELETED, file_path: 0 })),
    "fd=3 count=4096 (deleted)",
  );
  assert.equal(
    lines([gapRecord(1, 5n, 0n, 1_000_000n)])[1],
    "*** 5 events of CPU 1 lost between 00:53:20.123456 and 00:53:20.124456: the ring was full ***",
  );
});

Deno.test("text: arbitrary records: one line an event, nothing in it that a terminal obeys", () => {
  fc.assert(fc.property(records, fc.constantFrom(null, 20, 80, 132), (all, width) => {
    const formatter = new TextFormatter(OPTIONS, width);
    const out = new ByteBuffer();
    for (const record of all) {
      formatter.record(new DataView(new Uint8Array(record).buffer), 0, record.length, out);
    }
    const text = new TextDecoder("utf-8", { fatal: true }).decode(out.view());
    const found = text.split("\n").slice(0, -1);
    assert.equal(found.length, formatter.counts.events + formatter.counts.gaps);
    for (const line of found) {
      assert.match(line, /^[^\p{Cc}\p{Cf}\p{Zl}\p{Zp}]*$/u);
      if (width !== null) assert.ok(cells(line) <= width, line);
    }
  }));
});

Deno.test("text: names are told apart by what is shown of them", () => {
  const show = (bytes: Uint8Array) =>
    detail(eventRecord({ type: LOG_TYPE.CHDIR, args: [-100n], items: names(bytes) }));
  fc.assert(fc.property(nameBytes, nameBytes, (a, b) => {
    const same = a.length === b.length && a.every((byte, i) => byte === b[i]);
    // Blanks at the end of a line are not shown.
    fc.pre(a.at(-1) !== 0x20 && b.at(-1) !== 0x20 && a.length > 0 && b.length > 0);
    assert.equal(show(a) === show(b), same);
  }));
});

Deno.test("text: control characters, other bytes and turning characters are made visible", () => {
  assert.equal(visible("a\x1b[31m\n\t\\"), "a\\x1b[31m\\n\\t\\\\");
  assert.equal(visible("\udcff\u202e\u2028é"), "\\xff\\u{202e}\\u{2028}é");
});

Deno.test("text: wide characters take two cells, marks none", () => {
  assert.deepEqual(["abc", "漢字", "e\u0301", "😀"].map(cells), [3, 4, 1, 2]);
  assert.deepEqual([cut("漢字漢字", 6), cut("abcdef", 6), cut("abcdefg", 6)], [
    "漢字…",
    "abcdef",
    "abcde…",
  ]);
  assert.deepEqual([pad("漢", 4), pad("a", -3), pad("abc", 2)], ["漢  ", "  a", "abc"]);
});

Deno.test("text: a narrow terminal loses columns before the detail", () => {
  const heading = (width: number) => lines([], width)[0].split(/ +/).join(" ");
  assert.equal(heading(200), "TIME PID TID UID COMM EVENT RESULT DUR_US DETAIL");
  assert.equal(heading(130), "TIME PID TID COMM EVENT RESULT DUR_US DETAIL");
  assert.equal(heading(80), "TIME PID COMM EVENT RESULT DETAIL");
});
