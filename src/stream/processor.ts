/**
 * The stream processor: takes events from the bus, names the process of those that carry only a pid,
 * puts values into the series and all else into the recent events, and hands both on.
 * @module
 */
import type { EventBus, Subscription } from "./bus.ts";
import { type BusEvent, metricPoints } from "./bus_event.ts";
import type { ProcessCache } from "./process_cache.ts";
import type { RecentEvents } from "./recent_events.ts";
import type { SeriesStore } from "./series.ts";

/** `processor` of `/stats`. */
export interface ProcessorStats {
  /** Events taken from the bus. */
  total_events_processed: number;
  /** Keys with points in memory. */
  active_metrics: number;
  /** Processes whose context is known. */
  process_cache_size: number;
  /** Recent events in memory. */
  event_history_size: number;
}

/** Who else wants what comes by. They must not throw nor take long. */
export interface ProcessorListeners {
  /** Every value that was kept, after it is in the series: detectors, history on disk. */
  on_point?: (key: string, timestamp_sec: number, value: number) => void;
  /** Every event but metrics, with its process named. */
  on_event?: (event: BusEvent) => void;
  /** After the values of one sample. */
  on_sample?: (event: BusEvent) => void;
}

/** What the processor works with. */
export interface ProcessorParts {
  /** Where events come from. */
  bus: EventBus;
  /** Where values go. */
  series: SeriesStore;
  /** Where other events go. */
  recent: RecentEvents;
  /** Who a pid is. */
  processes: ProcessCache;
}

/** Name under which it subscribes. */
const NAME = "stream_processor";
/** Most events of a turn, so that one turn takes a few milliseconds at most. */
const TURN_EVENTS = 2000;

/** The processor. */
export class StreamProcessor {
  readonly #parts: ProcessorParts;
  readonly #listeners: ProcessorListeners;
  readonly #subscription: Subscription;
  #processed = 0;

  /**
   * Subscribes to all events.
   * @param on_ready called when there is something to {@link StreamProcessor.poll}
   */
  constructor(
    parts: ProcessorParts,
    listeners: ProcessorListeners = {},
    on_ready?: () => void,
  ) {
    this.#parts = parts;
    this.#listeners = listeners;
    this.#subscription = parts.bus.subscribe(NAME, null, { on_ready });
  }

  /** Events that wait. */
  get waiting(): number {
    return this.#subscription.waiting;
  }

  /** Works off up to `max` events. @returns how many there were */
  poll(max = TURN_EVENTS): number {
    this.#parts.processes.beginTurn();
    const events = this.#subscription.take(max);
    for (const event of events) {
      if (event.event_type === "metric") this.#measure(event);
      else this.#keep(event);
    }
    this.#processed += events.length;
    return events.length;
  }

  /** `processor` of `/stats`. */
  stats(): ProcessorStats {
    const { series, processes, recent } = this.#parts;
    return {
      total_events_processed: this.#processed,
      active_metrics: series.size,
      process_cache_size: processes.size,
      event_history_size: recent.size,
    };
  }

  /** Leaves the bus. */
  close(): void {
    this.#subscription.close();
  }

  /** Values live in the series; as recent events they would only push others out. */
  #measure(event: BusEvent): void {
    const { series } = this.#parts;
    for (const { key, value } of metricPoints(event)) {
      // A key beyond the cap must not grow elsewhere either.
      if (!series.add(key, event.timestamp, value)) continue;
      this.#listeners.on_point?.(key, event.timestamp, value);
    }
    this.#listeners.on_sample?.(event);
  }

  #keep(event: BusEvent): void {
    const named = this.#named(event);
    this.#parts.recent.add(named);
    this.#listeners.on_event?.(named);
  }

  /** The event with its process; a new object, for others on the bus hold the old one. */
  #named(event: BusEvent): BusEvent {
    if (event.pid === undefined) return event;
    const { processes } = this.#parts;
    processes.learn(event);
    if (event.comm !== undefined && event.data.parent_pid !== undefined) return event;
    const context = processes.find(event.pid, event.timestamp);
    if (context === null) return event;
    const { comm = context.comm, data } = event;
    const parent_pid = data.parent_pid ?? context.ppid;
    return { ...event, comm, data: parent_pid === undefined ? data : { ...data, parent_pid } };
  }
}
