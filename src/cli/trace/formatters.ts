/**
 * The formatter of a format.
 * @module
 */
import type { DecodeOptions } from "../../probe/event_log/decode.ts";
import type { Formatter } from "../../sink/formatter.ts";
import { JsonFormatter } from "../../sink/json.ts";
import type { TraceFormat } from "./options.ts";

/** A formatter that has been given nothing yet. */
export function formatterOf(format: TraceFormat, options: DecodeOptions): Formatter {
  switch (format) {
    case "json":
      return new JsonFormatter(options);
    default:
      throw new Error(format);
  }
}
