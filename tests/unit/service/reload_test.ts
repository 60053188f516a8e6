/**
 * What a reload says has changed.
 * @module
 */
import assert from "node:assert/strict";
import { configReference } from "../../../src/config/reference.ts";
import { parseConfig } from "../../../src/evidence/configuration.ts";
import { compareConfigs, restartKeys, withoutRestartKeys } from "../../../src/service/reload.ts";

const config = (top: string, keys = "") =>
  parseConfig(
    `${top}\nguardian:\n  anomalies:\n    slow: {type: latency, tool: smbslower, actions: [dmesg]${keys}}\n`,
    "test.yaml",
  ).config;

Deno.test("the same configuration from another place is no change", () => {
  const before = config("");
  assert.deepEqual(compareConfigs(before, { ...config(""), source: "elsewhere" }), []);
});

Deno.test("changed, added and removed anomalies are named by their keys", () => {
  const changes = compareConfigs(config(""), config("", ", cooldown_sec: 5"));
  assert.deepEqual(changes, [{
    path: "guardian.anomalies.slow.cooldown_sec",
    from: "30",
    to: "5",
    restart: false,
  }]);
  const none = { ...config(""), guardian: { anomalies: [] } };
  assert.ok(compareConfigs(none, config("")).every((change) => change.from === "(absent)"));
  assert.ok(compareConfigs(config(""), none).every((change) => change.to === "(absent)"));
});

Deno.test("the probe and the output directory wait for a restart; the rest is in force", () => {
  const before = config("");
  const after = config(
    "aod_output_dir: /srv/aod\nwatch_interval_sec: 9\nprobe: {recorder_slots: 1024}",
  );
  const changes = compareConfigs(before, after);
  assert.deepEqual(changes.map(({ path, restart }) => [path, restart]), [
    ["aod_output_dir", true],
    ["probe.recorder_slots", true],
    ["watch_interval_sec", false],
  ]);
  const effective = withoutRestartKeys(before, after);
  assert.deepEqual(compareConfigs(before, effective).map(({ path }) => path), [
    "watch_interval_sec",
  ]);
});

Deno.test("every key that the reference marks waits for a restart, and each is a key of a configuration", () => {
  const marked = configReference().filter((row) => row.apply === "restart").map((row) => row.key);
  assert.deepEqual([...restartKeys()].sort(), marked.sort());
  const before = config("");
  for (const key of restartKeys()) {
    const after = structuredClone(before);
    const path = key.split(".");
    const last = path.pop()!;
    const holder = path.reduce<Record<string, unknown>>(
      (at, name) => at[name] as Record<string, unknown>,
      after as unknown as Record<string, unknown>,
    );
    assert.ok(last in holder, key);
    holder[last] = "changed";
    const changes = compareConfigs(before, after);
    assert.deepEqual(changes.map(({ path, restart }) => [path, restart]), [[key, true]]);
    assert.deepEqual(compareConfigs(before, withoutRestartKeys(before, after)), []);
  }
});
