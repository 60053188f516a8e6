/**
 * Writes docs/event-log.schema.json, made of the table of event types:
 * `deno run -A packaging/gen_event_schema.ts`. A test says when the file is out of date.
 * @module
 */
import { eventLogSchema } from "../src/sink/json_schema.ts";

/** The text of docs/event-log.schema.json. */
export function eventLogSchemaText(): string {
  return `${JSON.stringify(eventLogSchema(), null, 2)}\n`;
}

if (import.meta.main) {
  const path = new URL("../docs/event-log.schema.json", import.meta.url);
  Deno.writeTextFileSync(path, eventLogSchemaText());
}
