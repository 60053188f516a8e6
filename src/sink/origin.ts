/**
 * Records as they are, for `aod trace --read`: see origin_format.ts.
 * @module
 */
import type { DecodeOptions } from "../probe/event_log/decode.ts";
import { eventTypeOf } from "../probe/event_log/event_types.ts";
import { EventItems } from "../probe/event_log/items.ts";
import {
  LOG_EVENT_BYTES,
  LOG_GAP_BYTES,
  LOG_GAP_OFFSET,
  LOG_PATH_BYTES,
  LOG_PATH_OFFSET,
  LOG_TYPE,
} from "../probe/event_log/layout.gen.ts";
import { noCounts, type RecordCounts } from "../probe/event_log/record_counts.ts";
import type { SnapshotEvent } from "../probe/event_log/snapshot_event.ts";
import { ByteBuffer } from "./byte_buffer.ts";
import type { Formatter } from "./formatter.ts";
import { headerBytes, originHeader } from "./origin_facts.ts";
import { ORIGIN_KIND, ORIGIN_RECORD_BYTES, originCheck, padded } from "./origin_format.ts";
import { KeptPaths } from "./origin_paths.ts";

const encoder = new TextEncoder();

/** Writes the records of the ring. */
export class OriginFormatter implements Formatter {
  readonly counts: RecordCounts = noCounts();
  readonly #options: DecodeOptions;
  readonly #items = new EventItems();
  readonly #paths = new KeptPaths();
  /** Records until now; in the file modulo 2^32. */
  #sequence = 0;
  #written = 0;
  #begun = 0;
  #target = new Uint8Array(0);
  #words = new Int32Array(0);

  /** Nothing is known yet. */
  constructor(options: DecodeOptions) {
    this.#options = options;
  }

  begin(): Uint8Array {
    const out = new ByteBuffer();
    out.set(headerBytes(originHeader(this.#options)));
    // The first file holds every path record itself.
    if (this.#begun++ > 0) {
      for (const { sequence, data } of this.#paths.all(this.#sequence)) {
        this.#append(out, ORIGIN_KIND.KEPT_PATH, sequence, data);
      }
    }
    return out.view();
  }

  record(data: DataView, offset: number, bytes: number, out: ByteBuffer): boolean {
    const type = bytes < 2 ? 0 : data.getUint16(offset, true);
    if (!this.#count(type, data, offset, bytes)) {
      this.counts.malformed++;
      return false;
    }
    this.#sequence++;
    const source = new Uint8Array(data.buffer, data.byteOffset + offset, bytes);
    this.#append(out, ORIGIN_KIND.RING, this.#sequence, source);
    if (type === LOG_TYPE.PATH) {
      const cpu = data.getUint16(offset + LOG_PATH_OFFSET.cpu, true);
      const slot = data.getUint32(offset + LOG_PATH_OFFSET.slot, true);
      this.#paths.keep(cpu * 65536 + slot % 65536, this.#sequence, source, this.#written);
    }
    this.#written += padded(bytes) + ORIGIN_RECORD_BYTES;
    return type >= 100;
  }

  snapshot(event: SnapshotEvent, out: ByteBuffer): void {
    const text = JSON.stringify(
      event,
      (_key, value: unknown) => typeof value === "bigint" ? value.toString() : value,
    );
    this.#sequence++;
    this.#append(out, ORIGIN_KIND.SNAPSHOT, this.#sequence, encoder.encode(text));
  }

  /** Counts a record by its kind; false for one that cannot be. */
  #count(type: number, data: DataView, offset: number, bytes: number): boolean {
    const { counts } = this;
    if (type === LOG_TYPE.PATH && bytes >= LOG_PATH_BYTES) {
      counts.paths++;
      return true;
    }
    if (type === LOG_TYPE.GAP && bytes >= LOG_GAP_BYTES) {
      counts.gaps++;
      counts.gap_events += Number(data.getBigUint64(offset + LOG_GAP_OFFSET.events, true));
      return true;
    }
    if (eventTypeOf(type) === undefined || bytes < LOG_EVENT_BYTES) return false;
    if (!this.#items.read(data, offset, bytes)) return false;
    counts.events++;
    return true;
  }

  #append(out: ByteBuffer, kind: number, sequence: number, data: Uint8Array): void {
    const whole = padded(data.length);
    const from = out.length;
    out.ensure(ORIGIN_RECORD_BYTES + whole);
    const { bytes } = out;
    if (bytes !== this.#target) {
      this.#target = bytes;
      this.#words = new Int32Array(bytes.buffer, bytes.byteOffset, bytes.length >> 2);
    }
    const at = from + ORIGIN_RECORD_BYTES;
    bytes.set(data, at);
    for (let i = at + data.length; i < at + whole; i++) bytes[i] = 0;
    const words = this.#words;
    const head = from >> 2;
    words[head] = data.length;
    words[head + 1] = originCheck(words, at >> 2, data.length, sequence, kind);
    words[head + 2] = sequence | 0;
    words[head + 3] = kind;
    out.length = at + whole;
  }
}
