/**
 * What every event passes: bus, processor, series, recent events; and who wants to be told.
 * @module
 */
import type { BusConfig } from "../../config/platform.ts";
import { EventBus } from "../../stream/bus.ts";
import { type BusEvent, eventIds, metricEvent, type MetricPoint } from "../../stream/bus_event.ts";
import { ProcessCache } from "../../stream/process_cache.ts";
import { StreamProcessor } from "../../stream/processor.ts";
import { RecentEvents } from "../../stream/recent_events.ts";
import { SeriesStore } from "../../stream/series.ts";

/** Metric keys with a series of their own; a host with 256 cores and 100 devices stays below. */
export const MOST_KEYS = 4096;

/** Sizes. */
export interface PipelineOptions {
  /** `bus` of the configuration. */
  bus: BusConfig;
  /** Points of each series. */
  points: number;
}

/** Takes a value; must not throw. */
export type PointListener = (key: string, timestamp_sec: number, value: number) => void;
/** Takes an event; must not throw. */
export type EventListener = (event: BusEvent) => void;

/** Bus to series and recent events. */
export class Pipeline {
  /** Where parts publish. */
  readonly bus: EventBus;
  /** Values by key. */
  readonly series: SeriesStore;
  /** Other events. */
  readonly recent = new RecentEvents();
  /** Makes ids for events. */
  readonly nextId: () => string = eventIds();
  /** Told of every value that was kept. */
  readonly onPoint = new Set<PointListener>();
  /** Told of every event that is no metric. */
  readonly onEvent = new Set<EventListener>();
  /** Told of every sample after its values. */
  readonly onSample = new Set<EventListener>();
  readonly #processor: StreamProcessor;
  #turn: ReturnType<typeof setTimeout> | null = null;
  #closed = false;

  /** Empty. @throws RangeError for sizes below 1 */
  constructor({ bus, points }: PipelineOptions) {
    this.bus = new EventBus(bus);
    this.series = new SeriesStore({ points, keys: MOST_KEYS });
    const parts = {
      bus: this.bus,
      series: this.series,
      recent: this.recent,
      processes: new ProcessCache(),
    };
    this.#processor = new StreamProcessor(parts, {
      on_point: (key, timestamp, value) => {
        for (const listener of this.onPoint) listener(key, timestamp, value);
      },
      on_event: (event) => {
        for (const listener of this.onEvent) listener(event);
      },
      on_sample: (event) => {
        for (const listener of this.onSample) listener(event);
      },
    }, () => this.#wake());
  }

  /** Publishes the values of one sample. */
  measured(source: string, timestamp_sec: number, points: readonly MetricPoint[]): void {
    if (points.length === 0) return;
    this.bus.publish(metricEvent(this.nextId(), source, timestamp_sec, points));
  }

  /** Publishes an event. */
  publish(event: Omit<BusEvent, "event_id">): void {
    this.bus.publish({ event_id: this.nextId(), ...event });
  }

  /** `processor` of `/stats`. */
  stats(): ReturnType<StreamProcessor["stats"]> {
    return this.#processor.stats();
  }

  /** Takes over the values of one that goes; its recent events as well. */
  inherit(before: Pipeline): void {
    for (const key of before.series.keys()) {
      const { timestamps, values } = before.series.range(key, -Infinity);
      timestamps.forEach((at, i) => this.series.add(key, at, values[i]));
    }
    const { events } = before.recent.find({ limit: Infinity });
    for (const event of events.reverse()) this.recent.add(event);
  }

  /** Works off what waits, and takes no more. */
  close(): void {
    while (!this.#closed && this.#processor.poll() > 0);
    this.#closed = true;
    if (this.#turn !== null) clearTimeout(this.#turn);
    this.#processor.close();
  }

  /** One turn a task: messages and requests come between them. */
  #wake(): void {
    if (this.#turn !== null || this.#closed) return;
    this.#turn = setTimeout(() => {
      this.#turn = null;
      this.#processor.poll();
      if (this.#processor.waiting > 0) this.#wake();
    }, 0);
  }
}
