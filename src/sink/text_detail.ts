/**
 * What an event is about, in one readable text: its names, then its other fields.
 * @module
 */
import type { LogEvent, LogValue } from "../probe/event_log/log_event.ts";
import { eventTypeByName } from "../probe/event_log/event_types.ts";
import { EVENT_MARKS } from "../probe/event_log/flags.ts";
import { visible } from "./text_cells.ts";

/** Shown by name first, not as a field. */
const NAME_KINDS = new Set(["name", "name2", "dir", "dir2", "argv", "address"]);
const AT_FDCWD = -100;

/** The text; not cut. */
export function detailOf(event: LogEvent): string {
  const parts: string[] = [];
  const type = eventTypeByName(event.event_type);
  const fields = type?.fields ?? [];
  const first = fields.find(({ kind }) => kind === "name");
  const second = fields.find(({ kind }) => kind === "name2");
  const target = event.event_type === "symlink";
  if (first !== undefined && typeof event[first.name] === "string") {
    parts.push(place(event[first.name], target ? undefined : event.dir));
  }
  if (second !== undefined && typeof event[second.name] === "string") {
    parts.push("->", place(event[second.name], event.dir2));
  }
  if (typeof event.addr === "string") parts.push(addressText(event));
  else if (event.addr === null && typeof event.family === "string") parts.push(event.family);
  if (Array.isArray(event.argv)) parts.push(`[${event.argv.map(argument).join(" ")}]`);
  if (typeof event.path === "string" && parts.length === 0) parts.push(visible(event.path));
  for (const { name, kind } of fields) {
    const value = event[name];
    if (NAME_KINDS.has(kind) || value === null || value === undefined) continue;
    if (value === "0x0" || (name.endsWith("dfd") && value === AT_FDCWD)) continue;
    parts.push(`${name}=${valueText(value)}`);
  }
  const marks: string[] = [];
  for (const { name } of EVENT_MARKS) if (event[name] === true) marks.push(name);
  if (marks.length > 0) parts.push(`(${marks.join(", ")})`);
  return parts.join(" ");
}

/** A name with the directory that it is relative to. */
function place(name: LogValue | undefined, dir: LogValue | undefined): string {
  const text = String(name);
  if (typeof dir !== "string" || dir === "/") {
    return visible(dir === "/" && !text.startsWith("/") ? `/${text}` : text) || '""';
  }
  // In a chroot a name may begin with a slash and still be relative to a directory.
  return visible(text.startsWith("/") ? dir + text : text === "" ? dir : `${dir}/${text}`);
}

function addressText({ addr, port, family }: LogEvent): string {
  const text = visible(String(addr));
  if (family === "AF_INET") return `${text}:${port}`;
  if (family === "AF_INET6") return `[${text}]:${port}`;
  return text === "" ? `${family} (unnamed)` : text;
}

/** An argument, quoted where it is not plain. */
function argument(text: LogValue): string {
  const shown = visible(String(text));
  return /^[^\s"'\\]+$/.test(shown) ? shown : `"${shown.replaceAll('"', '\\"')}"`;
}

function valueText(value: LogValue): string {
  if (Array.isArray(value)) return value.map(valueText).join(",");
  return visible(String(value));
}
