/**
 * What turns records of the event log into bytes of an output: JSON lines, text, or the records as
 * they are.
 * @module
 */
import type { RecordCounts } from "../probe/event_log/record_counts.ts";
import type { SnapshotEvent } from "../probe/event_log/snapshot_event.ts";
import type { ByteBuffer } from "./byte_buffer.ts";

/** Turns records into bytes. A formatter follows the paths, so it must get every record, in order. */
export interface Formatter {
  /** What it has been given until now. */
  readonly counts: RecordCounts;
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
