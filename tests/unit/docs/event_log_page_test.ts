/**
 * docs/event-log.md is made of packaging/event_log/page.md and the table of event types.
 * @module
 */
import assert from "node:assert/strict";
import { eventLogMarkdown } from "../../../packaging/gen_event_log_docs.ts";
import { EVENT_TYPES } from "../../../src/probe/event_log/event_types.ts";

const PAGE = eventLogMarkdown();

Deno.test("docs/event-log.md is up to date", () => {
  const path = new URL("../../../docs/event-log.md", import.meta.url);
  assert.equal(Deno.readTextFileSync(path), PAGE, "deno run -A packaging/gen_event_log_docs.ts");
});

Deno.test("every event type has a row with its calls and fields", () => {
  const rows = PAGE.split("\n");
  for (const { event_id, name, about, syscalls, fields } of EVENT_TYPES) {
    const row = rows.find((line) => line.startsWith(`| ${event_id} | **${name}** | ${about} |`));
    assert.ok(row !== undefined, name);
    assert.ok(row.includes(`| ${syscalls.join(", ")} |`), row);
    const keys = fields.flatMap(({ kind, name }) => kind === "address" ? ["addr", "port"] : [name]);
    for (const key of keys) assert.ok(row.includes(`\`${key}\``), `${name}: ${key}`);
  }
});

Deno.test("nothing is left of its markers but the note at the top", () => {
  assert.deepEqual(PAGE.match(/<!--/g), ["<!--"]);
});
