/**
 * Which event types are wanted: `-e`, `--events-file` and `--only` together.
 * @module
 */
import { didYouMean } from "../../config/suggest.ts";
import { type EventType, LOG_CATEGORIES } from "../../probe/event_log/event_type.ts";
import { EVENT_TYPES, eventTypeByName } from "../../probe/event_log/event_types.ts";

/** A line of an events file: `name = on|off`, or nothing but a comment. */
const LINE = /^\s*(?:([^\s=#]+)\s*=\s*([^\s=#]+))?\s*(?:#.*)?$/;

/** What an events file says, in its order. */
export interface EventSwitch {
  /** The types that the line names. */
  types: readonly EventType[];
  /** Whether it turns them on. */
  on: boolean;
}

/** The types that a name stands for: one, those of a class, or all; empty where it is unknown. */
export function typesOfName(name: string): readonly EventType[] {
  const word = name.toLowerCase();
  if (word === "all") return EVENT_TYPES;
  const type = eventTypeByName(word);
  if (type !== undefined) return [type];
  return EVENT_TYPES.filter(({ category }) => category === word);
}

/** Suggestion for an unknown name of an event type or class; "" for none. */
export function suggestName(name: string): string {
  return didYouMean(name, ["all", ...LOG_CATEGORIES, ...EVENT_TYPES.map((type) => type.name)]);
}

/**
 * Reads an events file.
 * @param path for the messages
 * @returns the switches, or all faults as `file:line: message`
 */
export function parseEventsFile(
  path: string,
  text: string,
): { switches: EventSwitch[]; faults: string[] } {
  const switches: EventSwitch[] = [];
  const faults: string[] = [];
  text.split(/\r?\n/).forEach((line, index) => {
    const at = `${path}:${index + 1}`;
    const found = LINE.exec(line);
    if (found === null) {
      faults.push(`${at}: ${JSON.stringify(line.slice(0, 60))} is not of the form name = on|off`);
      return;
    }
    const [, name, value] = found;
    if (name === undefined) return;
    const types = typesOfName(name);
    const on = value.toLowerCase();
    if (types.length === 0) {
      faults.push(`${at}: no event type ${JSON.stringify(name)}${suggestName(name)}`);
    } else if (on !== "on" && on !== "off") {
      faults.push(`${at}: ${name}: ${JSON.stringify(value)} is not allowed; allowed: on, off`);
    } else {
      switches.push({ types, on: on === "on" });
    }
  });
  return { switches, faults };
}

/**
 * The wanted types (`enum aod_log_type`): those of the classes, changed by the switches, and of
 * those only what `only` names.
 */
export function selectTypes(
  classes: readonly EventType[],
  switches: readonly EventSwitch[],
  only: readonly EventType[] | null,
): Set<number> {
  const wanted = new Set(classes.map(({ type }) => type));
  for (const { types, on } of switches) {
    for (const { type } of types) {
      if (on) wanted.add(type);
      else wanted.delete(type);
    }
  }
  if (only === null) return wanted;
  return new Set(only.map(({ type }) => type).filter((type) => wanted.has(type)));
}
