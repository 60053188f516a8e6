/** Emergencies and hung requests: one request that fires by itself. */
import assert from "node:assert/strict";
import { FLAG } from "../../../src/detect/fields.ts";
import {
  Bed,
  configOf,
  errorAnomaly,
  failed,
  latencyAnomaly,
  MS,
  SEC,
  slowRead,
} from "../../support/detect.ts";

Deno.test("one emergency fires at once, also for a command without a threshold", () => {
  const bed = new Bed(configOf([latencyAnomaly()]));
  bed.feed([slowRead(5n * SEC, { command: 9, latency_ns: 1000n * MS })]);
  bed.feed([slowRead(5n * SEC, { command: 10, latency_ns: 9000n * MS })]);
  assert.deepEqual(bed.anomalies.map((a) => [a.reason, a.count]), [["emergency", 1]]);
  assert.equal(bed.anomalies[0].worst[0].command, 9);
});

Deno.test("the cooldown of a burst never mutes an emergency, and repeats become follow-ups", () => {
  const bed = new Bed(configOf([latencyAnomaly({ acceptable_count: 3 })]));
  bed.feed([1n, 2n, 3n].map((i) => slowRead(SEC + i)));
  bed.feed([4n, 5n].map((i) => slowRead(SEC + i)));
  bed.feed([slowRead(2n * SEC, { latency_ns: 1500n * MS })]);
  assert.deepEqual(bed.anomalies.map((a) => a.reason), ["count", "emergency"]);
  bed.tickAt(3n * SEC);
  assert.deepEqual(bed.followups.map((f) => [f.id, f.count]), [[bed.anomalies[0].id, 3]]);
  bed.feed([slowRead(4n * SEC, { latency_ns: 2500n * MS })]);
  assert.equal(bed.anomalies.length, 2);
  bed.tickAt(40n * SEC);
  const last = bed.followups.filter((f) => f.id === bed.anomalies[1].id).at(-1)!;
  assert.deepEqual([last.count, last.worst_latency_ns], [1, 2500n * MS]);
});

Deno.test("a hung request fires once; its end updates and never fires again", () => {
  const bed = new Bed(configOf([latencyAnomaly()]));
  const hung = slowRead(10n * SEC, { latency_ns: SEC, flags: FLAG.IN_FLIGHT, request_id: 7n });
  bed.feed([hung]);
  bed.feed([hung]);
  assert.deepEqual(bed.anomalies.map((a) => a.reason), ["hung"]);
  const fate = bed.feed([
    slowRead(102n * SEC, { latency_ns: 93n * SEC, flags: FLAG.WAS_REPORTED, request_id: 7n }),
  ]);
  assert.equal(fate.updates, 1);
  assert.equal(bed.anomalies.length, 1);
  const [update] = bed.followups;
  assert.equal(update.id, bed.anomalies[0].id);
  assert.equal(update.ended?.latency_ns, 93n * SEC);
  assert.equal(update.worst_latency_ns, 93n * SEC);
  assert.equal(update.last_end_ns, 102n * SEC);
});

Deno.test("the end of a report that an earlier watcher fired for does not fire", () => {
  const bed = new Bed(configOf([latencyAnomaly({ acceptable_count: 1 })]));
  bed.feed([
    slowRead(9n * SEC, { latency_ns: 5n * SEC, flags: FLAG.WAS_REPORTED, request_id: 3n }),
  ]);
  assert.equal(bed.anomalies.length, 0);
});

Deno.test("a report below an anomaly's own emergency threshold leaves the judgement to the end", () => {
  const bed = new Bed(configOf([
    latencyAnomaly({ name: "near" }),
    latencyAnomaly({ name: "far", emergency_threshold_ms: 5000 }),
  ]));
  bed.feed([slowRead(SEC, { latency_ns: SEC, flags: FLAG.IN_FLIGHT, request_id: 1n })]);
  assert.deepEqual(bed.anomalies.map((a) => a.name), ["near"]);
  bed.feed([
    slowRead(8n * SEC, { latency_ns: 8n * SEC, flags: FLAG.WAS_REPORTED, request_id: 1n }),
  ]);
  assert.deepEqual(bed.anomalies.map((a) => [a.name, a.reason]), [
    ["near", "hung"],
    ["far", "emergency"],
  ]);
});

Deno.test("requests that wait by design raise nothing unless they are named", () => {
  const rows = [
    slowRead(SEC, { flags: FLAG.WAITS_BY_DESIGN, latency_ns: 60n * SEC }),
    slowRead(SEC, { flags: FLAG.WAITS_BY_DESIGN | FLAG.IN_FLIGHT, latency_ns: 60n * SEC }),
    failed(0xc0000120, -11, { command: 8, flags: FLAG.STATUS_VALID | FLAG.WAITS_BY_DESIGN }),
  ];
  const bed = new Bed(configOf([latencyAnomaly({ acceptable_count: 1 }), errorAnomaly()]));
  bed.feed(rows);
  assert.equal(bed.anomalies.length, 0);
  const named = new Bed(
    configOf([latencyAnomaly({ acceptable_count: 1, waiting_commands: [8] })]),
  );
  named.feed(rows);
  assert.deepEqual(named.anomalies.map((a) => a.reason), ["emergency", "hung"]);
});

Deno.test("another probe starts its request ids again", () => {
  const bed = new Bed(configOf([latencyAnomaly({ cooldown_sec: 0 })]));
  const hung = slowRead(SEC, { latency_ns: SEC, flags: FLAG.IN_FLIGHT, request_id: 1n });
  bed.feed([hung]);
  bed.guardian.probeChanged();
  bed.feed([{ ...hung, end_ns: 9n * SEC }]);
  assert.equal(bed.anomalies.length, 2);
});

Deno.test("an emergency counts what lies in the window that ends with it, itself included", () => {
  const bed = new Bed(configOf([latencyAnomaly({ cooldown_sec: 0 })]));
  bed.feed([1n, 2n, 3n].map((i) => slowRead(SEC + i)));
  // WRITE (9) has no threshold: it is an emergency without being slow.
  bed.feed([slowRead(SEC + 100n * MS, { command: 9, latency_ns: 1500n * MS })]);
  bed.feed([slowRead(100n * SEC, { command: 9, latency_ns: 1500n * MS })]);
  assert.deepEqual(bed.anomalies.map((a) => [a.count, a.worst.length]), [[4, 4], [1, 1]]);
});

Deno.test("an emergency that takes a burst's place lets it tell what it has counted", () => {
  const bed = new Bed(configOf([latencyAnomaly({ acceptable_count: 1, cooldown_sec: 2 })]));
  bed.feed([0n, 1n, 2n].map((i) => slowRead(SEC + i)));
  bed.feed([slowRead(3n * SEC + 1n, { latency_ns: 1500n * MS })]);
  assert.deepEqual(bed.anomalies.map((a) => a.reason), ["count", "emergency"]);
  assert.deepEqual(bed.followups.map((f) => [f.id, f.count]), [[bed.anomalies[0].id, 2]]);
});
