/**
 * The newest events, for `/events`. When the store is full, the oldest event of the type with the
 * most events gives way, so that a flood of one type does not push out the few of another.
 * @module
 */
import { BoundedQueue } from "./bounded_queue.ts";
import type { BusEvent } from "./bus_event.ts";

/** Which events are wanted; null or absent for all. */
export interface EventFilter {
  /** Equal to the event's. */
  event_type?: string | null;
  /** Equal to the event's. */
  source?: string | null;
  /** At most so many, the newest. */
  limit: number;
}

/** Answer to a filter. */
export interface EventMatches {
  /** The newest matches, newest first. */
  events: BusEvent[];
  /** How many events match, beyond the limit too. */
  total: number;
}

/** An event and its place in the order of all. */
interface Kept {
  order: number;
  event: BusEvent;
}

/** As many as there are kinds of events in the seed's `event_history_size`. */
export const RECENT_EVENTS = 5000;
/** Types come from within the agent; this holds for whatever a future source invents. */
const MAX_TYPES = 64;

/** The store. */
export class RecentEvents {
  readonly #limit: number;
  readonly #byType = new Map<string, BoundedQueue<Kept>>();
  #size = 0;
  #next = 0;
  /** Events that were pushed out since the start. */
  displaced = 0;

  /**
   * Makes an empty store.
   * @param limit most events it holds
   * @throws {RangeError} for a limit below 1 or no integer
   */
  constructor(limit = RECENT_EVENTS) {
    if (!Number.isInteger(limit) || limit < 1) {
      throw new RangeError(`Cannot keep ${limit} events: because it must be 1 or more`);
    }
    this.#limit = limit;
  }

  /** Events in the store. */
  get size(): number {
    return this.#size;
  }

  /** Adds an event as the newest. */
  add(event: BusEvent): void {
    if (this.#size === this.#limit) this.#displace();
    this.#queueOf(event.event_type).push({ order: this.#next++, event }, "drop_oldest");
    this.#size++;
  }

  /** The newest events that a filter lets through. */
  find({ event_type = null, source = null, limit }: EventFilter): EventMatches {
    const queues = [...this.#byType]
      .filter(([type]) => event_type === null || type === event_type)
      .map(([, queue]) => queue);
    const matches: Kept[] = [];
    let total = 0;
    for (const queue of queues) {
      // Of each type the newest `limit` are enough: no more of it can be in the answer.
      let found = 0;
      for (let i = queue.size - 1; i >= 0; i--) {
        const kept = queue.at(i) as Kept;
        if (source !== null && kept.event.source !== source) continue;
        if (++found <= limit) matches.push(kept);
      }
      total += found;
    }
    matches.sort((a, b) => b.order - a.order);
    return { events: matches.slice(0, Math.max(0, limit)).map(({ event }) => event), total };
  }

  /** Events in the store by type. */
  counts(): Record<string, number> {
    return Object.fromEntries([...this.#byType].map(([type, { size }]) => [type, size]));
  }

  #queueOf(type: string): BoundedQueue<Kept> {
    let queue = this.#byType.get(type);
    if (queue !== undefined) return queue;
    if (this.#byType.size >= MAX_TYPES) this.#forgetType();
    queue = new BoundedQueue(this.#limit);
    this.#byType.set(type, queue);
    return queue;
  }

  /** Removes the oldest event of the type with the most; of types with as many, the older event. */
  #displace(): void {
    let most: BoundedQueue<Kept> | null = null;
    for (const queue of this.#byType.values()) {
      const isMore = most === null || queue.size > most.size ||
        (queue.size === most.size && orderOf(queue) < orderOf(most));
      if (isMore) most = queue;
    }
    if (most?.shift() === undefined) return;
    this.#size--;
    this.displaced++;
  }

  /** Removes the type with the fewest events. */
  #forgetType(): void {
    const [least] = [...this.#byType].sort(([, a], [, b]) => a.size - b.size);
    this.#byType.delete(least[0]);
    this.#size -= least[1].size;
    this.displaced += least[1].size;
  }
}

function orderOf(queue: BoundedQueue<Kept>): number {
  return queue.at(0)?.order ?? Infinity;
}
