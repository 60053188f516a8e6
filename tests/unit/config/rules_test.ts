/** Modes, lists and names of anomalies. @module */
import assert from "node:assert/strict";
import { SMB_COMMAND_NAMES, SMB_COMMANDS } from "../../../src/config/names/smb_commands.ts";
import { checkConfig, ERROR, LATENCY, withAnomaly } from "../../support/config.ts";

function latency(keys: string) {
  const checked = checkConfig(withAnomaly(`${LATENCY}, ${keys}`));
  const anomaly = checked.config?.guardian.anomalies[0];
  assert.ok(anomaly?.type === "latency", checked.errors.join("\n"));
  return { ...checked, anomaly };
}

function error(keys: string) {
  const checked = checkConfig(withAnomaly(`${ERROR}, ${keys}`));
  const anomaly = checked.config?.guardian.anomalies[0];
  assert.ok(anomaly?.type === "error", checked.errors.join("\n"));
  return { ...checked, anomaly };
}

function faults(keys: string): string[] {
  const { config, errors } = checkConfig(withAnomaly(keys));
  assert.equal(config, null);
  return errors;
}

const { SMB2_READ, SMB2_WRITE, SMB2_ECHO, SMB2_LOCK, SMB2_CHANGE_NOTIFY } = SMB_COMMANDS;

Deno.test("type in any case; the alias of smbslower", () => {
  for (const type of ["Latency", "LATENCY", "lAtEnCy"]) {
    const keys = `type: ${type}, tool: smbsloweraod, actions: [dmesg]`;
    const anomaly = checkConfig(withAnomaly(keys)).config?.guardian.anomalies[0];
    assert.equal(anomaly?.type, "latency", type);
    assert.equal(anomaly?.tool, "smbslower");
  }
});

Deno.test("type, tool and actions are required, and all said at once", () => {
  assert.deepEqual(faults("mode: all"), [
    "3:5: guardian.anomalies.a.type: missing; needed: one of Latency, Error, Reconnect, Credit, Metric (in any case)",
  ]);
  const errors = faults("type: latency");
  assert.equal(errors.length, 2);
  assert.match(errors[0], /^3:5: guardian\.anomalies\.a\.tool: missing; needed: smbslower or /);
  assert.match(errors[1], /^3:5: guardian\.anomalies\.a\.actions: missing; needed: a list of/);
});

Deno.test("each type needs its tool", () => {
  assert.match(
    faults("type: latency, tool: smbiosnoop, actions: [dmesg]")[0],
    /type Latency needs the tool smbslower or smbsloweraod, found the text "smbiosnoop"$/,
  );
  for (const type of ["error", "reconnect", "credit"]) {
    const [fault] = faults(`type: ${type}, tool: smbslower, actions: [dmesg]`);
    assert.match(fault, /needs the tool smbiosnoop/);
  }
});

Deno.test("mode all: track_commands only sets thresholds, exclude_commands are left out", () => {
  const { anomaly, warnings } = latency(
    "track_commands: [{command: SMB2_WRITE, threshold: 50}, SMB2_READ], exclude_commands: [echo]",
  );
  assert.deepEqual(warnings, []);
  assert.equal(anomaly.thresholds_ms[SMB2_WRITE], 50);
  assert.equal(anomaly.thresholds_ms[SMB2_READ], 10);
  assert.equal(anomaly.thresholds_ms[SMB_COMMANDS.SMB2_CREATE], 10);
  assert.equal(anomaly.thresholds_ms[SMB2_ECHO], undefined);
  assert.ok(!anomaly.emergency_commands.includes(SMB2_ECHO));
  assert.ok(anomaly.emergency_commands.includes(SMB2_READ));
});

Deno.test("mode trackonly: nothing else is tracked; exclude_commands ignored with a warning", () => {
  const { anomaly, warnings } = latency(
    "mode: trackonly, track_commands: [{command: READ, threshold: 5}], exclude_commands: [ECHO]",
  );
  assert.deepEqual(anomaly.thresholds_ms, { [SMB2_READ]: 5 });
  assert.deepEqual(anomaly.emergency_commands, [SMB2_READ]);
  assert.equal(warnings.length, 1);
  assert.match(warnings[0], /exclude_commands: ignored in mode trackonly$/);
});

Deno.test("mode excludeonly: track_commands ignored with a warning", () => {
  const { anomaly, warnings } = latency(
    "mode: excludeonly, track_commands: [{command: WRITE, threshold: 50}], exclude_commands: [READ]",
  );
  assert.equal(anomaly.thresholds_ms[SMB2_WRITE], 10);
  assert.equal(anomaly.thresholds_ms[SMB2_READ], undefined);
  assert.match(warnings[0], /track_commands: ignored in mode excludeonly$/);
});

Deno.test("what waits by design counts only if named in track_commands", () => {
  const plain = latency("mode: all").anomaly;
  assert.equal(plain.thresholds_ms[SMB2_CHANGE_NOTIFY], undefined);
  assert.ok(!plain.emergency_commands.includes(SMB2_CHANGE_NOTIFY));
  assert.equal(plain.thresholds_ms[SMB2_LOCK], 10);
  assert.deepEqual(plain.waiting_commands, []);
  const named = latency("track_commands: [CHANGE_NOTIFY, {command: LOCK, threshold: 7}]").anomaly;
  assert.equal(named.thresholds_ms[SMB2_CHANGE_NOTIFY], 10);
  assert.equal(named.thresholds_ms[SMB2_LOCK], 7);
  assert.deepEqual(named.waiting_commands, [SMB2_LOCK, SMB2_CHANGE_NOTIFY]);
  const ignored = latency("mode: excludeonly, track_commands: [CHANGE_NOTIFY]").anomaly;
  assert.equal(ignored.thresholds_ms[SMB2_CHANGE_NOTIFY], undefined);
  assert.deepEqual(ignored.waiting_commands, []);
});

Deno.test("unknown names are errors with a suggestion", () => {
  assert.deepEqual(faults(`${LATENCY}, exclude_commands: [SMB2_RAED]`), [
    '3:78: guardian.anomalies.a.exclude_commands[0]: unknown SMB2 command "SMB2_RAED"; did you mean "SMB2_READ"?',
  ]);
  const [unlike] = faults(`${LATENCY}, exclude_commands: [xyzzy]`);
  assert.match(unlike, /unknown SMB2 command "xyzzy"; allowed: SMB2_NEGOTIATE, /);
  const [code] = faults(`${ERROR}, track_codes: [EACCESS]`);
  assert.match(code, /unknown code "EACCESS"; did you mean "EACCES"\?$/);
  const [status] = faults(`${ERROR}, track_codes: [LOGON_FALURE]`);
  assert.match(status, /did you mean "STATUS_LOGON_FAILURE"\?$/);
});

Deno.test("success is no failure to track", () => {
  for (const name of ["STATUS_SUCCESS", "SUCCESS", "0x00000000"]) {
    assert.match(faults(`${ERROR}, track_codes: ["${name}"]`)[0], /unknown code/);
  }
});

Deno.test("a name both tracked and excluded is an error in every mode", () => {
  for (const mode of ["all", "trackonly", "excludeonly"]) {
    const lists = "track_commands: [READ], exclude_commands: [SMB2_READ]";
    const errors = faults(`${LATENCY}, mode: ${mode}, ${lists}`);
    assert.match(errors[0], /SMB2_READ is in both track_commands and exclude_commands$/, mode);
    const codes = "track_codes: [ACCESS_DENIED], exclude_codes: [STATUS_ACCESS_DENIED]";
    assert.match(faults(`${ERROR}, mode: ${mode}, ${codes}`)[0], /is in both track_codes and/);
  }
});

Deno.test("duplicates are warnings and the first counts", () => {
  const { anomaly, warnings } = latency(
    "track_commands: [{command: READ, threshold: 5}, {command: smb2_read, threshold: 9}]",
  );
  assert.equal(anomaly.thresholds_ms[SMB2_READ], 5);
  assert.equal(warnings.length, 1);
  assert.match(
    warnings[0],
    /track_commands\[1\]\.command: "smb2_read" is there already; the first/,
  );
  assert.equal(error("track_codes: [EAGAIN, EWOULDBLOCK]").warnings.length, 1);
});

Deno.test("an anomaly that tracks nothing is an error", () => {
  for (
    const keys of [
      `${LATENCY}, mode: trackonly`,
      `${ERROR}, mode: trackonly`,
      `${LATENCY}, exclude_commands: [${SMB_COMMAND_NAMES.join(", ")}]`,
    ]
  ) assert.match(faults(keys)[0], /^3:5: guardian\.anomalies\.a: this anomaly tracks nothing: /);
});

Deno.test("thresholds are numbers of 0 and more", () => {
  assert.equal(latency("default_threshold_ms: 0").anomaly.thresholds_ms[SMB2_READ], 0);
  assert.equal(latency("default_threshold_ms: 0.5").anomaly.thresholds_ms[SMB2_READ], 0.5);
  for (const bad of ["-1", "-0.001", ".nan", ".inf", '"5"', "true", "null", "[5]"]) {
    const [fault] = faults(`${LATENCY}, default_threshold_ms: ${bad}`);
    assert.match(fault, /default_threshold_ms: expected a number from 0 to 86400000, found /, bad);
    const [own] = faults(`${LATENCY}, track_commands: [{command: READ, threshold: ${bad}}]`);
    assert.match(own, /track_commands\[0\]\.threshold: expected a number from 0 to /, bad);
  }
});

Deno.test("an emergency threshold below a threshold is a warning", () => {
  const { warnings } = latency("default_threshold_ms: 5000");
  assert.match(warnings[0], /emergency_threshold_ms: below a threshold of 5000 ms/);
});

Deno.test("error anomalies: errno and NTSTATUS names, modes", () => {
  const all = error("track_codes: [END_OF_FILE], exclude_codes: [EACCES, NT_STATUS_DISK_FULL]");
  assert.equal(all.anomaly.all_failures, true);
  assert.deepEqual(all.anomaly.track_codes, [
    { kind: "ntstatus", value: 0xC0000011, name: "STATUS_END_OF_FILE" },
  ]);
  assert.deepEqual(all.anomaly.exclude_codes.map((c) => c.name), ["EACCES", "STATUS_DISK_FULL"]);
  const only = error("mode: trackonly, track_codes: ['0xC000ABCD'], exclude_codes: [EIO]");
  assert.equal(only.anomaly.all_failures, false);
  assert.deepEqual(only.anomaly.exclude_codes, []);
  assert.equal(only.anomaly.track_codes[0].value, 0xC000ABCD);
  assert.match(only.warnings[0], /exclude_codes: ignored in mode trackonly$/);
  const rest = error("mode: excludeonly, track_codes: [EIO], exclude_codes: [EACCES]");
  assert.deepEqual(rest.anomaly.track_codes, []);
  assert.equal(rest.anomaly.all_failures, true);
  assert.match(rest.warnings[0], /track_codes: ignored in mode excludeonly$/);
});

Deno.test("an errno whose answers are benign is a warning, EIO is not", () => {
  const { warnings } = error("track_codes: [ENOENT, EIO]");
  assert.equal(warnings.length, 1);
  assert.match(warnings[0], /ENOENT does not count the benign STATUS_OBJECT_NAME_NOT_FOUND, /);
  const named = "track_codes: [ENOENT, OBJECT_NAME_NOT_FOUND, OBJECT_PATH_NOT_FOUND]";
  assert.deepEqual(error(named).warnings, []);
});

Deno.test("keys of another type say where they belong", () => {
  const [fault] = faults(`${LATENCY}, track_codes: [EIO]`);
  assert.equal(
    fault,
    '3:59: guardian.anomalies.a.track_codes: unknown key "track_codes"; it belongs to anomalies of type Error',
  );
  assert.match(
    faults("type: reconnect, tool: smbiosnoop, actions: [dmesg], mode: trackonly")[0],
    /mode: expected all, found the text "trackonly"$/,
  );
});

Deno.test("the name snapshot is taken; names that could be paths are refused", () => {
  for (const name of ["snapshot", '"../x"', '"a/b"', '""', '"a b"', "n".repeat(65)]) {
    const { errors } = checkConfig(`guardian: {anomalies: {${name}: {${LATENCY}}}}`);
    assert.equal(errors.length, 1, name);
  }
});

Deno.test("group_by: connections have no share", () => {
  assert.equal(latency("group_by: share").anomaly.group_by, "share");
  const keys = "tool: smbiosnoop, actions: [dmesg], group_by:";
  assert.equal(checkConfig(withAnomaly(`type: credit, ${keys} server`)).errors.length, 0);
  assert.match(
    faults(`type: reconnect, ${keys} share`)[0],
    /group_by: expected one of none, server, found the text "share"$/,
  );
});

Deno.test("no more codes than the kernel side holds", () => {
  const anomaly = (n: number) => {
    const codes = Array.from({ length: 500 }, (_, i) => `0xC00${n}${(1000 + i)}`);
    return `  a${n}: {type: error, tool: smbiosnoop, actions: [dmesg], track_codes: ["${
      codes.join('", "')
    }"]}\n`;
  };
  const config = (count: number) =>
    `guardian:\n anomalies:\n${Array.from({ length: count }, (_, i) => anomaly(i)).join("")}`;
  assert.deepEqual(checkConfig(config(8)).errors, []);
  assert.match(checkConfig(config(9)).errors[0], /at most 4000 codes over all anomalies/);
});
