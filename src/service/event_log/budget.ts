/**
 * The event log's budget: so many events a second are written, what is above is counted and told as a
 * gap of its CPU. Seconds are those of the events, not those of the reader.
 * @module
 */
import { LOG_EVENT_OFFSET as AT, LOG_TYPE } from "../../probe/event_log/layout.gen.ts";
import type { RecordCounts } from "../../probe/event_log/record_counts.ts";
import type { SnapshotEvent } from "../../probe/event_log/snapshot_event.ts";
import type { ByteBuffer } from "../../sink/byte_buffer.ts";
import type { Formatter } from "../../sink/formatter.ts";
import { gapRecord } from "../../sink/gap_record.ts";

const NS_PER_SEC = 1e9;
const WORD = 2 ** 32;

interface Gap {
  cpu: number;
  events: bigint;
  first_ns: bigint;
  last_ns: bigint;
}

/** A formatter that is given only what the budget allows, and every path and gap. */
export class BudgetFormatter implements Formatter {
  /** Events above the budget. */
  dropped = 0;
  readonly #inner: Formatter;
  readonly #perSecond: number;
  readonly #gaps = new Map<number, Gap>();
  #second = 0;
  #left: number;

  /** Takes `perSecond` events for each second of their time. */
  constructor(inner: Formatter, perSecond: number) {
    this.#inner = inner;
    this.#perSecond = perSecond;
    this.#left = perSecond;
  }

  get counts(): RecordCounts {
    return this.#inner.counts;
  }

  begin(): Uint8Array | null {
    return this.#inner.begin();
  }

  record(data: DataView, offset: number, bytes: number, out: ByteBuffer): boolean {
    const isEvent = bytes >= AT.duration_ns + 8 &&
      data.getUint16(offset, true) >= LOG_TYPE.CREATE;
    if (!isEvent) return this.#inner.record(data, offset, bytes, out);
    const at = offset + AT.start_ns;
    const start = data.getUint32(at + 4, true) * WORD + data.getUint32(at, true);
    const second = Math.floor(start / NS_PER_SEC);
    // Events of several CPUs and calls that lasted come late: time only goes on.
    if (second > this.#second) {
      this.#second = second;
      this.#left = this.#perSecond;
      this.tell(out);
    }
    if (this.#left > 0) {
      this.#left--;
      return this.#inner.record(data, offset, bytes, out);
    }
    this.dropped++;
    this.#miss(data, offset);
    return false;
  }

  snapshot(event: SnapshotEvent, out: ByteBuffer): void {
    this.#inner.snapshot(event, out);
  }

  /** Appends the gaps that have not been told of. */
  tell(out: ByteBuffer): void {
    if (this.#gaps.size === 0) return;
    for (const gap of this.#gaps.values()) {
      const record = gapRecord(gap);
      this.#inner.record(record, 0, record.byteLength, out);
    }
    this.#gaps.clear();
  }

  #miss(data: DataView, offset: number): void {
    const cpu = data.getUint16(offset + AT.cpu, true);
    const end = data.getBigUint64(offset + AT.start_ns, true) +
      data.getBigUint64(offset + AT.duration_ns, true);
    const gap = this.#gaps.get(cpu);
    if (gap === undefined) {
      this.#gaps.set(cpu, { cpu, events: 1n, first_ns: end, last_ns: end });
      return;
    }
    gap.events++;
    if (end > gap.last_ns) gap.last_ns = end;
  }
}
