/**
 * The formatter of a format.
 * @module
 */
import type { DecodeOptions } from "../../probe/event_log/decode.ts";
import type { Formatter } from "../../sink/formatter.ts";
import { JsonFormatter } from "../../sink/json.ts";
import { OriginFormatter } from "../../sink/origin.ts";
import { TextFormatter } from "../../sink/text.ts";
import { terminalWidth } from "../output.ts";
import type { TracePlan } from "./plan.ts";

/** A formatter that has been given nothing yet; text is fitted to the terminal, where it goes there. */
export function formatterOf({ format, file }: TracePlan, options: DecodeOptions): Formatter {
  switch (format) {
    case "json":
      return new JsonFormatter(options);
    case "origin":
      return new OriginFormatter(options);
    case "text":
      return new TextFormatter(options, file === null ? terminalWidth() : null);
  }
}
