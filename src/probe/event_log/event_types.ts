/**
 * The table of the 38 event types.
 * @module
 */
import { type EventType, LOG_CATEGORIES } from "./event_type.ts";
import { FILE_EVENTS } from "./file_events.ts";
import { NETWORK_EVENTS, PROCESS_EVENTS, USER_EVENTS } from "./other_events.ts";

/** Every event type, by category and event_id. */
export const EVENT_TYPES: readonly EventType[] = [
  FILE_EVENTS,
  PROCESS_EVENTS,
  NETWORK_EVENTS,
  USER_EVENTS,
].flatMap((entries, index) =>
  entries.map((entry): EventType => ({
    ...entry,
    category: LOG_CATEGORIES[index],
    event_id: entry.type % 100,
  }))
);

/** Types are below this. */
export const EVENT_TYPE_LIMIT = 512;

const byType: (EventType | undefined)[] = new Array(EVENT_TYPE_LIMIT).fill(undefined);
const byName = new Map<string, EventType>();
for (const type of EVENT_TYPES) {
  byType[type.type] = type;
  byName.set(type.name, type);
}

/** The type of a record's number; undefined for none. */
export function eventTypeOf(type: number): EventType | undefined {
  return byType[type];
}

/** The type of a name, for example "open"; undefined for none. */
export function eventTypeByName(name: string): EventType | undefined {
  return byName.get(name);
}
