/**
 * What it costs to turn a record of the event log into a line: straight into bytes (src/sink/json.ts),
 * beside it by an object and JSON.stringify, beside that JSON.stringify alone, of objects that are
 * there already. All in turns, over the same records: those of two threads that read and write two
 * files, and those of opens with relative names. The origin format and text for people as well.
 * @module
 */
import { LogDecoder } from "../src/probe/event_log/decode.ts";
import { LOG_FLAG, LOG_TYPE } from "../src/probe/event_log/layout.gen.ts";
import { syscallName } from "../src/probe/event_log/syscalls.ts";
import { ByteBuffer } from "../src/sink/byte_buffer.ts";
import type { Formatter } from "../src/sink/formatter.ts";
import { JsonFormatter } from "../src/sink/json.ts";
import { jsonOfEvent } from "../src/sink/json_object.ts";
import { OriginFormatter } from "../src/sink/origin.ts";
import { TextFormatter } from "../src/sink/text.ts";
import {
  eventRecord,
  names,
  pathRecord,
  readRecord,
} from "../tests/support/event_log/log_records.ts";
import { type Benchmark, type BenchOptions, type Figure, quantileOf } from "./support/figure.ts";

const OPTIONS = {
  offset_ns: 1_763_600_000_123_456_789n,
  cpus: 2,
  syscallName: (number: number) => syscallName(number) ?? undefined,
};
/** Records of one timed stretch: some 700 KB of them, as a ring under load hands over. */
const RECORDS = 4096;
/** Stretches by the slow ways are this much shorter. */
const SLOW = 8;

/** Records one behind another, as in a ring. */
class Records {
  readonly view: DataView<ArrayBuffer>;
  readonly at: number[] = [];
  readonly bytes: number[] = [];

  constructor(all: readonly Uint8Array[]) {
    const data = new Uint8Array(all.reduce((sum, { length }) => sum + length + 8, 0));
    this.view = new DataView(data.buffer);
    let at = 8;
    for (const record of all) {
      data.set(record, at);
      this.at.push(at);
      this.bytes.push(record.length);
      at += record.length + 8;
    }
  }
}

const PATHS = [
  pathRecord(0, 7, ["index.db", "cache", "service", "lib", "var"]),
  pathRecord(1, 9, ["access.log", "nginx", "log", "var"]),
  pathRecord(0, 20, ["service", "lib", "var"]),
];

function start(i: number): bigint {
  return 86_400_000_000_000n + BigInt(i) * 750n;
}

/** Two threads: one reads a file at full speed, one writes another. */
const READ_WRITE = new Records(Array.from({ length: RECORDS }, (_, i) => {
  const [isRead, count] = [i % 2 === 0, BigInt(1 + i * 37 % 65_536)];
  return readRecord({
    type: isRead ? LOG_TYPE.READ : LOG_TYPE.WRITE,
    cpu: i % 2,
    start_ns: start(i),
    duration_ns: BigInt(180 + i * 7919 % 900),
    result: count,
    tid: 4321 + i % 2,
    args: [isRead ? 3n : 4n, count, -1n],
    inode: isRead ? 1_234_567n : 2_345_678n,
    syscall: isRead ? 0 : 1,
    file_path: isRead ? 8 : 10,
  });
}));

/** One thread opens files by relative names, some of which are not there. */
const OPEN = new Records(Array.from({ length: RECORDS }, (_, i) =>
  eventRecord({
    type: LOG_TYPE.OPEN,
    flags: LOG_FLAG.FILE,
    start_ns: start(i),
    duration_ns: BigInt(900 + i * 7919 % 4000),
    result: i % 8 === 0 ? -2n : 5n,
    tid: 4321,
    args: [-100n, 0x80000n],
    inode: BigInt(1_000_000 + i % 64),
    device: 8 << 20 | 1,
    mode: 0o100644,
    syscall: 257,
    file_path: i % 8 === 0 ? 0 : 8,
    dir_path: 21,
    items: names(`cache/session-${100_000 + i}.tmp`),
  })));

/** A way to format records; gives the bytes that came of them. */
type Way = (records: Records, count: number) => number;

function by(formatter: Formatter): Way {
  const out = new ByteBuffer(4 << 20);
  for (const path of PATHS) formatter.record(new DataView(path.buffer), 0, path.length, out);
  return ({ view, at, bytes }, count) => {
    out.length = 0;
    for (let i = 0; i < count; i++) formatter.record(view, at[i], bytes[i], out);
    return out.length;
  };
}

function decoder(): LogDecoder {
  const decoder = new LogDecoder(OPTIONS);
  for (const path of PATHS) decoder.decode(new DataView(path.buffer), 0, path.length);
  return decoder;
}

const encoder = new TextEncoder();

/** Record, object, text, bytes. */
function plain(): Way {
  const own = decoder();
  const out = new Uint8Array(4 << 20);
  return ({ view, at, bytes }, count) => {
    let length = 0;
    for (let i = 0; i < count; i++) {
      const line = `${jsonOfEvent(own.decode(view, at[i], bytes[i]) ?? {})}\n`;
      length += encoder.encodeInto(line, out.subarray(length)).written;
    }
    return length;
  };
}

/** JSON.stringify alone. */
function stringify(records: Records): Way {
  const own = decoder();
  const objects = records.at.map((at, i) => own.decode(records.view, at, records.bytes[i]));
  return (_records, count) => {
    let length = 0;
    for (let i = 0; i < count; i++) length += JSON.stringify(objects[i]).length;
    return length;
  };
}

function measure(name: string, records: Records, target: number | null, quick: boolean): Figure[] {
  const ways: [string, Way, number][] = [
    ["record to JSON line", by(new JsonFormatter(OPTIONS)), RECORDS],
    ["JSON.stringify alone", stringify(records), RECORDS / SLOW],
    ["by object and JSON.stringify", plain(), RECORDS / SLOW],
    ["record to origin", by(new OriginFormatter(OPTIONS)), RECORDS],
    ["record to text", by(new TextFormatter(OPTIONS, null)), RECORDS / SLOW],
  ];
  const times = ways.map((): number[] => []);
  let lineBytes = 0;
  // The first rounds are for the compiler.
  for (let round = -20; round < (quick ? 20 : 200); round++) {
    for (const [i, [, way, count]] of ways.entries()) {
      const begun = performance.now();
      const bytes = way(records, count);
      if (round >= 0) times[i].push((performance.now() - begun) * 1e6 / count);
      if (i === 0) lineBytes = bytes / count;
    }
  }
  return ways.map(([what], i): Figure => {
    const sorted = times[i].sort((a, b) => a - b);
    return {
      name: `${name}: ${what}`,
      value: quantileOf(sorted, 0.5),
      unit: "ns/event",
      ...(i === 0 && target !== null ? { target: { at_most: target } } : {}),
      detail: {
        best: sorted[0],
        p90: quantileOf(sorted, 0.9),
        ...(i === 0 ? { line_bytes: Math.round(lineBytes) } : {}),
      },
    };
  });
}

/** Formatting of the event log. */
export const eventLogFormatBenchmark: Benchmark = {
  name: "event-log-format",
  about: "a record of the event log into a line, ns per event",
  run({ quick }: BenchOptions) {
    return [
      ...measure("read/write", READ_WRITE, 150, quick),
      ...measure("open", OPEN, null, quick),
    ];
  },
};
