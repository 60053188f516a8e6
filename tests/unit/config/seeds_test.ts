/** The YAML examples of the system this one replaces must check unchanged. @module */
import assert from "node:assert/strict";
import { loadConfig } from "../../../src/evidence/configuration.ts";
import { platformOn } from "../../../src/config/platform.ts";
import { SMB_COMMANDS } from "../../../src/config/names/smb_commands.ts";

const FIXTURES = new URL("../../fixtures/config/", import.meta.url).pathname;

function load(name: string) {
  return loadConfig(`${FIXTURES}${name}`);
}

Deno.test("every example checks", () => {
  const files = [...Deno.readDirSync(FIXTURES)].filter((f) => f.isFile).map((f) => f.name);
  assert.ok(files.length >= 5);
  for (const file of files) assert.ok(load(file).config.guardian.anomalies.length > 0, file);
});

Deno.test("the YAML examples say nothing of the platform, and get nothing of it", () => {
  const files = [...Deno.readDirSync(FIXTURES)].map((f) => f.name).filter((f) =>
    f.endsWith(".yaml")
  );
  assert.ok(files.length >= 5);
  for (const file of files) assert.equal(platformOn(load(file).config), false, file);
});

Deno.test("the full example means what its document says", () => {
  const { config, warnings } = load("seed_full.yaml");
  const [latency, error] = config.guardian.anomalies;
  assert.ok(latency.type === "latency" && error.type === "error");
  assert.equal(latency.tool, "smbslower");
  assert.equal(latency.thresholds_ms[SMB_COMMANDS.SMB2_WRITE], 50);
  assert.equal(latency.thresholds_ms[SMB_COMMANDS.SMB2_READ], 20);
  assert.equal(latency.emergency_threshold_ms, 1000);
  assert.deepEqual(latency.actions.map((a) => a.name), [
    "dmesg",
    "journalctl",
    "debugdata",
    "stats",
    "mounts",
    "smbinfo",
    "syslogs",
  ]);
  assert.equal(error.all_failures, false);
  assert.deepEqual(error.track_codes.map((c) => [c.kind, c.value]), [
    ["errno", 13],
    ["errno", 11],
    ["errno", 5],
  ]);
  assert.equal(config.cleanup.max_total_log_size_mb, 0.5);
  assert.equal(config.audit.enabled, true);
  // mounts, smbinfo and syslogs run though watcher.actions does not list them.
  assert.deepEqual(warnings.map((w) => w.line), [23, 24, 25]);
});

Deno.test("the minimal example gets the documented defaults", () => {
  const { config, warnings } = load("seed_usage_minimal.yaml");
  assert.deepEqual(warnings, []);
  const [anomaly] = config.guardian.anomalies;
  assert.ok(anomaly.type === "latency");
  assert.equal(anomaly.name, "your_anomaly");
  assert.equal(anomaly.mode, "all");
  assert.equal(anomaly.acceptable_count, 10);
  assert.equal(anomaly.default_threshold_ms, 10);
  assert.equal(anomaly.emergency_threshold_ms, 1000);
  assert.equal(anomaly.cooldown_sec, 30);
  assert.equal(anomaly.group_by, "none");
  assert.equal(config.watch_interval_sec, 1);
  assert.equal(config.aod_output_dir, "/var/log/aod");
  assert.deepEqual(config.watcher.actions.map((a) => a.name), ["dmesg"]);
});

Deno.test("the embedded default: all four types, 20 ms, 512 MB, no warning", () => {
  const { config, warnings } = loadConfig(null);
  assert.deepEqual(warnings, []);
  assert.equal(config.source, "embedded default");
  assert.deepEqual(config.guardian.anomalies.map((a) => a.type), [
    "latency",
    "error",
    "reconnect",
    "credit",
  ]);
  const [latency] = config.guardian.anomalies;
  assert.ok(latency.type === "latency");
  assert.equal(latency.default_threshold_ms, 20);
  assert.equal(config.cleanup.max_total_log_size_mb, 512);
  assert.equal(config.aod_output_dir, "/var/log/aod");
});
