/**
 * What is written as `origin` is read again: all of it, or all of it before a cut.
 * @module
 */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { DecodeOptions } from "../../../src/probe/event_log/decode.ts";
import type { SnapshotEvent } from "../../../src/probe/event_log/snapshot_event.ts";
import { ByteBuffer } from "../../../src/sink/byte_buffer.ts";
import type { Formatter } from "../../../src/sink/formatter.ts";
import { JsonFormatter } from "../../../src/sink/json.ts";
import { OriginFormatter } from "../../../src/sink/origin.ts";
import { headerBytes, originHeader } from "../../../src/sink/origin_facts.ts";
import { ORIGIN_KIND, originCheck } from "../../../src/sink/origin_format.ts";
import { OriginError, OriginFile } from "../../../src/sink/origin_read.ts";
import { CPUS, records } from "../../support/event_log/arbitrary.ts";
import { pathRecord, readPath, readRecord } from "../../support/event_log/log_records.ts";

const OPTIONS: DecodeOptions = {
  offset_ns: 1_763_600_000_123_456_789n,
  cpus: CPUS,
  syscallName: () => "call",
};
const SNAPSHOT: SnapshotEvent = {
  time_ns: 5_000_000_000n,
  started_ns: 1_000_000_000n,
  pid: 10,
  parent_pid: 1,
  uid: 0,
  cgroup_id: 18446744073709551615n,
  threads: 2,
  comm: "d\udcff",
  exe: "/bin/d",
  argv: ["d", "-x"],
  argv_cut: false,
  cwd: "/",
  root: null,
};
const directory = Deno.makeTempDirSync({ prefix: "aod-origin-" });
globalThis.addEventListener("unload", () => Deno.removeSync(directory, { recursive: true }));
const PATH = `${directory}/run.aodrec`;

function feed(formatter: Formatter, all: readonly Uint8Array[], out: ByteBuffer): void {
  for (const record of all) {
    formatter.record(new DataView(new Uint8Array(record).buffer), 0, record.length, out);
  }
}

function text(out: ByteBuffer): string {
  return new TextDecoder().decode(out.view());
}

/** A whole file of records. */
function written(all: readonly Uint8Array[], formatter = new OriginFormatter(OPTIONS)): Uint8Array {
  const out = new ByteBuffer();
  out.set(formatter.begin());
  feed(formatter, all, out);
  return out.view().slice();
}

/** Reads a file into JSON lines. */
function replay(bytes: Uint8Array): { json: string; problem: string | null; missing: number } {
  Deno.writeFileSync(PATH, bytes);
  const file = new OriginFile(PATH);
  try {
    const out = new ByteBuffer();
    let formatter = new JsonFormatter({ ...OPTIONS, cpus: file.header.cpus });
    for (let record = file.next(); record !== null; record = file.next()) {
      if (record.kind === "header") formatter = new JsonFormatter(OPTIONS);
      else if (record.kind === "snapshot") formatter.snapshot(record.event, out);
      else formatter.record(record.view, record.offset, record.bytes, out);
    }
    return { json: text(out), problem: file.problem, missing: file.missing };
  } finally {
    file.close();
  }
}

/** The JSON of the same records, without a file. */
function direct(all: readonly Uint8Array[], formatter = new JsonFormatter(OPTIONS)): string {
  const out = new ByteBuffer();
  feed(formatter, all, out);
  return text(out);
}

Deno.test("origin: arbitrary records give the same JSON from the file as from the ring", () => {
  fc.assert(fc.property(records, (all) => {
    assert.deepEqual(replay(written(all)), { json: direct(all), problem: null, missing: 0 });
  }));
});

Deno.test("origin: counts are those of the other formatters", () => {
  fc.assert(fc.property(records, (all) => {
    const json = new JsonFormatter(OPTIONS);
    direct(all, json);
    const origin = new OriginFormatter(OPTIONS);
    written(all, origin);
    // A path record is looked into by its reader only: it may be malformed there.
    const { paths, malformed, ...rest } = origin.counts;
    assert.deepEqual({ ...json.counts, ...rest }, json.counts);
    assert.equal(paths + malformed, json.counts.paths + json.counts.malformed);
  }));
});

Deno.test("origin: a file that is cut anywhere is read up to the cut, and says so", () => {
  const all = [readPath(), readRecord(), readRecord({ result: -5n }), readRecord({ tid: 7 })];
  const whole = written(all);
  const begin = headerBytes(originHeader(OPTIONS)).length;
  const ends = all.map((_, i) => written(all.slice(0, i + 1)).length);
  for (let size = begin; size < whole.length; size++) {
    const count = ends.filter((end) => end <= size).length;
    const { json, problem } = replay(whole.subarray(0, size));
    assert.equal(json, direct(all.slice(0, count)));
    assert.equal(problem === null, size === begin || ends.includes(size), `${size}`);
    if (problem !== null) assert.match(problem, /is cut at byte \d+; what is before it was read$/);
  }
  for (let size = 0; size < begin; size += 7) {
    assert.throws(() => replay(whole.subarray(0, size)), OriginError);
  }
});

Deno.test("origin: a damaged byte is found, what is before it is read", () => {
  const all = [readPath(), readRecord(), readRecord({ result: -5n })];
  const whole = written(all);
  const begin = headerBytes(originHeader(OPTIONS)).length;
  const ends = all.map((_, i) => written(all.slice(0, i + 1)).length);
  for (let at = begin; at < whole.length; at++) {
    const bytes = whole.slice();
    bytes[at] ^= 0x10;
    const { json, problem } = replay(bytes);
    assert.equal(json, direct(all.slice(0, ends.filter((end) => end <= at).length)), `${at}`);
    assert.match(problem ?? "", /is (damaged|cut) at byte/);
  }
});

Deno.test("origin: snapshots come through whole", () => {
  const formatter = new OriginFormatter(OPTIONS);
  const out = new ByteBuffer();
  out.set(formatter.begin());
  formatter.snapshot(SNAPSHOT, out);
  const expected = new ByteBuffer();
  new JsonFormatter(OPTIONS).snapshot(SNAPSHOT, expected);
  assert.deepEqual(replay(out.view()), { json: text(expected), problem: null, missing: 0 });
  assert.match(text(expected), /"cgroup_id":18446744073709551615,/);
  assert.match(text(expected), /"comm":"d\\udcff"/);
});

Deno.test("origin: the next file of a rotation knows the paths, as of each record", () => {
  const all = [
    ...[readPath(), readRecord(), readRecord({ tid: 8 })],
    ...[pathRecord(1, 7, ["other"]), readRecord({ tid: 9 }), readRecord({ tid: 10 })],
    ...[pathRecord(1, 7, []), readRecord({ tid: 11 })],
  ];
  const formatter = new OriginFormatter(OPTIONS);
  const out = new ByteBuffer();
  const first = formatter.begin();
  const ends = all.map((record) => {
    feed(formatter, [record], out);
    return out.length;
  });
  // The sink begins the second file when all has been formatted already.
  const second = formatter.begin();
  for (const end of [0, ...ends]) {
    const before = replay(new Uint8Array([...first, ...out.bytes.subarray(0, end)]));
    const after = replay(new Uint8Array([...second, ...out.bytes.subarray(end, out.length)]));
    assert.equal(before.json + after.json, direct(all));
    assert.deepEqual([before.problem, after.problem, after.missing], [null, null, 0]);
  }
});

Deno.test("origin: two logs in one file are read one after the other", () => {
  const whole = new Uint8Array([
    ...written([readPath(), readRecord()]),
    ...written([readRecord()]),
  ]);
  const { json, problem } = replay(whole);
  // The second one does not know the first one's paths.
  assert.equal(json, direct([readPath(), readRecord()]) + direct([readRecord()]));
  assert.equal(problem, null);
});

Deno.test("origin: records that are not in the file are counted", () => {
  const whole = written([readPath(), readRecord(), readRecord({ tid: 8 }), readRecord({ tid: 9 })]);
  const size = readRecord().length + 16;
  const end = whole.length - 2 * size;
  const { missing, problem } = replay(
    new Uint8Array([...whole.subarray(0, end), ...whole.subarray(end + size)]),
  );
  assert.deepEqual([missing, problem], [1, null]);
});

Deno.test("origin: a file of other records, another version or another kind is refused", () => {
  const header = originHeader(OPTIONS);
  const layout = structuredClone(header.layout);
  layout.structs.aod_log_event.fields.uid = [48, 4];
  layout.enums.aod_log_type.AOD_LOG_OPEN = 105;
  assert.throws(() => replay(headerBytes({ ...header, program: "aod 9.9", layout })), {
    name: "OriginError",
    message: `Cannot read ${PATH}: because aod 9.9 wrote it with other records than this ` +
      "program's: offset of aod_log_event.uid is 48, expected 44; aod_log_type.AOD_LOG_OPEN is " +
      "105, expected 104",
  });
  const more = structuredClone(header.layout);
  more.enums.aod_log_type.AOD_LOG_NEWER = 408;
  assert.equal(replay(headerBytes({ ...header, layout: more })).problem, null);
  assert.throws(() => replay(headerBytes({ ...header, version: 2 as 1 })), /it is of version 2/);
  assert.throws(() => replay(headerBytes({ ...header, cpus: 1e9 })), /its header is wrong at cpus/);
  const damaged = headerBytes(header);
  damaged[40] ^= 1;
  assert.throws(() => replay(damaged), /its header is damaged/);
  assert.throws(() => replay(new TextEncoder().encode("{}".repeat(20))), /is no file that `aod/);
  assert.throws(() => new OriginFile(directory), /it is a directory/);
  assert.throws(() => new OriginFile(`${directory}/none`), /because no such file or directory/);
});

Deno.test("origin: hostile bytes behind a header end in a clean refusal", () => {
  const begin = headerBytes(originHeader(OPTIONS));
  fc.assert(fc.property(fc.uint8Array({ maxLength: 200 }), (bytes) => {
    const { problem } = replay(new Uint8Array([...begin, ...bytes]));
    assert.equal(problem === null, bytes.length === 0);
  }));
});

Deno.test("origin: more paths at a file's begin than any writer keeps are refused, also empty ones", () => {
  const count = 1000;
  const records = new Int32Array(4 * count);
  const check = originCheck(records, 0, 0, 5, ORIGIN_KIND.KEPT_PATH);
  for (let i = 0; i < count; i++) records.set([0, check, 5, ORIGIN_KIND.KEPT_PATH], 4 * i);
  Deno.writeFileSync(PATH, headerBytes(originHeader(OPTIONS)));
  Deno.writeFileSync(PATH, new Uint8Array(records.buffer), { append: true });
  for (const [limit, problem] of [[1000 * 256, null], [1000 * 256 - 1, true]] as const) {
    const file = new OriginFile(PATH, limit);
    assert.equal(file.next(), null);
    assert.equal(file.problem?.includes("is damaged at byte") ?? null, problem);
    file.close();
  }
});
