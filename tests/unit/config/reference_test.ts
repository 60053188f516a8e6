/** JSON Schema, table of keys, effective values, docs/configuration.md. @module */
import assert from "node:assert/strict";
import { configurationMarkdown } from "../../../packaging/gen_config_docs.ts";
import { builtinActions } from "../../../src/config/actions.ts";
import { effectiveConfig } from "../../../src/config/effective.ts";
import { configJsonSchema, type JsonSchema } from "../../../src/config/json_schema.ts";
import {
  ConfigError,
  formatDiagnostic,
  loadConfig,
  parseConfig,
} from "../../../src/evidence/configuration.ts";
import { configReference } from "../../../src/config/reference.ts";
import { ACTIONS } from "../../../src/evidence/actions/registry.ts";

Deno.test("docs/configuration.md is what the schema says", () => {
  const path = new URL("../../../docs/configuration.md", import.meta.url);
  assert.equal(
    Deno.readTextFileSync(path),
    configurationMarkdown(),
    "out of date: deno run -A packaging/gen_config_docs.ts",
  );
});

Deno.test("every key of the effective configuration is in the table, with all columns", () => {
  const rows = configReference();
  const keys = new Set(rows.map((r) => r.key));
  assert.equal(keys.size, rows.length, "a key comes once");
  const { config } = loadConfig(null);
  for (const section of ["cleanup", "audit", "probe", "collector"] as const) {
    for (const key of Object.keys(config[section])) {
      assert.ok(keys.has(`${section}.${key}`), `${section}.${key}`);
    }
  }
  for (const key of ["type", "tool", "actions"]) {
    const row = rows.find((r) => r.key === `guardian.anomalies.<name>.${key}`);
    assert.equal(row?.default, "required", key);
  }
  const { filters, ...rest } = config.event_log;
  for (const key of [...Object.keys(rest), "exclude"]) assert.ok(keys.has(`event_log.${key}`), key);
  for (const key of Object.keys(filters)) assert.ok(keys.has(`event_log.filters.${key}`), key);
  for (const row of rows) {
    assert.ok(row.description.length > 10, row.key);
    assert.ok(row.type !== "text" && row.type !== "", row.key);
    assert.match(row.since, /^\d+\.\d+\.\d+$/);
    assert.ok(["reload", "restart"].includes(row.apply), row.key);
  }
  const restart = rows.filter((r) => r.apply === "restart").map((r) => r.key);
  assert.deepEqual(restart, [
    "aod_output_dir",
    "probe.hook_mode",
    "probe.ring_size_kb",
    "probe.recorder_slots",
    "probe.max_in_flight",
  ]);
});

Deno.test("the table's defaults are those that apply", () => {
  const text = "guardian: {anomalies: {a: {type: latency, tool: smbslower, actions: [dmesg]}}}";
  const { config } = parseConfig(text, "f");
  const rows = configReference();
  for (const section of ["cleanup", "audit", "probe", "collector"] as const) {
    for (const [key, value] of Object.entries(config[section])) {
      const row = rows.find((r) => r.key === `${section}.${key}`);
      assert.equal(row?.default, JSON.stringify(value), `${section}.${key}`);
    }
  }
});

Deno.test("JSON Schema: closed objects everywhere, required keys, our keywords", () => {
  const schema = configJsonSchema();
  assert.equal(schema.$schema, "https://json-schema.org/draft/2020-12/schema");
  const open: string[] = [];
  const visit = (node: JsonSchema, path: string) => {
    if (node.properties !== undefined && node.additionalProperties !== false) open.push(path);
    for (const [key, value] of Object.entries(node)) {
      if (value !== null && typeof value === "object") visit(value as JsonSchema, `${path}/${key}`);
    }
  };
  visit(schema, "");
  assert.deepEqual(open, []);
  assert.equal(schema.required, undefined, "what is needed depends: see the test below");
  assert.equal(schema.properties?.probe?.properties?.ring_size_kb?.["x-apply"], "restart");
});

/** Whether a file with these sections has what the schema says is needed. */
function hasWhatIsNeeded(schema: JsonSchema, sections: readonly string[]): boolean {
  const required = (schema.required ?? []) as string[];
  return required.every((key) => sections.includes(key)) &&
    (schema.not === undefined || !hasWhatIsNeeded(schema.not as JsonSchema, sections)) &&
    (schema.anyOf === undefined || schema.anyOf.some((s) => hasWhatIsNeeded(s, sections)));
}

Deno.test("JSON Schema: guardian is needed where a reader of the file needs it, and nowhere else", () => {
  const schema = configJsonSchema();
  const texts: Record<string, string> = {
    guardian: "guardian: {anomalies: {a: {type: latency, tool: smbslower, actions: [dmesg]}}}",
    watcher: "watcher: {actions: [dmesg]}",
    cleanup: "cleanup: {}",
    api: "api: {port: 0}",
    collectors: "collectors: {}",
    bus: "bus: {}",
  };
  const names = Object.keys(texts);
  const verdicts = new Set<boolean>();
  for (let subset = 0; subset < 1 << names.length; subset++) {
    const sections = names.filter((_, i) => (subset >> i) & 1);
    const text = `{${sections.map((name) => texts[name]).join(", ")}}`;
    const accepted = outcomeOf(text);
    verdicts.add(accepted);
    assert.equal(hasWhatIsNeeded(schema, sections), accepted, text);
  }
  assert.equal(verdicts.size, 2);
});

function outcomeOf(text: string): boolean {
  try {
    parseConfig(text, "f");
    return true;
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    assert.match(error.diagnostics.map(formatDiagnostic).join(), /guardian: missing/);
    return false;
  }
}

Deno.test("effective values name every command and code", () => {
  const text = "guardian: {anomalies: {" +
    "l: {type: latency, tool: smbslower, track_commands: [{command: write, threshold: 50}], actions: [dmesg]}, " +
    "e: {type: error, tool: smbiosnoop, mode: trackonly, track_codes: [EACCES, DISK_FULL], actions: [dmesg]}}}";
  const { guardian } = effectiveConfig(parseConfig(text, "f").config);
  const { l, e } = guardian.anomalies;
  const commands = l.commands as Record<string, unknown>;
  assert.deepEqual(commands.SMB2_WRITE, { threshold_ms: 50, emergency_ms: 1000 });
  assert.equal(Object.keys(commands).length, 19, "all but CHANGE_NOTIFY");
  assert.deepEqual(e.track_codes, ["EACCES (13)", "STATUS_DISK_FULL (0xC000007F, ENOSPC)"]);
  assert.equal((e.benign_codes as string[]).length, 7);
});

Deno.test("every built-in action of the configuration can be run, and the other way round", () => {
  assert.deepEqual([...ACTIONS.keys()].sort(), [...builtinActions().keys()].sort());
});
