/**
 * Arbitrary records of the event log, for property tests: whole ones, and hostile ones.
 * @module
 */
import * as fc from "fast-check";
import { EVENT_TYPES } from "../../../src/probe/event_log/event_types.ts";
import { LOG_ITEM } from "../../../src/probe/event_log/layout.gen.ts";
import { eventRecord, gapRecord, pathRecord, type RecordItem } from "./log_records.ts";

/** Few CPUs and slots, so that records refer to each other. */
export const CPUS = 3;
const SLOTS = 4;

/** Numbers of 64 bits, those near the edges of the formatter's cases often. */
const u64 = fc.oneof(
  fc.bigInt(0n, 100n),
  fc.bigInt(0n, (1n << 32n) + 100n),
  fc.bigInt((1n << 53n) - 2_000n, (1n << 53n) + 2_000n),
  fc.bigInt((1n << 64n) - 5_000n, (1n << 64n) - 1n),
  fc.bigInt((1n << 63n) - 2n, (1n << 63n) + 2n),
  fc.bigInt(0n, (1n << 64n) - 1n),
);
const u32 = fc.oneof(fc.nat(10), fc.nat(0xffff), fc.integer({ min: 0, max: 0xffffffff }));

/** Bytes of names: arbitrary, UTF-8, and such as trouble escaping. */
export const nameBytes: fc.Arbitrary<Uint8Array> = fc.oneof(
  fc.uint8Array({ maxLength: 40 }),
  fc.string({ unit: "binary", maxLength: 20 }).map((text) => new TextEncoder().encode(text)),
  fc.constantFrom("a\\udc80", '"', "\u007f\u0080\u009f\u00a0", "\u2028\r\n\t\b\f", "😀é").map((
    text,
  ) => new TextEncoder().encode(text)),
);

const address = fc.tuple(
  fc.constantFrom(0, 1, 1, 2, 10, 16, 17, 300),
  fc.uint8Array({ maxLength: 126 }),
).map(([family, rest]) => new Uint8Array([family & 255, family >> 8, ...rest]));

const item: fc.Arbitrary<RecordItem> = fc.record({
  item: fc.constantFrom(...Object.values(LOG_ITEM), 9),
  bytes: fc.oneof(nameBytes, address),
  cut: fc.boolean(),
});

const reference = fc.oneof(
  fc.constant(0),
  fc.nat(SLOTS + 1),
  fc.constantFrom(4096, 4097, 0xffffffff),
);

/** A whole event of any type. */
export const event: fc.Arbitrary<Uint8Array> = fc.record({
  type: fc.constantFrom(...EVENT_TYPES.map(({ type }) => type)),
  cpu: fc.nat(CPUS),
  flags: fc.oneof(fc.constant(2), fc.nat(0xffff), u32),
  start_ns: u64,
  duration_ns: u64,
  result: u64,
  tid: fc.oneof(fc.nat(3), u32),
  tgid: fc.oneof(fc.nat(3), u32),
  parent_tgid: u32,
  uid: u32,
  cgroup_id: u64,
  comm: nameBytes,
  args: fc.array(u64, { minLength: 6, maxLength: 6 }),
  inode: u64,
  device: u32,
  owner: u32,
  mode: fc.oneof(fc.constantFrom(0o140777, 0o10600, 0), fc.nat(0xffff)),
  syscall: fc.oneof(fc.constant(-1), fc.nat(500), fc.integer({ min: -32768, max: 32767 })),
  file_path: reference,
  dir_path: reference,
  dir2_path: reference,
  items: fc.array(item, { maxLength: 4 }),
}).map(eventRecord);

const path = fc.tuple(
  fc.nat(CPUS),
  fc.nat(SLOTS),
  fc.array(
    nameBytes.map((bytes) => bytes.filter((byte) => byte !== 0 && byte !== 0x2f)).filter((b) =>
      b.length > 0
    ),
    { maxLength: 5 },
  ),
  fc.boolean(),
).map(([cpu, slot, names, isCut]) => pathRecord(cpu, slot, names, isCut));

const gap = fc.tuple(fc.nat(CPUS), u64, u64, u64).map((values) => gapRecord(...values));

/** A record with some bytes changed, or cut off. */
const hostile = fc.tuple(
  fc.oneof(event, path, gap),
  fc.array(fc.tuple(fc.nat(400), fc.nat(255)), { maxLength: 6 }),
  fc.option(fc.nat(400)),
).map(([record, changes, end]) => {
  const bytes = new Uint8Array(record);
  for (const [at, value] of changes) bytes[at % bytes.length] = value;
  return end === null ? bytes : bytes.slice(0, end);
});

/** What a ring may hold: records in any order. */
export const records: fc.Arbitrary<Uint8Array[]> = fc.array(
  fc.oneof({ weight: 4, arbitrary: event }, path, gap, hostile, fc.uint8Array({ maxLength: 300 })),
  { maxLength: 12 },
);
