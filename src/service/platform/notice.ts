/**
 * What fired, and which bundle was sealed, as events for the page and the event stream.
 * @module
 */
import type { BusEvent } from "../../stream/bus_event.ts";
import type { SmbNotice } from "./messages.ts";

/** The event of a notice. */
export function noticeEvent({ event, fields, timestamp }: SmbNotice): Omit<BusEvent, "event_id"> {
  if (event === "sealed") {
    return { event_type: "smb", timestamp, source: "smb::collector", data: fields };
  }
  const source = fields.type === "metric" ? "metric::guardian" : "smb::guardian";
  return { event_type: "anomaly", timestamp, source, data: fields };
}
