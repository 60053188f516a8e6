/**
 * The event bus, the stream processor and the series in memory: what an event and a point cost.
 * @module
 */
import { EventBus } from "../src/stream/bus.ts";
import { type BusEvent, eventIds, metricEvent } from "../src/stream/bus_event.ts";
import { ProcessCache } from "../src/stream/process_cache.ts";
import { StreamProcessor } from "../src/stream/processor.ts";
import { RecentEvents } from "../src/stream/recent_events.ts";
import { SeriesStore } from "../src/stream/series.ts";
import { type Benchmark, type BenchOptions, type Figure, quantileOf } from "./support/figure.ts";
import { hostSeries } from "./support/host_series.ts";

const BUFFER = 10_000;
const EVENTS = 50_000;
const TURN = 1000;
const KEYS = 60;

/** ns per unit of `rounds` rounds, as a figure. */
function figure(
  name: string,
  rounds: number,
  units: number,
  unit: string,
  work: () => void,
): Figure {
  const times: number[] = [];
  for (let i = 0; i < rounds; i++) {
    const begun = performance.now();
    work();
    times.push((performance.now() - begun) * 1e6 / units);
  }
  times.sort((a, b) => a - b);
  const detail = { rounds, best: times[0], p90: quantileOf(times, 0.9) };
  return { name, value: quantileOf(times, 0.5), unit, detail };
}

function syscallEvents(count: number): BusEvent[] {
  const nextId = eventIds(1);
  return Array.from({ length: count }, (_, i) => ({
    event_id: nextId(),
    event_type: "syscall",
    timestamp: 1000 + i / 1e5,
    source: "eBPF::syscall_tracer",
    pid: 1 + i % 50,
    comm: "worker",
    data: { syscall_nr: 1, syscall_name: "write", latency_ns: 5423, latency_us: 5.423 },
  }));
}

function busFigure(subscribers: number, rounds: number): Figure {
  const events = syscallEvents(TURN);
  const bus = new EventBus({ buffer_size: BUFFER, on_full: "drop_oldest" });
  const ends = Array.from({ length: subscribers }, (_, i) => bus.subscribe(`${i}`, ["syscall"]));
  return figure(`publish and take, ${subscribers} subscribers`, rounds, EVENTS, "ns/event", () => {
    for (let done = 0; done < EVENTS; done += TURN) {
      for (const event of events) bus.publish(event);
      for (const end of ends) end.take(TURN);
    }
  });
}

function makeProcessor() {
  const parts = {
    bus: new EventBus({ buffer_size: BUFFER, on_full: "drop_oldest" }),
    series: new SeriesStore({ points: 1000, keys: 1000 }),
    recent: new RecentEvents(),
    processes: new ProcessCache(),
  };
  return { ...parts, processor: new StreamProcessor(parts) };
}

function eventFigure(rounds: number): Figure {
  const { bus, processor } = makeProcessor();
  const events = syscallEvents(TURN);
  return figure("system call event through the processor", rounds, EVENTS, "ns/event", () => {
    for (let done = 0; done < EVENTS; done += TURN) {
      for (const event of events) bus.publish(event);
      while (processor.poll() > 0);
    }
  });
}

function seriesFigures(rounds: number): Figure[] {
  const { bus, series, processor } = makeProcessor();
  const nextId = eventIds(1);
  const sources = [...hostSeries(KEYS)];
  let now_sec = 1000;
  const samples = 1000;
  const points = figure(
    "point of a sample into its series",
    rounds,
    samples * KEYS,
    "ns/point",
    () => {
      for (let i = 0; i < samples; i++) {
        const values = sources.map(([key, next]) => ({ key, value: next() }));
        bus.publish(metricEvent(nextId(), "collector::bench", now_sec++, values));
        processor.poll();
      }
    },
  );
  const keys = series.keys();
  const summaries = figure(`summary of ${KEYS} keys of 1000 points`, rounds, 1000, "us", () => {
    for (const [key] of sources) series.add(key, now_sec, 1);
    for (const key of keys) series.summary(key);
  });
  const range = figure("last 300 points of a key", rounds, 100 * 1000, "us", () => {
    for (let i = 0; i < 100; i++) series.range(keys[i % keys.length], now_sec - 300);
  });
  return [points, summaries, range];
}

/** Bus, processor, series. */
export const busBenchmark: Benchmark = {
  name: "bus",
  about: "event bus, stream processor and series in memory, ns per event and point",
  run({ quick }: BenchOptions) {
    const rounds = quick ? 5 : 31;
    return [
      busFigure(1, rounds),
      busFigure(4, rounds),
      eventFigure(rounds),
      ...seriesFigures(rounds),
    ];
  },
};
