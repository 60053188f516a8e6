/** The event bus against a naive model, its counts, and the ids of events. */
import assert from "node:assert/strict";
import fc from "fast-check";
import { EventBus, type OnFull } from "../../../src/stream/bus.ts";
import {
  type BusEvent,
  eventIds,
  metricEvent,
  metricPoints,
} from "../../../src/stream/bus_event.ts";

const TYPES = ["metric", "syscall", "exec"];

function event(n: number, event_type = TYPES[n % TYPES.length]): BusEvent {
  return { event_id: `${n}`, event_type, timestamp: n, source: "test", data: {} };
}

/** What a subscriber must have, kept the plain way. */
interface Model {
  types: string[] | null;
  waiting: BusEvent[];
  dropped: number;
}

function offer(model: Model, next: BusEvent, limit: number, on_full: OnFull): void {
  if (model.types !== null && !model.types.includes(next.event_type)) return;
  if (model.waiting.length < limit) model.waiting.push(next);
  else {
    model.dropped++;
    if (on_full === "drop_oldest") model.waiting = [...model.waiting.slice(1), next];
  }
}

const STEPS = fc.array(
  fc.oneof(
    { weight: 3, arbitrary: fc.record({ step: fc.constant("publish" as const), n: fc.nat(60) }) },
    {
      weight: 1,
      arbitrary: fc.record({
        step: fc.constant("take" as const),
        who: fc.nat(2),
        n: fc.nat(40),
      }),
    },
  ),
  { maxLength: 60 },
);

Deno.test("every subscriber gets what a plain array would give it, and every loss is counted", () => {
  const onFull = fc.constantFrom<OnFull>("drop_oldest", "drop_newest");
  const limits = fc.integer({ min: 1, max: 50 });
  fc.assert(
    fc.property(STEPS, limits, onFull, (steps, buffer_size, on_full) => {
      const bus = new EventBus({ buffer_size, on_full });
      const models: Model[] = [null, ["metric"], ["syscall", "exec"]].map((types) => ({
        types,
        waiting: [],
        dropped: 0,
      }));
      const ends = models.map(({ types }, i) => bus.subscribe(`${i}`, types));
      let published = 0;
      for (const step of steps) {
        if (step.step === "publish") {
          for (let i = 0; i < step.n; i++) {
            const next = event(published++);
            bus.publish(next);
            for (const model of models) offer(model, next, buffer_size, on_full);
          }
        } else {
          const { waiting } = models[step.who];
          assert.deepEqual(ends[step.who].take(step.n), waiting.splice(0, step.n));
        }
      }
      models.forEach(({ waiting, dropped }, i) => {
        assert.equal(ends[i].waiting, waiting.length);
        assert.equal(ends[i].dropped, dropped);
        assert.deepEqual(ends[i].take(Infinity), waiting);
      });
      const { total_events, dropped_events } = bus.stats();
      assert.equal(total_events, published);
      assert.equal(dropped_events, models.reduce((sum, { dropped }) => sum + dropped, 0));
    }),
  );
});

Deno.test("statistics have the published fields; who has left is neither counted nor served", () => {
  const bus = new EventBus({ buffer_size: 2, on_full: "drop_oldest" });
  const stays = bus.subscribe("stays", null);
  const leaves = bus.subscribe("leaves", null);
  for (let n = 0; n < 3; n++) bus.publish(event(n));
  assert.deepEqual(bus.subscribers(), [
    { name: "stays", delivered: 0, dropped: 1, waiting: 2 },
    { name: "leaves", delivered: 0, dropped: 1, waiting: 2 },
  ]);
  leaves.close();
  bus.publish(event(3));
  assert.deepEqual(leaves.take(10), []);
  assert.deepEqual(stays.take(1).map(({ event_id }) => event_id), ["2"]);
  assert.equal(bus.subscribers()[0].delivered, 1);
  bus.subscribe("idle", null);
  assert.deepEqual(bus.stats(), {
    total_events: 4,
    dropped_events: 3,
    subscribers: 2,
    active_subscribers: 1,
    buffer_size: 2,
  });
});

Deno.test("a subscriber is told once when its queue fills, and again after it was emptied", () => {
  const bus = new EventBus({ buffer_size: 10, on_full: "drop_oldest" });
  let told = 0;
  const end = bus.subscribe("woken", ["exec"], { on_ready: () => told++ });
  bus.publish(event(0, "metric"));
  assert.equal(told, 0);
  bus.publish(event(1, "exec"));
  bus.publish(event(2, "exec"));
  assert.equal(told, 1);
  end.take(2);
  bus.publish(event(3, "exec"));
  assert.equal(told, 2);
});

Deno.test("a bus without room is refused", () => {
  for (const buffer_size of [0, -1, 1.5, NaN]) {
    assert.throws(() => new EventBus({ buffer_size, on_full: "drop_oldest" }), RangeError);
  }
});

Deno.test("ids are eight hex digits, all different, past the end of the numbers too", () => {
  const nextId = eventIds(0xffff_fff0);
  const ids = Array.from({ length: 100_000 }, nextId);
  assert.equal(new Set(ids).size, ids.length);
  assert.ok(ids.every((id) => /^[0-9a-f]{8}$/.test(id)));
});

Deno.test("a sample's values come out as they went in; what is no value is left out", () => {
  const points = [{ key: "cpu.total", value: 12.5 }, { key: "cpu.iowait", value: 0 }];
  assert.deepEqual(metricPoints(metricEvent("00000001", "collector::cpu", 5, points)), points);
  const odd = event(0, "metric");
  odd.data = { points: [null, 3, { key: "a" }, { key: 1, value: 1 }, { key: "b", value: "1" }] };
  assert.deepEqual(metricPoints(odd), []);
  odd.data = { metric_key: "smb.hung", value: 2 };
  assert.deepEqual(metricPoints(odd), [{ key: "smb.hung", value: 2 }]);
  odd.data = {};
  assert.deepEqual(metricPoints(odd), []);
});
