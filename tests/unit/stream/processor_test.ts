/** The stream processor on a real bus, store and cache. */
import assert from "node:assert/strict";
import { EventBus } from "../../../src/stream/bus.ts";
import { type BusEvent, metricEvent } from "../../../src/stream/bus_event.ts";
import { ProcessCache } from "../../../src/stream/process_cache.ts";
import { type ProcessorListeners, StreamProcessor } from "../../../src/stream/processor.ts";
import { RecentEvents } from "../../../src/stream/recent_events.ts";
import { SeriesStore } from "../../../src/stream/series.ts";

function makeProcessor(listeners: ProcessorListeners = {}, on_ready?: () => void) {
  const parts = {
    bus: new EventBus({ buffer_size: 100, on_full: "drop_oldest" }),
    series: new SeriesStore({ points: 10, keys: 2 }),
    recent: new RecentEvents(50),
    processes: new ProcessCache({ proc: "/nonexistent" }),
  };
  return { ...parts, processor: new StreamProcessor(parts, listeners, on_ready) };
}

function event(event_type: string, more: Partial<BusEvent> = {}): BusEvent {
  return { event_id: "0000000a", event_type, timestamp: 5, source: "test", data: {}, ...more };
}

Deno.test("values go into the series, other events among the recent ones, both are counted", () => {
  const seen: [string, number, number][] = [];
  const samples: BusEvent[] = [];
  const { bus, series, recent, processor } = makeProcessor({
    on_point: (...point) => seen.push(point),
    on_sample: (sample) => samples.push(sample),
  });
  const points = [{ key: "a", value: 1 }, { key: "b", value: 2 }, { key: "beyond", value: 3 }];
  const sample = metricEvent("00000001", "collector::cpu", 7, points);
  bus.publish(sample);
  bus.publish(event("anomaly"));
  assert.equal(processor.waiting, 2);
  assert.equal(processor.poll(), 2);
  assert.equal(processor.poll(), 0);
  assert.deepEqual(series.latest("b"), { timestamp: 7, value: 2 });
  assert.deepEqual(seen, [["a", 7, 1], ["b", 7, 2]]);
  assert.deepEqual(samples, [sample]);
  assert.equal(series.other, 1);
  assert.deepEqual(recent.find({ limit: 10 }), { events: [event("anomaly")], total: 1 });
  assert.deepEqual(processor.stats(), {
    total_events_processed: 2,
    active_metrics: 2,
    process_cache_size: 0,
    event_history_size: 1,
  });
});

Deno.test("events of a known pid get its name and parent; the published object stays as it was", () => {
  const events: BusEvent[] = [];
  const { bus, processor } = makeProcessor({ on_event: (named) => events.push(named) });
  const bare = event("block_io", { pid: 30, timestamp: 6, data: { device: "sda" } });
  bus.publish(event("exec", { pid: 30, comm: "dd", data: { parent_pid: 4 } }));
  bus.publish(bare);
  bus.publish(event("exit", { pid: 30, timestamp: 7 }));
  bus.publish(event("syscall", { pid: 30, comm: "dd-main", timestamp: 7.5 }));
  processor.poll();
  const told = events.slice(1).map(({ comm, data }) => [comm, data]);
  assert.deepEqual(told, [
    ["dd", { device: "sda", parent_pid: 4 }],
    ["dd", { parent_pid: 4 }],
    ["dd-main", { parent_pid: 4 }],
  ]);
  assert.deepEqual(bare.data, { device: "sda" });
  assert.equal(bare.comm, undefined);
});

Deno.test("an event whose process is not known goes on without it", () => {
  const { bus, recent, processor, processes } = makeProcessor();
  bus.publish(event("syscall", { pid: 4_000_000 }));
  processor.poll();
  assert.deepEqual(recent.find({ limit: 1 }).events, [event("syscall", { pid: 4_000_000 })]);
  assert.equal(processes.counts.missing, 1);
});

Deno.test("a turn takes what it may, the rest waits; after closing nothing comes", () => {
  let told = 0;
  const { bus, processor } = makeProcessor({}, () => told++);
  for (let i = 0; i < 10; i++) bus.publish(event("loss"));
  assert.equal(told, 1);
  assert.equal(processor.poll(4), 4);
  assert.equal(processor.waiting, 6);
  processor.close();
  bus.publish(event("loss"));
  assert.equal(processor.poll(), 0);
  assert.equal(processor.stats().total_events_processed, 4);
});
