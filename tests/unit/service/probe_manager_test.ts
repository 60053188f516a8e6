/**
 * The probe's owner: what happens to the rules in the kernel when a reload is refused halfway.
 * @module
 */
import assert from "node:assert/strict";
import type { Config } from "../../../src/config/types.ts";
import { parseConfig } from "../../../src/evidence/configuration.ts";
import type { ProbeHandles } from "../../../src/probe/smb/handles.ts";
import { ProbeManager } from "../../../src/service/probe_manager.ts";

function config(threshold_ms: number): Config {
  return parseConfig(
    "guardian: {anomalies: {slow: {type: latency, tool: smbslower, actions: [dmesg], " +
      `default_threshold_ms: ${threshold_ms}}}}`,
    "test.yaml",
  ).config;
}

const HANDLES: ProbeHandles = {
  mode: "fentry",
  maps: {},
  ring_bytes: 4096,
  recorder_slots: 2,
  scan_program: -1,
  possible_cpus: 1,
};

Deno.test("rules that the kernel refuses halfway leave the old ones in force", async () => {
  const applied: Config[] = [];
  let refused: Config[] = [];
  const logged: string[] = [];
  const [before, after] = [config(10), config(20)];
  const manager = new ProbeManager(before, {
    parts: {
      load: () => ({ handles: HANDLES, programs: [], fallback_reason: "", close: () => {} }),
      applyRules: (_handles, rules) => {
        applied.push(rules);
        if (refused.includes(rules)) throw new Error("a map is full");
      },
      seedNames: () => {},
      cifsLoaded: () => true,
    },
    onAttached: () => {},
    log: (level, text) => logged.push(`${level} ${text}`),
  });
  assert.ok(await manager.tick(0));
  refused = [after];
  assert.throws(() => manager.apply(after), /a map is full/);
  assert.deepEqual(applied.map((rules) => rules === before), [true, false, true]);
  assert.equal(logged.filter((line) => line.startsWith("ERROR")).length, 0);
  refused = [before, after];
  assert.throws(() => manager.apply(after), /a map is full/);
  assert.match(logged.at(-1) ?? "", /^ERROR Cannot put the old rules back: because a map is full$/);
});
