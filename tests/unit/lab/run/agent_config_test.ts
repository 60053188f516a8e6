/**
 * Unit tests of src/lab/run/agent_config.ts: the agent that is measured is the one that is shipped.
 * @module
 */
import assert from "node:assert/strict";
import { loadConfig, parseConfig } from "../../../../src/evidence/configuration.ts";
import { labConfig } from "../../../../src/lab/run/agent_config.ts";

Deno.test("the configuration is the embedded one but for the output directory and the port", () => {
  const { config, warnings } = parseConfig(labConfig("/tmp/a b: 'c' #d"), "lab");
  const { config: embedded } = loadConfig(null);
  assert.deepEqual(warnings, []);
  assert.equal(config.aod_output_dir, "/tmp/a b: 'c' #d");
  const without = ({ source: _, aod_output_dir: __, api, ...rest }: typeof config) => ({
    ...rest,
    api: { ...api, port: null },
  });
  const normal = (value: typeof config) =>
    JSON.stringify(without(value)).replaceAll(value.aod_output_dir, "DIR");
  assert.equal(normal(config), normal(embedded));
  if (config.api.enabled) assert.equal(config.api.port, 0);
});

Deno.test("a configuration without the API gets none", () => {
  const text = labConfig("/x", "aod_output_dir: /var/log/aod\nguardian: { anomalies: {} }\n");
  assert.doesNotMatch(text, /api/);
  assert.match(text, /^aod_output_dir: \/x$/m);
});
