/** The detectors as the watcher drives them: batches in, anomalies and follow-ups out. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { FLAG, TYPE } from "../../../src/detect/fields.ts";
import type { CountedAnomaly, ErrorAnomaly } from "../../../src/config/types.ts";
import type { Row } from "../../support/columns.ts";
import { Bed, configOf, latencyAnomaly, MS, SEC, slowRead } from "../../support/detect.ts";

function errorAnomaly(change: Partial<ErrorAnomaly> = {}): ErrorAnomaly {
  return {
    name: "error",
    type: "error",
    tool: "smbiosnoop",
    mode: "all",
    acceptable_count: 1,
    cooldown_sec: 0,
    group_by: "none",
    actions: [],
    all_failures: true,
    track_codes: [],
    exclude_codes: [],
    ...change,
  };
}

function failed(status: number, error: number, change: Row = {}): Row {
  return { command: 5, flags: FLAG.STATUS_VALID, status, error, end_ns: SEC, ...change };
}

const DENIED = 0xc0000022;
const MORE_PROCESSING = 0xc0000016;

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

Deno.test("errors are judged by NTSTATUS: a logon is none, a denied access is one", () => {
  const bed = new Bed(configOf([errorAnomaly()]));
  const fate = bed.feed([failed(MORE_PROCESSING, -5), failed(DENIED, -13), failed(0, 0)]);
  assert.equal(bed.anomalies.length, 1);
  assert.equal(bed.anomalies[0].patterns[0].code, "Sc0000022");
  assert.deepEqual([fate.counted, fate.benign, fate.ignored], [1, 1, 1]);
});

Deno.test("a benign status counts where it is named; its errno does not name it", () => {
  const status = [{ kind: "ntstatus", value: MORE_PROCESSING, name: "S" } as const];
  const errno = [{ kind: "errno", value: 5, name: "EIO" } as const];
  const by = (change: Partial<ErrorAnomaly>) => {
    const bed = new Bed(configOf([errorAnomaly({ all_failures: false, ...change })]));
    bed.feed([failed(MORE_PROCESSING, -5)]);
    return bed.anomalies.length;
  };
  assert.equal(by({ track_codes: status }), 1);
  assert.equal(by({ track_codes: errno }), 0);
});

Deno.test("errors of operations and connections count by errno; exclusions hold", () => {
  const rows: Row[] = [
    { type: TYPE.OP_ERROR, error: -112, end_ns: SEC },
    { type: TYPE.CONNECT_ERROR, error: -111, end_ns: SEC },
    failed(DENIED, -13),
    failed(0xc0000043, -16),
  ];
  const counts = (change: Partial<ErrorAnomaly>) => {
    const bed = new Bed(configOf([errorAnomaly(change)]));
    bed.feed(rows);
    return bed.anomalies.length;
  };
  const hostDown = { kind: "errno", value: 112, name: "EHOSTDOWN" } as const;
  const denied = { kind: "ntstatus", value: DENIED, name: "STATUS_ACCESS_DENIED" } as const;
  assert.equal(counts({}), 4);
  assert.equal(counts({ exclude_codes: [hostDown, denied] }), 2);
  assert.equal(counts({ all_failures: false, track_codes: [hostDown] }), 1);
  assert.equal(counts({ all_failures: false, track_codes: [denied] }), 1);
});

Deno.test("an interrupted caller is no failure", () => {
  const bed = new Bed(configOf([errorAnomaly()]));
  bed.feed([failed(0, -512, { flags: FLAG.DROPPED }), failed(0, -4, { flags: FLAG.DROPPED })]);
  assert.equal(bed.anomalies.length, 0);
});

Deno.test("reconnects and credit starvation count apart", () => {
  const base: CountedAnomaly = {
    name: "reconnect",
    type: "reconnect",
    tool: "smbiosnoop",
    mode: "all",
    acceptable_count: 2,
    cooldown_sec: 30,
    group_by: "none",
    actions: [],
    params: {},
  };
  const bed = new Bed(configOf([base, { ...base, name: "credit", type: "credit" }]));
  bed.feed([
    { type: TYPE.RECONNECT, end_ns: SEC },
    { type: TYPE.CREDIT, end_ns: SEC },
    slowRead(SEC),
    { type: TYPE.RECONNECT, end_ns: SEC + 1n },
  ]);
  assert.deepEqual(bed.anomalies.map((a) => [a.name, a.type, a.count]), [
    ["reconnect", "reconnect", 2],
  ]);
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

Deno.test("another probe starts its request ids again", () => {
  const bed = new Bed(configOf([latencyAnomaly({ cooldown_sec: 0 })]));
  const hung = slowRead(SEC, { latency_ns: SEC, flags: FLAG.IN_FLIGHT, request_id: 1n });
  bed.feed([hung]);
  bed.guardian.probeChanged();
  bed.feed([{ ...hung, end_ns: 9n * SEC }]);
  assert.equal(bed.anomalies.length, 2);
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
