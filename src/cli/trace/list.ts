/**
 * `aod trace -l`: the event types with their fields.
 * @module
 */
import type { EventType } from "../../probe/event_log/event_type.ts";
import { EVENT_TYPES } from "../../probe/event_log/event_types.ts";
import { EXIT, ExitError } from "../exit.ts";
import { print, printJson, terminalWidth } from "../output.ts";

const WIDTH = 100;

/**
 * Prints the types (as JSON objects where asked for) whose name, class, system calls or fields hold the text, in any case.
 * @throws ExitError where none does
 */
export function listTypes(search: string, json = false): void {
  const text = search.toLowerCase();
  const found = EVENT_TYPES.filter((type) => wordsOf(type).some((word) => word.includes(text)));
  if (found.length === 0) {
    throw new ExitError(
      EXIT.usage,
      `no event type, system call or field with ${JSON.stringify(search)}; aod trace -l lists all`,
    );
  }
  if (json) return found.forEach(printJson);
  const width = terminalWidth() ?? WIDTH;
  print(found.map((type) => `${describe(type, width)}\n`).join(""));
}

function wordsOf(type: EventType): string[] {
  const fields = type.fields.map(({ name }) => name);
  return [type.name, type.category, type.about, ...type.syscalls, ...fields]
    .map((word) => word.toLowerCase());
}

function describe(type: EventType, width: number): string {
  const head = `${type.category.padEnd(8)} ${String(type.event_id).padStart(2)}  ${
    type.name.padEnd(12)
  } ${type.about}`;
  return [
    head,
    ...wrap("calls:  ", type.syscalls, width),
    ...wrap("fields: ", fieldNames(type), width),
  ].join("\n");
}

/** An address is three fields of the output. */
function fieldNames({ fields }: EventType): string[] {
  return fields.flatMap(({ name, kind }) => kind === "address" ? ["family", "port", "addr"] : name);
}

function wrap(label: string, words: readonly string[], width: number): string[] {
  const indent = " ".repeat(13);
  const lines: string[] = [];
  for (const word of words) {
    const line = lines.at(-1);
    if (line !== undefined && line.length + word.length + 3 <= width) {
      lines.push(`${lines.pop()}, ${word}`);
    } else lines.push(`${indent}${lines.length === 0 ? label : " ".repeat(label.length)}${word}`);
  }
  return lines;
}
