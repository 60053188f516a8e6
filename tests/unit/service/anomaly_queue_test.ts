/**
 * The relay between watcher and collector: bounded, nothing lost or doubled without being counted.
 * @module
 */
import assert from "node:assert/strict";
import * as fc from "fast-check";
import { AnomalyQueue } from "../../../src/service/anomaly_queue.ts";
import type { Anomaly } from "../../../src/detect/anomaly.ts";

function metric(n: number): Anomaly {
  return { ...anomaly(n), type: "metric" };
}

function anomaly(n: number, reason: Anomaly["reason"] = "count"): Anomaly {
  return {
    id: String(10n ** 18n + BigInt(n)),
    name: "slow",
    type: "latency",
    reason,
    group: "",
    count: n,
    acceptable_count: 10,
    watch_interval_sec: 1,
    window_start_ns: 0n,
    window_end_ns: 1n,
    first_start_ns: 0n,
    detected_ns: 1n,
    worst: [],
    patterns: [],
    rules: {},
  };
}

Deno.test("sends in order, at most a window ahead of what is accepted", () => {
  const queue = new AnomalyQueue({ capacity: 10, window: 2, max_attempts: 3 });
  const sent: number[] = [];
  queue.attach((a) => sent.push(a.count));
  for (let n = 1; n <= 5; n++) queue.push(anomaly(n), 0);
  assert.deepEqual(sent, [1, 2]);
  assert.equal(queue.accepted(anomaly(1).id, 7), 7);
  assert.deepEqual(sent, [1, 2, 3]);
  assert.equal(queue.accepted(anomaly(1).id, 8), null, "accepted once");
});

Deno.test("full: the oldest burst makes room, an emergency stays", () => {
  const queue = new AnomalyQueue({ capacity: 3, window: 8, max_attempts: 3 });
  queue.push(anomaly(1, "emergency"), 0);
  queue.push(anomaly(2), 0);
  queue.push(anomaly(3), 0);
  assert.equal(queue.push(anomaly(4, "hung"), 0)?.count, 2);
  assert.equal(queue.push(anomaly(5, "hung"), 0)?.count, 3);
  assert.equal(queue.push(anomaly(6, "hung"), 0)?.count, 1, "emergencies only: the oldest");
  assert.equal(queue.ledger().dropped_full, 3);
});

Deno.test("full: what is with the collector stays, so that nothing is both given up and collected", () => {
  const queue = new AnomalyQueue({ capacity: 4, window: 2, max_attempts: 3 });
  const sent = new Set<number>();
  const given_up = new Set<number>();
  queue.attach((a) => sent.add(a.count));
  for (let n = 1; n <= 10; n++) given_up.add(queue.push(anomaly(n), 0)?.count ?? 0);
  assert.deepEqual([...sent], [1, 2]);
  assert.deepEqual([...given_up], [0, 3, 4, 5, 6, 7, 8]);
  for (const n of [1, 2, 9, 10]) assert.equal(queue.accepted(anomaly(n).id, 1), 1);
  assert.deepEqual(queue.ledger(), {
    received: 10,
    acknowledged: 4,
    resent: 0,
    dropped_full: 6,
    dropped_attempts: 0,
    waiting: 0,
  });
});

Deno.test("only the anomaly that ends collectors is given up, not what waited with it", () => {
  const queue = new AnomalyQueue({ capacity: 10, window: 8, max_attempts: 3 });
  for (let n = 1; n <= 5; n++) queue.push(anomaly(n), 0);
  const accepted: number[] = [];
  const dropped: number[] = [];
  for (let life = 0; life < 12 && queue.ledger().waiting > 0; life++) {
    const sent: Anomaly[] = [];
    dropped.push(...queue.attach((a) => sent.push(a)).map((a) => a.count));
    for (let a = sent.shift(); a !== undefined && a.count !== 3; a = sent.shift()) {
      queue.accepted(a.id, 0);
      accepted.push(a.count);
    }
    queue.detach();
  }
  assert.deepEqual(accepted, [1, 2, 4, 5]);
  assert.deepEqual(dropped, [3]);
});

Deno.test("metric anomalies fill a share of their own: one of SMB goes at once and loses no place", () => {
  const queue = new AnomalyQueue({ capacity: 8, window: 4, metric_capacity: 5, metric_window: 2 });
  const sent: number[] = [];
  queue.attach((a) => sent.push(a.count));
  const given_up = Array.from({ length: 9 }, (_, n) => queue.push(metric(n + 1), 0)?.count ?? 0);
  assert.deepEqual(sent, [1, 2], "what is out stays below the window");
  assert.deepEqual(given_up, [0, 0, 0, 0, 0, 3, 4, 5, 6], "the oldest of their own that waits");
  for (const n of [11, 12]) assert.equal(queue.push(anomaly(n), 0), null);
  assert.deepEqual(sent, [1, 2, 11, 12]);
  queue.accepted(metric(1).id, 1);
  assert.deepEqual(sent, [1, 2, 11, 12, 7]);
});

Deno.test("full: metric anomalies make room for those of SMB, never the other way round", () => {
  const queue = new AnomalyQueue({ capacity: 4, metric_capacity: 3 });
  for (const n of [1, 2, 3]) queue.push(metric(n), 0);
  queue.push(anomaly(11), 0);
  assert.equal(queue.push(anomaly(12), 0)?.count, 1);
  assert.equal(queue.push(anomaly(13), 0)?.count, 2);
  assert.equal(queue.push(anomaly(14), 0)?.count, 3);
  assert.equal(queue.push(metric(4), 0)?.count, 4, "itself");
  assert.equal(queue.push(anomaly(15), 0)?.count, 11);
  assert.deepEqual(queue.pending().map(({ count }) => count), [12, 13, 14, 15]);
});

Deno.test("with the collector away, those of SMB go first when it comes", () => {
  const queue = new AnomalyQueue({ window: 2, metric_window: 1 });
  for (const n of [1, 2]) queue.push(metric(n), 0);
  for (const n of [11, 12, 13]) queue.push(anomaly(n), 0);
  const sent: number[] = [];
  queue.attach((a) => sent.push(a.count));
  for (let i = 0; i < sent.length; i++) {
    queue.accepted(String(10n ** 18n + BigInt(sent[i])), 0);
  }
  assert.deepEqual(sent, [11, 12, 1, 13, 2]);
});

Deno.test("a metric anomaly that a collector had when it ended keeps none of SMB waiting", () => {
  const queue = new AnomalyQueue({ window: 3 });
  queue.attach(() => {});
  queue.push(metric(1), 0);
  queue.detach();
  const sent: number[] = [];
  queue.attach((a) => sent.push(a.count));
  assert.deepEqual(sent, [1], "again, alone");
  for (const n of [11, 12, 13, 14]) queue.push(anomaly(n), 0);
  assert.deepEqual(sent, [1, 11, 12, 13]);
  queue.detach();
  sent.length = 0;
  queue.attach((a) => sent.push(a.count));
  for (const n of [11, 12, 13, 14]) queue.accepted(anomaly(n).id, 0);
  assert.deepEqual(
    sent,
    [11, 12, 13, 14, 1],
    "and only when nothing of SMB could be blamed for it",
  );
});

Deno.test("received = acknowledged + dropped + waiting, whatever happens", () => {
  const step = fc.oneof(
    fc.record({ do: fc.constant("push" as const), n: fc.nat(40) }),
    fc.record({ do: fc.constant("metric" as const), n: fc.nat(40) }),
    fc.record({ do: fc.constant("accept" as const), n: fc.nat(40) }),
    fc.record({ do: fc.constant("attach" as const), n: fc.constant(0) }),
    fc.record({ do: fc.constant("detach" as const), n: fc.constant(0) }),
  );
  fc.assert(fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
    const queue = new AnomalyQueue({ capacity: 8, window: 3, max_attempts: 2 });
    for (const { do: what, n } of steps) {
      if (what === "push") queue.push(anomaly(n), 0);
      if (what === "metric") queue.push(metric(n), 0);
      if (what === "accept") queue.accepted(anomaly(n).id, 0);
      if (what === "attach") queue.attach(() => {});
      if (what === "detach") queue.detach();
      const l = queue.ledger();
      assert.equal(
        l.received,
        l.acknowledged + l.dropped_full + l.dropped_attempts + l.waiting,
      );
      assert.ok(l.waiting <= 8);
      assert.equal(queue.pending().length, l.waiting);
    }
  }));
});
