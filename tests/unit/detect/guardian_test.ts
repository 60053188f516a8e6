/** The detectors as the watcher drives them: batches in, anomalies and follow-ups out. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { MetricTrigger } from "../../../src/config/types.ts";
import { FLAG } from "../../../src/detect/fields.ts";
import type { Row } from "../../support/columns.ts";
import {
  Bed,
  configOf,
  DENIED,
  errorAnomaly,
  latencyAnomaly,
  MORE_PROCESSING,
  MS,
  SEC,
  slowRead,
} from "../../support/detect.ts";

Deno.test("9 + 9 slow requests 50 ms apart fire, though no batch holds 10", () => {
  const bed = new Bed(configOf([latencyAnomaly()]));
  const nine = (from: bigint) => Array.from({ length: 9 }, (_, i) => slowRead(from + BigInt(i)));
  bed.feed(nine(SEC));
  assert.equal(bed.anomalies.length, 0);
  bed.feed(nine(SEC + 50n * MS));
  assert.equal(bed.anomalies.length, 1);
  const [anomaly] = bed.anomalies;
  assert.equal(anomaly.reason, "count");
  assert.equal(anomaly.count, 10);
  assert.equal(anomaly.worst.length, 10);
  assert.equal(anomaly.first_start_ns, SEC - 50n * MS);
  assert.equal(anomaly.window_end_ns, SEC + 50n * MS);
  assert.deepEqual(anomaly.rules, { C8: 20, emergency_ms: 1000 });
});

Deno.test("an anomaly of metrics beside it, or alone, concerns no record", () => {
  const metric: MetricTrigger = {
    ...{ name: "busy", type: "metric", tool: "collectors", mode: "all", group_by: "none" },
    ...{ acceptable_count: 1, cooldown_sec: 0, actions: [], metrics: ["*"] },
    ...{ min_z_score: 0, min_score: 0, window_sec: 60 },
  };
  const both = new Bed(configOf([metric, latencyAnomaly({ acceptable_count: 2 })]));
  both.feed([slowRead(SEC), slowRead(SEC + MS)]);
  assert.deepEqual(both.anomalies.map(({ name }) => name), ["latency"]);
  const alone = new Bed(configOf([metric]));
  assert.equal(alone.feed([slowRead(SEC)]).ignored, 1);
});

Deno.test("slow requests further apart than the window do not fire", () => {
  const bed = new Bed(configOf([latencyAnomaly({ acceptable_count: 2 })]));
  for (let i = 1n; i < 20n; i++) bed.feed([slowRead(i * SEC)]);
  assert.equal(bed.anomalies.length, 0);
});

Deno.test("a command without a threshold and one out of range never count, and lose no batch", () => {
  const bed = new Bed(configOf([latencyAnomaly({ acceptable_count: 1 })]));
  const fate = bed.feed([
    slowRead(SEC, { command: 14, latency_ns: 900n * SEC }),
    slowRead(SEC, { command: 4711 }),
    slowRead(SEC, { type: 77 }),
    slowRead(SEC, { type: 33 }),
    slowRead(SEC),
  ]);
  assert.deepEqual(fate, {
    records: 5,
    counted: 1,
    updates: 0,
    benign: 0,
    malformed: 3,
    ignored: 1,
  });
  assert.equal(bed.anomalies.length, 1);
});

Deno.test("after the cooldown a burst fires again; nothing of the cooldown counts for it", () => {
  const bed = new Bed(configOf([latencyAnomaly({ acceptable_count: 3, cooldown_sec: 2 })], 10));
  bed.feed([1n, 2n, 3n, 4n, 5n].map((i) => slowRead(SEC + i)));
  bed.feed([slowRead(SEC + 3n + 2n * SEC), slowRead(SEC + 4n + 2n * SEC)]);
  assert.equal(bed.anomalies.length, 1);
  bed.feed([slowRead(4n * SEC)]);
  assert.equal(bed.anomalies.length, 2);
  assert.deepEqual(bed.followups.map((f) => f.count), [2]);
});

Deno.test("follow-ups of a bundle come at most once a second", () => {
  const bed = new Bed(configOf([latencyAnomaly({ acceptable_count: 1 })]));
  bed.feed([slowRead(SEC)]);
  for (let ms = 0n; ms < 5000n; ms += 100n) {
    bed.feed([slowRead(SEC + ms * MS)]);
    bed.tickAt(SEC + ms * MS);
  }
  assert.equal(bed.followups.length, 5);
  bed.tickAt(40n * SEC);
  assert.equal(bed.followups.at(-1)!.count, 50);
});

Deno.test("cooldown 0: a thousand anomalies, each with an id of its own, ascending", () => {
  const bed = new Bed(configOf([latencyAnomaly({ acceptable_count: 1, cooldown_sec: 0 })]));
  for (let i = 0n; i < 1000n; i++) {
    bed.wall -= 1_000_000n;
    bed.feed([slowRead(SEC + i * 60n * MS)]);
  }
  const ids = bed.anomalies.map((a) => BigInt(a.id));
  assert.equal(ids.length, 1000);
  assert.ok(ids.every((id, i) => String(id).length === 19 && (i === 0 || id > ids[i - 1])));
});

Deno.test("groups count apart, and those beyond the limit count together", () => {
  const bed = new Bed(configOf([latencyAnomaly({ acceptable_count: 2, group_by: "server" })]));
  bed.feed([1n, 2n, 3n].map((i) => slowRead(SEC + i, { connection_id: i })));
  assert.equal(bed.anomalies.length, 0);
  bed.feed([slowRead(SEC + 9n, { connection_id: 2n })]);
  assert.deepEqual(bed.anomalies.map((a) => a.group), ["server2"]);
  const many = Array.from(
    { length: 500 },
    (_, i) => slowRead(SEC + 10n, { connection_id: BigInt(1000 + i) }),
  );
  bed.feed(many);
  assert.ok(bed.anomalies.some((a) => a.group === "(other)"));
  assert.ok(bed.stats.groups_overflowed > 0);
});

Deno.test("a change of the configuration keeps the windows of what did not change", () => {
  const same = latencyAnomaly({ name: "same", acceptable_count: 3 });
  const other = latencyAnomaly({ name: "other", acceptable_count: 3 });
  const bed = new Bed(configOf([same, other]));
  bed.feed([slowRead(SEC), slowRead(SEC + 1n)]);
  bed.guardian.configure(configOf([{ ...same }, { ...other, thresholds_ms: { 8: 30 } }]));
  bed.feed([slowRead(SEC + 2n)]);
  assert.deepEqual(bed.anomalies.map((a) => a.name), ["same"]);
  bed.feed([slowRead(SEC + 3n), slowRead(SEC + 4n)]);
  assert.deepEqual(bed.anomalies.map((a) => a.name), ["same", "other"]);
});

Deno.test("a changed anomaly keeps its cooldown and knows the end of its hung request", () => {
  const before = latencyAnomaly({ acceptable_count: 1 });
  const bed = new Bed(configOf([before]));
  bed.feed([slowRead(SEC)]);
  bed.feed([slowRead(SEC, { latency_ns: SEC, flags: FLAG.IN_FLIGHT, request_id: 1n })]);
  bed.guardian.configure(configOf([{ ...before, thresholds_ms: { 8: 10 } }]));
  bed.feed([slowRead(2n * SEC)]);
  bed.feed([
    slowRead(3n * SEC, { latency_ns: 3n * SEC, flags: FLAG.WAS_REPORTED, request_id: 1n }),
  ]);
  assert.deepEqual(bed.anomalies.map((a) => a.reason), ["count", "hung"]);
  assert.equal(bed.followups.filter((f) => f.ended).length, 1);
});

Deno.test("groups that a change does away with tell what they have counted", () => {
  const anomaly = latencyAnomaly({ acceptable_count: 1, group_by: "server" });
  const bed = new Bed(configOf([anomaly]));
  bed.feed([slowRead(SEC), slowRead(SEC + 1n)]);
  bed.guardian.configure(configOf([{ ...anomaly, group_by: "none" }]));
  assert.deepEqual(bed.followups.map((f) => [f.id, f.count]), [[bed.anomalies[0].id, 1]]);
});

Deno.test("any split into batches, at any uptime, gives the same firings", () => {
  const row = fc.record({
    step: fc.nat(60),
    back: fc.nat(40),
    latency: fc.constantFrom(5, 25, 60, 1200),
    command: fc.constantFrom(8, 9, 13),
    status: fc.constantFrom(0, 0, DENIED, MORE_PROCESSING),
  });
  fc.assert(
    fc.property(
      fc.array(row, { maxLength: 200, size: "max" }),
      fc.array(fc.integer({ min: 1, max: 50 }), { minLength: 1 }),
      fc.bigInt({ min: 0n, max: 1n << 60n }),
      fc.constantFrom(0, 1, 3),
      (steps, cuts, base, cooldown) => {
        let now = base + SEC;
        const rows = steps.map((s, i): Row => ({
          command: s.command,
          flags: FLAG.STATUS_VALID,
          status: s.status,
          end_ns: (now += BigInt(s.step) * MS) - BigInt(s.back) * MS,
          latency_ns: BigInt(s.latency) * MS,
          message_id: BigInt(i),
        }));
        const config = configOf([
          latencyAnomaly({ acceptable_count: 4, cooldown_sec: cooldown }),
          errorAnomaly({ acceptable_count: 3, cooldown_sec: cooldown }),
        ]);
        const run = (sizes: () => number) => {
          const bed = new Bed(config, base);
          for (let at = 0; at < rows.length;) {
            const n = sizes();
            bed.feed(rows.slice(at, at + n));
            at += n;
          }
          bed.tickAt(now + 100n * SEC, true);
          const total = bed.followups.reduce((m, f) => m.set(f.id, f.count), new Map());
          return {
            fired: bed.anomalies
              .map((a) => ({ ...a, id: "", detected_ns: 0n }))
              .sort((a, b) => a.name < b.name ? -1 : a.name > b.name ? 1 : 0),
            followed: [...total.values()].sort((a, b) => a - b),
            violations: bed.stats.violations,
          };
        };
        let k = 0;
        assert.deepEqual(run(() => rows.length), run(() => cuts[k++ % cuts.length]));
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("every offence belongs to one bundle, one follow-up or a window", () => {
  fc.assert(
    fc.property(
      fc.array(fc.integer({ min: 0, max: 400 }), { minLength: 1, maxLength: 300, size: "max" }),
      fc.integer({ min: 1, max: 6 }),
      (steps, acceptable_count) => {
        const bed = new Bed(
          configOf([latencyAnomaly({ acceptable_count, cooldown_sec: 2 })], 3600),
        );
        let now = SEC;
        for (const step of steps) bed.feed([slowRead(now += BigInt(step) * MS)]);
        bed.tickAt(now + 100n * SEC, true);
        const followed = new Map(bed.followups.map((f) => [f.id, f.count]));
        const fired = bed.anomalies.reduce((n, a) => n + a.count, 0);
        const repeats = [...followed.values()].reduce((n, c) => n + c, 0);
        const left = steps.length - fired - repeats;
        assert.ok(left >= 0 && left < acceptable_count, `${left} left`);
        assert.equal(bed.stats.violations.latency, steps.length);
      },
    ),
  );
});
