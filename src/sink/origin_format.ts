/**
 * The file format `origin`: the records of the ring as they are, with all that is needed to read them
 * elsewhere and later.
 *
 * ```
 * magic "AODLOG1\n" | u32 bytes of the header | u32 CRC-32 of the header | header (JSON, padded with
 * blanks to a multiple of 8) | records ...
 * record: u32 bytes | u32 check | u32 sequence | u32 kind | data, padded with zeros to a multiple of 8
 * ```
 *
 * All numbers are little-endian. The check covers length, sequence, kind and data, so that what a
 * crash or a full disk left at the end is found. `sequence` counts records from 1, modulo 2^32, also
 * across the files of a rotation. A file begins with the paths (kind KEPT_PATH) that its records may
 * refer to; each has the sequence of the record that it came in.
 * @module
 */
import { LOG_LAYOUT } from "../probe/event_log/layout.gen.ts";
import type { Layout } from "../probe/layout.ts";

/** First 8 bytes. */
export const ORIGIN_MAGIC = "AODLOG1\n";
/** Bytes before the header. */
export const ORIGIN_FIXED_BYTES = 16;
/** Bytes before the data of a record. */
export const ORIGIN_RECORD_BYTES = 16;
/** Longer headers are none. */
export const ORIGIN_HEADER_LIMIT = 1 << 20;
/** Longer records are none: an event has at most some 17 KiB. */
export const ORIGIN_DATA_LIMIT = 1 << 20;

/** Kinds of records. */
export const ORIGIN_KIND = {
  /** A record of the ring. */
  RING: 1,
  /** A path record of the ring that was written to an earlier file. */
  KEPT_PATH: 2,
  /** A process that existed when the log began: JSON. */
  SNAPSHOT: 3,
} as const;

/** The header. */
export interface OriginHeader {
  /** Version of the file format. */
  version: 1;
  /** Who wrote it. */
  program: string;
  /** Machine: its syscall numbers and byte order are meant. */
  machine: string;
  /** Release of the kernel. */
  kernel: string;
  /** /proc/sys/kernel/random/boot_id: CLOCK_MONOTONIC is of this boot. */
  boot_id: string;
  /** Wall time less CLOCK_MONOTONIC, in ns, as decimal digits. */
  offset_ns: string;
  /** CPUs that there could be. */
  cpus: number;
  /** Bytes of a page. */
  page_bytes: number;
  /** Wall time at the file's begin, ISO 8601. */
  begun: string;
  /** Structs and enums of bpf/log_events.h, as far as records are made of them. */
  layout: OriginLayout;
}

/** Where the fields are, what the numbers mean. */
export type OriginLayout = Layout;

/** The part of the layout that records are made of. */
export const ORIGIN_LAYOUT: OriginLayout = {
  structs: {
    aod_log_event: LOG_LAYOUT.structs.aod_log_event,
    aod_log_data: LOG_LAYOUT.structs.aod_log_data,
    aod_log_path: LOG_LAYOUT.structs.aod_log_path,
    aod_log_gap: LOG_LAYOUT.structs.aod_log_gap,
  },
  enums: {
    aod_log_type: LOG_LAYOUT.enums.aod_log_type,
    aod_log_flag: LOG_LAYOUT.enums.aod_log_flag,
    aod_log_item: LOG_LAYOUT.enums.aod_log_item,
    aod_log_mark: LOG_LAYOUT.enums.aod_log_mark,
  },
};

/** Bytes with padding. */
export function padded(bytes: number): number {
  return (bytes + 7) & ~7;
}

/**
 * The check of a record: cheap enough for every event, and sure to see a cut or a shift.
 * @param words the file's, 32 bits each
 * @param at the word where the data begins
 * @param length bytes of the data; padding is covered
 */
export function originCheck(
  words: Int32Array,
  at: number,
  length: number,
  sequence: number,
  kind: number,
): number {
  let hash = Math.imul(length ^ 0x9e3779b9, 0x85ebca6b) ^ sequence;
  hash = Math.imul(hash ^ (hash >>> 15), 0xc2b2ae35) ^ kind;
  const end = at + (padded(length) >> 2);
  for (let i = at; i < end; i++) {
    hash = Math.imul(hash ^ words[i], 0x01000193);
    hash = (hash << 13) | (hash >>> 19);
  }
  return Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
}
