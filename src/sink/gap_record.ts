/**
 * A gap that the kernel side has not told of when the log ends, as the record it would have written.
 * @module
 */
import type { OpenGap } from "../probe/event_log/counters.ts";
import { LOG_GAP_BYTES, LOG_GAP_OFFSET, LOG_TYPE } from "../probe/event_log/layout.gen.ts";

/** `struct aod_log_gap`. */
export function gapRecord({ cpu, events, first_ns, last_ns }: OpenGap): DataView<ArrayBuffer> {
  const record = new DataView(new ArrayBuffer(LOG_GAP_BYTES));
  record.setUint16(LOG_GAP_OFFSET.type, LOG_TYPE.GAP, true);
  record.setUint16(LOG_GAP_OFFSET.cpu, cpu, true);
  record.setBigUint64(LOG_GAP_OFFSET.events, events, true);
  record.setBigUint64(LOG_GAP_OFFSET.first_ns, first_ns, true);
  record.setBigUint64(LOG_GAP_OFFSET.last_ns, last_ns, true);
  return record;
}
