/**
 * What one life hands to the next: whole, once, and only when it has the right form.
 * @module
 */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import type { Anomaly } from "../../../src/detect/anomaly.ts";
import { parseConfig } from "../../../src/evidence/configuration.ts";
import { nextReplacement } from "../../../src/service/replace_process.ts";
import { saveState, takeState } from "../../../src/service/saved_state.ts";
import { snapshotAnomaly } from "../../../src/service/snapshot.ts";

const CONFIG = parseConfig(
  "guardian: {anomalies: {slow: {type: latency, tool: smbslower, actions: [dmesg]}}}",
  "test.yaml",
).config;
const STUCK = { action: "smbinfo", pid: 4711, start_ticks: 99 };

Deno.test("state comes back exactly, once", () => {
  const path = `${Deno.makeTempDirSync()}/state.json`;
  const anomaly = snapshotAnomaly("1700000000000000001", CONFIG, 2n ** 63n);
  const state = {
    reason: "watcher hung twice",
    replaced_at: [1, 2],
    stuck: [STUCK],
    anomalies: [anomaly],
  };
  saveState(path, state);
  assert.equal(Deno.statSync(path).mode! & 0o777, 0o600);
  assert.deepEqual(takeState(path), state);
  assert.equal(takeState(path), null);
});

Deno.test("an anomaly of a metric comes back with what left its range; one that is no such thing does not", () => {
  const path = `${Deno.makeTempDirSync()}/state.json`;
  const share = { metric_key: "cpu.total", value: 97, mean: 12, z_score: 14 };
  const found = { ...share, unit: "%", method: "isolation_forest" as const, score: 0.8 };
  const anomaly: Anomaly = {
    ...snapshotAnomaly("1700000000000000001", CONFIG, 2n ** 63n),
    type: "metric",
    reason: "count",
    metrics: [{ ...found, shares: [share], timestamp: 1_700_000_000.5 }],
  };
  const state = { reason: "", replaced_at: [], stuck: [], anomalies: [anomaly] };
  saveState(path, state);
  assert.deepEqual(takeState(path), state);
  const odd = { ...anomaly, metrics: [{ ...found, method: "guess", timestamp: 1 }] };
  saveState(path, { ...state, anomalies: [odd as unknown as Anomaly] });
  assert.equal(takeState(path), null);
});

Deno.test("whatever is in the file, taking it never throws", () => {
  const path = `${Deno.makeTempDirSync()}/state.json`;
  const texts = fc.oneof(
    fc.string(),
    fc.json(),
    fc.constant('{"reason":"","replaced_at":[],"stuck":[],"anomalies":[{"id":"../../etc"}]}'),
    fc.constant('{"reason":"","replaced_at":[],"stuck":[],"anomalies":[{"$bigint":"x"}]}'),
  );
  fc.assert(fc.property(texts, (text) => {
    Deno.writeTextFileSync(path, text);
    assert.equal(takeState(path), null);
  }));
});

Deno.test("a link or a directory in its place is no state", () => {
  const directory = Deno.makeTempDirSync();
  saveState(`${directory}/real`, { reason: "", replaced_at: [], stuck: [], anomalies: [] });
  Deno.symlinkSync(`${directory}/real`, `${directory}/link`);
  assert.equal(takeState(`${directory}/link`), null);
  Deno.mkdirSync(`${directory}/dir`);
  assert.equal(takeState(`${directory}/dir`), null);
});

Deno.test("a fourth replacement within ten minutes is one too many", () => {
  assert.deepEqual(nextReplacement([], 1000), [1000]);
  assert.deepEqual(nextReplacement([1, 2], 1000), [1, 2, 1000]);
  assert.equal(nextReplacement([1, 2, 3], 1000), null);
  assert.deepEqual(nextReplacement([1, 2, 3], 600_002), [3, 600_002]);
  assert.deepEqual(nextReplacement([5000], 1000), [1000], "the clock went back");
});
