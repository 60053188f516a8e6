/** The recent events against a naive model: filters, totals, and who gives way. */
import assert from "node:assert/strict";
import fc from "fast-check";
import type { BusEvent } from "../../../src/stream/bus_event.ts";
import { RecentEvents } from "../../../src/stream/recent_events.ts";

const TYPES = ["syscall", "exec", "anomaly"];
const SOURCES = ["eBPF::syscall_tracer", "ml::anomaly_detector"];

let made = 0;
function event(event_type: string, source = SOURCES[0]): BusEvent {
  return { event_id: `${made++}`, event_type, timestamp: made, source, data: {} };
}

/** The rule, on a plain array: the oldest event of the most frequent type goes. */
function addTo(model: BusEvent[], next: BusEvent, limit: number): void {
  if (model.length === limit) {
    const count = (type: string) => model.filter((kept) => kept.event_type === type).length;
    const most = Math.max(...model.map(({ event_type }) => count(event_type)));
    model.splice(model.findIndex(({ event_type }) => count(event_type) === most), 1);
  }
  model.push(next);
}

Deno.test("filters, order and totals are those of a plain array", () => {
  const added = fc.array(fc.tuple(fc.constantFrom(...TYPES), fc.constantFrom(...SOURCES)), {
    maxLength: 80,
  });
  const wanted = fc.record({
    event_type: fc.constantFrom(null, "unknown", ...TYPES),
    source: fc.constantFrom(null, ...SOURCES),
    limit: fc.nat(30),
  });
  fc.assert(
    fc.property(added, wanted, fc.integer({ min: 1, max: 40 }), (list, filter, limit) => {
      const store = new RecentEvents(limit);
      const model: BusEvent[] = [];
      for (const [type, source] of list) {
        const next = event(type, source);
        store.add(next);
        addTo(model, next, limit);
      }
      assert.equal(store.size, model.length);
      assert.equal(store.displaced, list.length - model.length);
      const matches = model.filter((kept) =>
        (filter.event_type === null || kept.event_type === filter.event_type) &&
        (filter.source === null || kept.source === filter.source)
      ).reverse();
      const { events, total } = store.find(filter);
      assert.deepEqual(events, matches.slice(0, filter.limit));
      assert.equal(total, matches.length);
    }),
  );
});

Deno.test("a flood of one type leaves the few of another where they are", () => {
  const store = new RecentEvents();
  for (let i = 0; i < 3; i++) store.add(event("anomaly"));
  for (let i = 0; i < 20_000; i++) store.add(event("syscall"));
  assert.equal(store.size, 5000);
  assert.deepEqual(store.counts(), { anomaly: 3, syscall: 4997 });
  const { events, total } = store.find({ event_type: "syscall", limit: 20 });
  assert.equal(events.length, 20);
  assert.equal(total, 4997);
  assert.equal(events[0].event_id, `${made - 1}`);
});

Deno.test("a source that invents types does not make the store larger", () => {
  const store = new RecentEvents(100);
  for (let i = 0; i < 1000; i++) store.add(event(`type ${i}`));
  assert.ok(Object.keys(store.counts()).length <= 64);
  assert.equal(store.find({ limit: 1000 }).total, store.size);
  assert.equal(store.size + store.displaced, 1000);
  assert.equal(store.find({ limit: 1 }).events[0].event_type, "type 999");
});

Deno.test("a store without room is refused", () => {
  assert.throws(() => new RecentEvents(0), RangeError);
});
