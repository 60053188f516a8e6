/**
 * The published JSON Schema is the table's, every line that is written keeps to it, and it refuses
 * what is none.
 * @module
 */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import * as z from "zod";
import { eventLogSchemaText } from "../../../packaging/gen_event_schema.ts";
import { EVENT_TYPES } from "../../../src/probe/event_log/event_types.ts";
import { LOG_TYPE } from "../../../src/probe/event_log/layout.gen.ts";
import { ByteBuffer } from "../../../src/sink/byte_buffer.ts";
import { JsonFormatter } from "../../../src/sink/json.ts";
import { eventLogSchema } from "../../../src/sink/json_schema.ts";
import { CPUS, event, records } from "../../support/event_log/arbitrary.ts";
import { eventRecord, readPath, readRecord } from "../../support/event_log/log_records.ts";

const schema = eventLogSchema();
type JsonSchema = Exclude<Parameters<typeof z.fromJSONSchema>[0], boolean>;
const definitions = schema.$defs as Record<string, JsonSchema>;
const names = (schema.anyOf as { $ref: string }[]).map(({ $ref }) => $ref.replace("#/$defs/", ""));
const validators = new Map(
  names.map((name) => [name, z.fromJSONSchema({ $ref: `#/$defs/${name}`, $defs: definitions })]),
);

function objects(all: readonly Uint8Array[]): Record<string, unknown>[] {
  const formatter = new JsonFormatter({ offset_ns: 0n, cpus: CPUS, syscallName: () => "call" });
  const out = new ByteBuffer();
  for (const record of all) {
    formatter.record(new DataView(new Uint8Array(record).buffer), 0, record.length, out);
  }
  const lines = new TextDecoder().decode(out.view()).split("\n").slice(0, -1);
  // A double of more than 2^53 is no safe integer for the validator; its digits are not at stake here.
  return lines.map((line) => JSON.parse(line.replace(/(?<=[:[,])-?\d{16,}(?=[,}\]])/g, "7")));
}

function check(value: Record<string, unknown>): void {
  const name = String(value.event_type);
  const result = validators.get(name)?.safeParse(value);
  assert.ok(result?.success, `${JSON.stringify(value)}: ${result?.error}`);
}

Deno.test("schema: docs/event-log.schema.json is up to date", () => {
  const path = new URL("../../../docs/event-log.schema.json", import.meta.url);
  assert.equal(
    Deno.readTextFileSync(path),
    eventLogSchemaText(),
    "run: deno run -A packaging/gen_event_schema.ts",
  );
});

Deno.test("schema: arbitrary events of every type keep to it", () => {
  fc.assert(fc.property(records, (all) => objects(all).forEach(check)));
  const seen = new Set<unknown>();
  fc.assert(
    fc.property(event, (record) => {
      for (const value of objects([record])) {
        seen.add(value.event_type);
        check(value);
      }
    }),
    { numRuns: 2000 },
  );
  assert.deepEqual([...seen].sort(), EVENT_TYPES.map(({ name }) => name).sort());
});

Deno.test("schema: a snapshot keeps to it", () => {
  const formatter = new JsonFormatter({ offset_ns: 0n, cpus: CPUS, syscallName: () => "call" });
  const out = new ByteBuffer();
  const process = {
    ...{ time_ns: 5n, started_ns: 1n, pid: 10, parent_pid: 1, uid: 0, cgroup_id: null, threads: 2 },
    ...{ comm: "d", exe: null, argv: null, argv_cut: true, cwd: null, root: "/jail" },
  };
  formatter.snapshot(process, out);
  check(JSON.parse(new TextDecoder().decode(out.view())));
});

Deno.test("schema: it refuses unknown keys, missing ones and wrong values", () => {
  const [value] = objects([readPath(), readRecord()]);
  const refused = (change: Record<string, unknown>) =>
    assert.equal(validators.get("read")?.safeParse({ ...value, ...change }).success, false);
  check(value);
  refused({ more: 1 });
  refused({ fd: undefined });
  refused({ file_mode: "644x" });
  refused({ event_id: 9 });
  refused({ deleted: false });
  const [open] = objects([eventRecord({ type: LOG_TYPE.OPEN })]);
  assert.equal(validators.get("read")?.safeParse(open).success, false);
});
