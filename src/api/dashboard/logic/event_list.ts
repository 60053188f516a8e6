/**
 * The newest events by type, so that a flood of one type does not push the others out, and what of
 * them a filter shows.
 * @module
 */
import type { ApiEvent } from "../../data.ts";

/** What the user wants to see; "" is everything. */
export interface EventChoice {
  /** Event type. */
  type: string;
  /** Source. */
  source: string;
  /** Found in the name of the process, the pid or the data, whatever its case. */
  text: string;
}

/** Types that come with every sweep of a collector: shown only when asked for. */
const BACKGROUND = new Set(["metric"]);

/** Bounded by type. */
export class EventList {
  readonly #byType = new Map<string, Map<string, ApiEvent>>();

  /**
   * Holds nothing yet.
   * @param perType events kept of each type
   * @param types types kept, the rest under "other"
   */
  constructor(readonly perType: number, readonly types: number) {}

  /** Adds an event; one that is known already is left out. */
  add(event: ApiEvent): void {
    const known = this.#byType.has(event.event_type) || this.#byType.size < this.types;
    const type = known ? event.event_type : "other";
    const events = this.#byType.get(type) ?? new Map<string, ApiEvent>();
    this.#byType.set(type, events);
    events.set(event.event_id, event);
    while (events.size > this.perType) events.delete(events.keys().next().value ?? "");
  }

  /** Every type seen. */
  get seenTypes(): string[] {
    return [...this.#byType.keys()].sort();
  }

  /** Every source seen. */
  get seenSources(): string[] {
    const sources = [...this.#byType.values()].flatMap((events) =>
      [...events.values()].map(({ source }) => source)
    );
    return [...new Set(sources)].sort();
  }

  /** What a choice shows, newest first, at most `limit`. */
  matching(choice: EventChoice, limit: number): ApiEvent[] {
    const found: ApiEvent[] = [];
    for (const [type, events] of this.#byType) {
      if (choice.type === "" ? BACKGROUND.has(type) : choice.type !== type) continue;
      for (const event of events.values()) if (matches(event, choice)) found.push(event);
    }
    return found.sort((a, b) => b.timestamp - a.timestamp).slice(0, limit);
  }
}

function matches(event: ApiEvent, { source, text }: EventChoice): boolean {
  if (source !== "" && event.source !== source) return false;
  if (text === "") return true;
  const all = `${event.comm ?? ""} ${event.pid ?? ""} ${JSON.stringify(event.data)}`;
  return all.toLowerCase().includes(text.toLowerCase());
}

/** An event's data in one line: `syscall_name=write latency_us=5.4`. */
export function dataLine(data: Record<string, unknown>): string {
  return Object.entries(data)
    .map(([key, value]) => `${key}=${typeof value === "object" ? JSON.stringify(value) : value}`)
    .join(" ");
}
