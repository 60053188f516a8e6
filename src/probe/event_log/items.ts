/**
 * The data items behind an event: where each of them is. One object is used again for every event.
 * @module
 */
import {
  LOG_DATA_BYTES,
  LOG_DATA_OFFSET as AT,
  LOG_EVENT_BYTES,
  LOG_EVENT_OFFSET,
  LOG_ITEM,
  LOG_MARK,
} from "./layout.gen.ts";

/** Where the items of one event are; `at` is -1 for an item that it lacks. */
export class EventItems {
  /** Offsets in the view, by `enum aod_log_item`. */
  readonly at = new Int32Array(5);
  /** Lengths, likewise. */
  readonly bytes = new Int32Array(5);
  /** A name was cut. */
  nameCut = false;
  /** The arguments were cut. */
  argvCut = false;

  /** Forgets the items. */
  clear(): void {
    const { at } = this;
    at[1] =
      at[2] =
      at[3] =
      at[4] =
        -1;
    this.nameCut = false;
    this.argvCut = false;
  }

  /**
   * Finds the items of the event at `offset`. Kinds of items that are not known are skipped.
   * @param size bytes of the record, at least those of an event
   * @returns false where lengths do not fit the record
   */
  read(view: DataView, offset: number, size: number): boolean {
    this.clear();
    const dataBytes = view.getUint32(offset + LOG_EVENT_OFFSET.data_bytes, true);
    if (dataBytes > size - LOG_EVENT_BYTES) return false;
    let at = offset + LOG_EVENT_BYTES;
    const end = at + dataBytes;
    while (at < end) {
      if (end - at < LOG_DATA_BYTES) return false;
      const kind = view.getUint16(at + AT.item, true);
      const isCut = (view.getUint16(at + AT.flags, true) & LOG_MARK.ITEM_CUT) !== 0;
      const bytes = view.getUint32(at + AT.bytes, true);
      at += LOG_DATA_BYTES;
      if (bytes > end - at) return false;
      if (kind >= LOG_ITEM.NAME && kind <= LOG_ITEM.ARGV) {
        this.at[kind] = at;
        this.bytes[kind] = bytes;
        if (isCut && kind === LOG_ITEM.ARGV) this.argvCut = true;
        else if (isCut) this.nameCut = true;
      }
      at += Math.ceil(bytes / 8) * 8;
    }
    return true;
  }
}
