/**
 * What turns records of the event log into bytes of an output: JSON lines, text, or the records as
 * they are.
 * @module
 */
import type { SnapshotEvent } from "../probe/event_log/snapshot_event.ts";
import type { ByteBuffer } from "./byte_buffer.ts";

/** What a formatter has been given, by kind; `events + paths + gaps + malformed` records in all. */
export interface FormatCounts {
  /** Events, each written. */
  events: number;
  /** Path records: they fill the table of paths. */
  paths: number;
  /** Gap records, each written. */
  gaps: number;
  /** Events that the gaps tell of. */
  gap_events: number;
  /** Records that cannot be: nothing was written for them. */
  malformed: number;
}

/** Turns records into bytes. A formatter follows the paths, so it must get every record, in order. */
export interface Formatter {
  /** What it has been given until now. */
  readonly counts: FormatCounts;
  /** What an output begins with, a new file after a rotation too; null for nothing. */
  begin(): Uint8Array | null;
  /**
   * Appends one record of the ring.
   * @param offset where the record is in `data`
   * @param bytes its length
   * @returns true where it was an event and is written; false for a path, a gap, a malformed one
   */
  record(data: DataView, offset: number, bytes: number, out: ByteBuffer): boolean;
  /** Appends a process that existed when the log began. */
  snapshot(event: SnapshotEvent, out: ByteBuffer): void;
}

/** Where nothing has been counted yet. */
export function noCounts(): FormatCounts {
  return { events: 0, paths: 0, gaps: 0, gap_events: 0, malformed: 0 };
}
