/**
 * The event bus: publish and subscribe by event type within one thread. Every subscriber has a
 * bounded queue of its own, so that a slow one loses its own events and holds up nobody; what it
 * loses is counted.
 * @module
 */
import { BoundedQueue, type OnFull } from "./bounded_queue.ts";
import type { BusEvent } from "./bus_event.ts";

export type { OnFull } from "./bounded_queue.ts";

/** Keys `bus.*` of the configuration. */
export interface BusOptions {
  /** Most events that wait for one subscriber. */
  buffer_size: number;
  /** What a full queue gives up. */
  on_full: OnFull;
}

/** `event_bus` of `/stats`. */
export interface BusStats {
  /** Events published. */
  total_events: number;
  /** Times that an event was lost to a subscriber, of those that have left too. */
  dropped_events: number;
  /** Subscribers that have not left. */
  subscribers: number;
  /** Those of them that have taken something. */
  active_subscribers: number;
  /** `bus.buffer_size`. */
  buffer_size: number;
}

/** What one subscriber was given, has lost and has before it. */
export interface SubscriberStats {
  /** As given. */
  name: string;
  /** Events it has taken. */
  delivered: number;
  /** Events lost because its queue was full. */
  dropped: number;
  /** Events in its queue. */
  waiting: number;
}

/** Options of one subscriber. */
export interface SubscribeOptions extends Partial<BusOptions> {
  /** Called when the queue was empty and is not any more; must not throw nor take long. */
  on_ready?: () => void;
}

/** One subscriber's end. */
export interface Subscription {
  /** As given. */
  readonly name: string;
  /** Takes up to `max` events, oldest first. */
  take(max: number): BusEvent[];
  /** Events lost because the queue was full. */
  readonly dropped: number;
  /** Events in the queue. */
  readonly waiting: number;
  /** Leaves the bus; what waits is gone. */
  close(): void;
}

class Subscriber implements Subscription {
  readonly queue: BoundedQueue<BusEvent>;
  dropped = 0;
  delivered = 0;

  constructor(
    readonly name: string,
    readonly types: ReadonlySet<string> | null,
    readonly options: BusOptions & SubscribeOptions,
    readonly leave: (subscriber: Subscriber) => void,
  ) {
    this.queue = new BoundedQueue(options.buffer_size);
  }

  get waiting(): number {
    return this.queue.size;
  }

  /** Puts an event into the queue. @returns whether one was lost */
  offer(event: BusEvent): boolean {
    const isFirst = this.queue.size === 0;
    const isLost = this.queue.push(event, this.options.on_full);
    if (isLost) this.dropped++;
    if (isFirst) this.options.on_ready?.();
    return isLost;
  }

  take(max: number): BusEvent[] {
    const taken = this.queue.take(max);
    this.delivered += taken.length;
    return taken;
  }

  close(): void {
    this.leave(this);
    this.queue.clear();
  }
}

/** The bus. */
export class EventBus {
  readonly #options: BusOptions;
  readonly #subscribers = new Set<Subscriber>();
  #total = 0;
  #dropped = 0;

  /**
   * Makes a bus without subscribers.
   * @throws {RangeError} when `buffer_size` is no integer of 1 or more
   */
  constructor({ buffer_size, on_full }: BusOptions) {
    this.#options = { buffer_size, on_full };
    new BoundedQueue(buffer_size);
  }

  /** Hands an event to every subscriber of its type. Subscribers share the object. */
  publish(event: BusEvent): void {
    this.#total++;
    for (const subscriber of this.#subscribers) {
      if (subscriber.types !== null && !subscriber.types.has(event.event_type)) continue;
      if (subscriber.offer(event)) this.#dropped++;
    }
  }

  /**
   * Adds a subscriber.
   * @param name for the counts; need not be unique
   * @param types event types it wants; null for all
   * @param options where it differs from the bus
   */
  subscribe(
    name: string,
    types: readonly string[] | null,
    options: SubscribeOptions = {},
  ): Subscription {
    const subscriber = new Subscriber(
      name,
      types === null ? null : new Set(types),
      { ...this.#options, ...options },
      (left) => this.#subscribers.delete(left),
    );
    this.#subscribers.add(subscriber);
    return subscriber;
  }

  /** `event_bus` of `/stats`. */
  stats(): BusStats {
    return {
      total_events: this.#total,
      dropped_events: this.#dropped,
      subscribers: this.#subscribers.size,
      active_subscribers: [...this.#subscribers].filter(({ delivered }) => delivered > 0).length,
      buffer_size: this.#options.buffer_size,
    };
  }

  /** What every present subscriber was given and has lost, in the order in which they came. */
  subscribers(): SubscriberStats[] {
    return [...this.#subscribers].map(({ name, delivered, dropped, waiting }) => ({
      ...{ name, delivered, dropped, waiting },
    }));
  }
}
