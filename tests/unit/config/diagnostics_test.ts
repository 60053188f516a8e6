/** Places of faults and warnings; everything at once; sections beside the anomalies. @module */
import assert from "node:assert/strict";
import { ConfigError, loadConfig, parseConfig } from "../../../src/evidence/configuration.ts";
import { nearest } from "../../../src/config/suggest.ts";
import { checkConfig, LATENCY, withAnomaly } from "../../support/config.ts";

Deno.test("all faults come at once, in the order of the file, each with its place", () => {
  const { errors } = checkConfig([
    "watch_interval_sec: -1",
    "aod_outptu_dir: /x",
    "guardian:",
    "  anomalies:",
    "    slow:",
    "      type: Latency",
    "      tool: smbslower",
    '      acceptable_count: "10"',
    "      exclude_commands: [FOO]",
    "      actions: [dmseg, {name: syslogs, lines: 0}]",
    "cleanup: {max_log_age_days: 0}",
    "probe: {ring_size_kb: 1000}",
  ].join("\n"));
  assert.deepEqual(errors.map((e) => e.split(": ").slice(0, 2).join(": ")), [
    "1:21: watch_interval_sec",
    "2:1: aod_outptu_dir",
    "8:25: guardian.anomalies.slow.acceptable_count",
    "9:26: guardian.anomalies.slow.exclude_commands[0]",
    "10:17: guardian.anomalies.slow.actions[0]",
    "10:47: guardian.anomalies.slow.actions[1].lines",
    "11:29: cleanup.max_log_age_days",
    "12:23: probe.ring_size_kb",
  ]);
});

Deno.test("the form is file:line:col: path: message", () => {
  try {
    parseConfig("guardian: {anomalies: {}}\nwatch_intervall_sec: 1\n", "/etc/aod.yaml");
    assert.fail("accepted");
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    assert.deepEqual(error.message.split("\n"), [
      "/etc/aod.yaml:1:12: guardian.anomalies: at least one anomaly is needed",
      '/etc/aod.yaml:2:1: watch_intervall_sec: unknown key "watch_intervall_sec"; did you mean "watch_interval_sec"?',
    ]);
  }
});

Deno.test("unknown keys are errors at every level", () => {
  const { errors } = checkConfig(
    withAnomaly(
      `${LATENCY}, acceptble_count: 3, track_commands: [{command: READ, treshold: 3}]`,
      "cleanup: {max_age: 3}\nwatcher: {action: []}\naudit: {enable: true}\nprobe: {ring: 1}\ncollector: {x: 1}\n",
    ),
  );
  assert.equal(errors.length, 7, errors.join("\n"));
  for (const error of errors) assert.match(error, /unknown key/);
  assert.match(errors[0], /did you mean "acceptable_count"\?/);
  assert.match(errors[1], /did you mean "threshold"\?/);
});

Deno.test("a repeated key is an error where it stands", () => {
  const { errors } = checkConfig(
    `${withAnomaly(LATENCY)}watch_interval_sec: 1\nwatch_interval_sec: 2\n`,
  );
  assert.deepEqual(errors, ["5:1: watch_interval_sec: this key is there already"]);
});

Deno.test("ranges of the other sections", () => {
  const cases: [string, string][] = [
    ["watch_interval_sec: 0", "a number from 0.1 to 3600"],
    ["aod_output_dir: relative/path", "an absolute path without '..'"],
    ["aod_output_dir: /a/../b", "an absolute path without '..'"],
    ["aod_output_dir: 5", "an absolute path without '..'"],
    ["cleanup: {cleanup_interval_sec: 0}", "a number from 1 to 86400"],
    ["cleanup: {max_total_log_size_mb: -1}", "a number from 0.001 to 1048576"],
    ["cleanup: {min_free_mb: -1}", "a number from 0 to 1048576"],
    ["audit: {enabled: 1}", "true or false"],
    ["audit: {enabled: yes}", "true or false"],
    ["probe: {hook_mode: kprobe}", "one of auto, fentry, raw_tp"],
    ["probe: {recorder_slots: 1000}", "a power of two from 256 to 1048576"],
    ["probe: {max_in_flight: 1.5}", "a whole number from 64 to 1048576"],
    ["collector: {max_concurrent_actions: 0}", "a whole number from 1 to 32"],
    ["collector: {requests_after_sec: 61}", "a number from 0 to 60"],
    ["collector: null", "a mapping"],
  ];
  for (const [section, allowed] of cases) {
    const { errors } = checkConfig(`${withAnomaly(LATENCY)}${section}\n`);
    assert.equal(errors.length, 1, section);
    assert.ok(errors[0].includes(`expected ${allowed}, found `), errors[0]);
  }
});

Deno.test("JSON is accepted", () => {
  const anomaly = { type: "Latency", tool: "smbslower", actions: ["dmesg"] };
  const text = JSON.stringify({ guardian: { anomalies: { a: anomaly } } });
  assert.equal(parseConfig(text, "f").config.guardian.anomalies.length, 1);
});

Deno.test("messages escape what a terminal would obey, and cut what is long", () => {
  const { errors } = checkConfig(`"\\e]0;owned\\a": 1\n"${"x".repeat(500)}": 1\n`);
  for (const error of errors) {
    assert.doesNotMatch(error, /\p{Cc}/u);
    assert.ok(error.length < 400, error);
  }
});

Deno.test("files: absent, a directory, too large, a FIFO, a symbolic link to a file", () => {
  const dir = Deno.makeTempDirSync();
  try {
    const refuse = (path: string, why: RegExp) =>
      assert.throws(() => loadConfig(path), (error) => {
        assert.ok(error instanceof ConfigError);
        assert.match(error.message, why);
        return true;
      });
    refuse(`${dir}/absent`, /absent:1:1: Cannot read the configuration: because no such file/);
    refuse(dir, /because it is not a regular file/);
    refuse("/dev/zero", /because it is not a regular file/);
    Deno.writeTextFileSync(`${dir}/large`, "#".repeat((1 << 18) + 1));
    refuse(`${dir}/large`, /because it is larger than 262144 bytes/);
    new Deno.Command("mkfifo", { args: [`${dir}/fifo`] }).outputSync();
    refuse(`${dir}/fifo`, /because it is not a regular file/);
    Deno.writeTextFileSync(`${dir}/real.yaml`, withAnomaly(LATENCY));
    Deno.chmodSync(`${dir}/real.yaml`, 0o644);
    Deno.symlinkSync("real.yaml", `${dir}/link.yaml`);
    const linked = loadConfig(`${dir}/link.yaml`);
    assert.equal(linked.config.source, `${dir}/link.yaml`);
    assert.deepEqual(linked.warnings, []);
    Deno.chmodSync(`${dir}/real.yaml`, 0o646);
    assert.match(loadConfig(`${dir}/link.yaml`).warnings[0].message, /^everybody may write/);
  } finally {
    Deno.removeSync(dir, { recursive: true });
  }
});

Deno.test("suggestions are near, not far-fetched", () => {
  assert.equal(nearest("actoins", ["actions", "anomalies"]), "actions");
  assert.equal(nearest("ACTIONS", ["actions"]), "actions");
  assert.equal(nearest("xyz", ["actions", "anomalies"]), undefined);
  assert.equal(nearest("a".repeat(1000), ["actions"]), undefined);
});
