/** Quick actions as the file writes them. @module */
import assert from "node:assert/strict";
import { builtinActions } from "../../../src/config/actions.ts";
import { checkConfig, withAnomaly } from "../../support/config.ts";

function actions(list: string, rest = "") {
  const keys = `type: error, tool: smbiosnoop, actions: ${list}`;
  const checked = checkConfig(withAnomaly(keys, rest));
  return { ...checked, actions: checked.config?.guardian.anomalies[0].actions ?? [] };
}

Deno.test("every built-in action by its name, with its own limits and parameters", () => {
  const names = [...builtinActions().keys()];
  assert.deepEqual(names.sort(), [
    "debugdata",
    "dmesg",
    "host",
    "journalctl",
    "lsof",
    "mounts",
    "smbinfo",
    "ss",
    "stats",
    "syslogs",
    "tasks",
    "tcpdump",
  ]);
  const result = actions(`[${names.join(", ")}]`);
  assert.deepEqual(result.warnings, []);
  assert.deepEqual(result.actions.map((a) => a.name), names);
  const tcpdump = result.actions.find((a) => a.name === "tcpdump");
  assert.equal(tcpdump?.params.snaplen, 256);
  assert.equal(tcpdump?.params.duration_sec, 10);
  assert.equal(tcpdump?.params.ring, false);
  assert.equal(result.actions.find((a) => a.name === "syslogs")?.params.lines, 100);
});

Deno.test("entries may be objects; watcher.actions sets defaults, the anomaly has the last word", () => {
  const result = actions(
    "[syslogs, {name: dmesg, lines: 7, timeout_sec: 2.5}, {name: tcpdump, ring: true}]",
    "watcher:\n  actions: [{name: syslogs, lines: 33}, {name: dmesg, max_output_kb: 9}, tcpdump]\n",
  );
  assert.deepEqual(result.warnings, []);
  const [syslogs, dmesg, tcpdump] = result.actions;
  assert.equal(syslogs.params.lines, 33);
  assert.equal(dmesg.params.lines, 7);
  assert.equal(dmesg.timeout_sec, 2.5);
  assert.equal(dmesg.max_output_kb, 9);
  assert.equal(tcpdump.params.ring, true);
  assert.equal(result.config?.watcher.actions[2].params.ring, false);
});

Deno.test("an action that is not in watcher.actions is a warning and runs", () => {
  const result = actions("[dmesg, stats]", "watcher: {actions: [dmesg]}\n");
  assert.deepEqual(result.actions.map((a) => a.name), ["dmesg", "stats"]);
  assert.deepEqual(result.warnings, [
    '3:57: guardian.anomalies.a.actions[1]: "stats" is not in watcher.actions; it runs all the same',
  ]);
});

Deno.test("without watcher.actions a snapshot runs what the anomalies run", () => {
  assert.deepEqual(actions("[stats, ss]").config?.watcher.actions.map((a) => a.name), [
    "stats",
    "ss",
  ]);
  assert.deepEqual(actions("[stats]", "watcher: {}\n").warnings, []);
  assert.deepEqual(actions("[stats]", "watcher: {actions: []}\n").config?.watcher.actions, []);
});

Deno.test("an action that does not exist is an error, with a suggestion", () => {
  const { errors } = actions("[dmseg, frobnicate]", "watcher: {actions: [jornalctl]}\n");
  assert.equal(errors.length, 3);
  assert.match(errors[0], /actions\[0\]: no such action "dmseg"; did you mean "dmesg"\?$/);
  assert.match(errors[1], /no such action "frobnicate"; built in: dmesg, /);
  assert.match(errors[2], /^4:21: watcher\.actions\[0\]: no such action "jornalctl"/);
});

Deno.test("actions of the file's own: defined once, used by name", () => {
  const result = actions(
    "[memory, {name: irq, timeout_sec: 1}, {name: here, command: [/bin/true]}]",
    "watcher:\n  actions:\n    - {name: memory, command: [free, -m]}\n    - {name: irq, file: /proc/interrupts, max_output_kb: 5}\n",
  );
  assert.deepEqual(result.errors, []);
  assert.deepEqual(result.warnings, [], "defined where it is used: nothing odd");
  assert.deepEqual(result.actions, [
    {
      name: "memory",
      kind: "command",
      command: ["free", "-m"],
      timeout_sec: 10,
      max_output_kb: 4096,
      params: {},
    },
    {
      name: "irq",
      kind: "file",
      file: "/proc/interrupts",
      timeout_sec: 1,
      max_output_kb: 5,
      params: {},
    },
    {
      name: "here",
      kind: "command",
      command: ["/bin/true"],
      timeout_sec: 10,
      max_output_kb: 4096,
      params: {},
    },
  ]);
});

Deno.test("what an own action may not be", () => {
  const refused = [
    "{name: dmesg, command: [ls]}",
    "{name: own, command: [ls], file: /x}",
    "{name: own, command: []}",
    "{name: own, command: ls -l}",
    "{name: own, command: [./relative]}",
    "{name: own, command: ['']}",
    '{name: own, command: ["ls", "a\\0b"]}',
    "{name: own, file: relative}",
    "{name: own, file: /a/../b}",
    "{name: ../own, file: /a}",
    "{name: Own, file: /a}",
    "{name: manifest.json, file: /a}",
    "{name: own, file: /a, lines: 3}",
    "{command: [ls]}",
    "{name: own}",
    "{name: own, file: /a, timeout_sec: 0}",
    "{name: own, file: /a, max_output_kb: 1000000}",
    "5",
    "null",
    "[dmesg]",
  ];
  for (const entry of refused) {
    const { config, errors } = actions(`[${entry}]`);
    assert.equal(config, null, entry);
    assert.equal(errors.length, 1, `${entry}: ${errors.join("\n")}`);
  }
});

Deno.test("parameters are those of the action", () => {
  for (
    const entry of [
      "{name: syslogs, lines: 0}",
      "{name: syslogs, lines: 1.5}",
      "{name: stats, lines: 5}",
      "{name: tcpdump, ring: 1}",
      "{name: tcpdump, interface: 'eth0; id'}",
      "{name: tcpdump, interface: -w}",
      "{name: tcpdump, port: 70000}",
    ]
  ) assert.equal(actions(`[${entry}]`).errors.length, 1, entry);
});

Deno.test("a repeated action is a warning and runs once", () => {
  const result = actions("[dmesg, {name: dmesg, lines: 3}]");
  assert.equal(result.actions.length, 1);
  assert.equal(result.actions[0].params.lines, 5000);
  assert.match(result.warnings[0], /actions\[1\]\.name: "dmesg" is there already; the first/);
});
