/**
 * Events, anomalies, the time axis.
 * @module
 */
import assert from "node:assert/strict";
import type { ApiEvent } from "../../../../src/api/data.ts";
import { anomalyView } from "../../../../src/api/dashboard/logic/anomaly_view.ts";
import { dataLine, EventList } from "../../../../src/api/dashboard/logic/event_list.ts";
import { marksOf, ticksOf } from "../../../../src/api/dashboard/logic/timeline.ts";

const ANY = { type: "", source: "", text: "" };

function event(event_id: string, over: Partial<ApiEvent> = {}): ApiEvent {
  return {
    event_id,
    event_type: "syscall",
    timestamp: Number(event_id),
    source: "eBPF::syscall_tracer",
    data: {},
    ...over,
  };
}

const ids = (events: ApiEvent[]) => events.map(({ event_id }) => event_id);

Deno.test("events: a flood of one type leaves the others", () => {
  const list = new EventList(3, 10);
  list.add(event("1", { event_type: "anomaly" }));
  for (let i = 2; i < 100; i++) list.add(event(String(i)));
  assert.deepEqual(ids(list.matching(ANY, 10)), ["99", "98", "97", "1"]);
  assert.deepEqual(ids(list.matching(ANY, 2)), ["99", "98"]);
});

Deno.test("events: the same event twice is one", () => {
  const list = new EventList(3, 10);
  list.add(event("1"));
  list.add(event("1"));
  assert.equal(list.matching(ANY, 10).length, 1);
});

Deno.test("events: a type too many is not another type", () => {
  const list = new EventList(3, 1);
  list.add(event("1"));
  list.add(event("2", { event_type: "exec" }));
  assert.deepEqual(list.seenTypes, ["other", "syscall"]);
});

Deno.test("events: choices by type, source and text", () => {
  const list = new EventList(10, 10);
  list.add(event("1", { comm: "Python3", pid: 42 }));
  list.add(
    event("2", { event_type: "exec", source: "eBPF::exec_monitor", data: { argv: ["ls"] } }),
  );
  list.add(event("3", { event_type: "metric", source: "collector::cpu" }));
  assert.deepEqual(ids(list.matching(ANY, 10)), ["2", "1"], "samples only when asked for");
  assert.deepEqual(ids(list.matching({ ...ANY, type: "metric" }, 10)), ["3"]);
  assert.deepEqual(ids(list.matching({ ...ANY, source: "eBPF::exec_monitor" }, 10)), ["2"]);
  assert.deepEqual(ids(list.matching({ ...ANY, text: "python" }, 10)), ["1"]);
  assert.deepEqual(ids(list.matching({ ...ANY, text: "42" }, 10)), ["1"]);
  assert.deepEqual(ids(list.matching({ ...ANY, text: "LS" }, 10)), ["2"]);
  assert.deepEqual(list.seenSources, [
    "collector::cpu",
    "eBPF::exec_monitor",
    "eBPF::syscall_tracer",
  ]);
});

Deno.test("events: data in one line", () => {
  assert.equal(dataLine({ name: "write", us: 5.4, argv: ["a"] }), 'name=write us=5.4 argv=["a"]');
});

Deno.test("anomalies: of a metric, with its unit", () => {
  const data = {
    metric_key: "cpu.total",
    value: 95.2,
    mean: 24.1,
    z_score: 3.8,
    method: "z_score",
  };
  const view = anomalyView(event("7", { event_type: "anomaly", source: "ml::x", data }));
  assert.deepEqual(view, {
    id: "7",
    timestamp: 7,
    source: "ml::x",
    name: "cpu.total",
    detail: "95.2 %, mean 24.1 %, z 3.8, z score",
    bundle: null,
    asked: false,
  });
});

Deno.test("anomalies: of SMB, with its bundle", () => {
  const id = "1702943456123456789";
  const data = { id, name: "slow", type: "Latency", reason: "count", count: 12, group: "" };
  const view = anomalyView(event("7", { event_type: "anomaly", data }));
  assert.equal(view.name, "slow");
  assert.equal(view.detail, "Latency, count, 12 requests");
  assert.equal(view.bundle, id);
});

Deno.test("anomalies: a snapshot that was asked for is no trouble", () => {
  const data = { id: "1702943456123456789", name: "snapshot", type: "snapshot", reason: "manual" };
  assert.equal(anomalyView(event("7", { event_type: "anomaly", data })).asked, true);
});

Deno.test("anomalies: an id that is none makes no link", () => {
  for (const id of ["../../etc/passwd", 12, null, "17029434561234567890"]) {
    assert.equal(anomalyView(event("7", { data: { id } })).bundle, null);
  }
});

Deno.test("timeline: marks from left to right, those too close under one", () => {
  const at = (timestamp: number) => ({ timestamp });
  const marks = marksOf([at(10), at(50), at(51), at(100), at(101), at(-1)], 0, 100, 0.02);
  assert.deepEqual(marks, [
    { at: 0.1, entries: [at(10)] },
    { at: 0.51, entries: [at(51), at(50)] },
    { at: 1, entries: [at(100)] },
  ]);
  assert.deepEqual(marksOf([at(1)], 5, 5, 0.02), []);
});

Deno.test("timeline: labels at round times", () => {
  assert.deepEqual(ticksOf(1003, 1300, 5), [1020, 1080, 1140, 1200, 1260]);
  assert.deepEqual(ticksOf(0, 3600, 5), [0, 900, 1800, 2700, 3600]);
  assert.deepEqual(ticksOf(5, 5, 5), []);
});
