/** Anomalies of type Metric: their keys, and what must be on for them. @module */
import assert from "node:assert/strict";
import { effectiveConfig } from "../../../src/config/effective.ts";
import { configJsonSchema, type JsonSchema } from "../../../src/config/json_schema.ts";
import type { MetricTrigger } from "../../../src/config/types.ts";
import { checkConfig, withAnomaly } from "../../support/config.ts";

const ON = "collectors: {}\nml: {}\n";

function check(keys: string, sections = ON) {
  return checkConfig(withAnomaly(keys, sections));
}

Deno.test("Metric: defaults, no tool needed, any case of the type", () => {
  for (const type of ["Metric", "metric", "METRIC"]) {
    const { config, errors, warnings } = check(
      `type: ${type}, metrics: [cpu.total, "disk.*"], actions: [host]`,
    );
    assert.deepEqual([errors, warnings], [[], []]);
    const { actions, ...rest } = config?.guardian.anomalies[0] as MetricTrigger;
    assert.deepEqual(actions.map(({ name }) => name), ["host"]);
    assert.deepEqual(rest, {
      name: "a",
      type: "metric",
      tool: "collectors",
      mode: "all",
      acceptable_count: 1,
      cooldown_sec: 300,
      group_by: "none",
      metrics: ["cpu.total", "disk.*"],
      min_z_score: 0,
      min_score: 0,
      window_sec: 60,
    });
  }
});

Deno.test("Metric: effective values are those of the file", () => {
  const keys =
    "type: Metric, tool: collectors, metrics: [host], min_z_score: 8, min_score: 0.75, " +
    "window_sec: 120, acceptable_count: 3, cooldown_sec: 0, actions: [host]";
  const { config } = check(keys);
  assert.ok(config !== null);
  const { actions: _, ...shown } = effectiveConfig(config).guardian.anomalies.a;
  assert.deepEqual(shown, {
    type: "metric",
    tool: "collectors",
    mode: "all",
    acceptable_count: 3,
    cooldown_sec: 0,
    group_by: "none",
    metrics: ["host"],
    min_z_score: 8,
    min_score: 0.75,
    window_sec: 120,
  });
});

Deno.test("Metric: faults with what is allowed", () => {
  const faults: [string, RegExp][] = [
    ["actions: [host]", /a\.metrics: missing; needed: a list of metrics' keys/],
    ["metrics: [], actions: [host]", /a\.metrics: expected a list .*at least one/],
    ['metrics: ["cpu total"], actions: [host]', /a\.metrics\[0\]: expected a metric's key/],
    [`metrics: ["${"*a".repeat(9)}"], actions: [host]`, /at most 8/],
    [`metrics: ["${"a".repeat(129)}"], actions: [host]`, /a\.metrics\[0\]/],
    ["metrics: [cpu.total], min_score: 2, actions: [host]", /min_score: expected a number from 0/],
    ["metrics: [cpu.total], window_sec: 0, actions: [host]", /window_sec: expected a number/],
    [
      "metrics: [cpu.total], acceptable_count: 1001, actions: [host]",
      /whole number from 1 to 1000/,
    ],
    ["metrics: [cpu.total], tool: smbslower, actions: [host]", /Metric needs the tool collectors/],
    [
      "metrics: [cpu.total], track_codes: [EIO], actions: [host]",
      /belongs to anomalies of type Error/,
    ],
    ["metrics: [cpu.total]", /a\.actions: missing/],
  ];
  for (const [keys, wanted] of faults) {
    const { config, errors } = check(`type: Metric, ${keys}`);
    assert.equal(config, null, keys);
    assert.match(errors.join("\n"), wanted);
  }
  const { config, warnings } = check("type: Metric, metrics: [a.b, a.b], actions: [host]");
  assert.deepEqual((config?.guardian.anomalies[0] as MetricTrigger).metrics, ["a.b"]);
  assert.match(warnings.join("\n"), /"a\.b" is there already/);
});

Deno.test("Metric: without collectors or learning it would never fire, so it is a fault", () => {
  const keys = "type: Metric, metrics: [cpu.total], actions: [host]";
  const off: [string, RegExp][] = [
    ["collectors: {}\nml: {enabled: false}\n", /a\.type: type Metric needs .*, and ml is off$/],
    ["collectors: {enabled: false}\nml: {}\n", /and collectors is off$/],
    ["collectors: {enabled: false}\nml: {enabled: false}\n", /and collectors and ml are off$/],
  ];
  for (const [sections, wanted] of off) {
    const { config, errors } = check(keys, sections);
    assert.equal(config, null);
    assert.equal(errors.length, 1);
    assert.match(errors[0], wanted);
    assert.match(errors[0], /^3:15: /, "at its type");
  }
});

Deno.test("JSON Schema: a Metric needs type, metrics and actions", () => {
  const anomalies = configJsonSchema().properties?.guardian?.properties?.anomalies;
  const types = (anomalies?.additionalProperties as JsonSchema).anyOf ?? [];
  const metric = types.find((type) => type.properties?.metrics !== undefined);
  assert.deepEqual([...metric?.required as string[]].sort(), ["actions", "metrics", "type"]);
});
