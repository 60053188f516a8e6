/**
 * Writes docs/event-log.md: the text of packaging/event_log/page.md with tables made of the table of
 * event types, and with the samples beside it. `deno run -A packaging/gen_event_log_docs.ts`; with
 * `--check` it ends with 1 where the page is out of date. A test says so, too.
 * @module
 */
import type { EventField, EventType, LogCategory } from "../src/probe/event_log/event_type.ts";
import { LOG_CATEGORIES } from "../src/probe/event_log/event_type.ts";
import { EVENT_TYPES } from "../src/probe/event_log/event_types.ts";
import { EVENT_MARKS } from "../src/probe/event_log/flags.ts";
import { LOG_SIZE } from "../src/probe/event_log/layout.gen.ts";
import { eventLogSchema, type Schema } from "../src/sink/json_schema.ts";

const HERE = new URL("event_log/", import.meta.url);
const PAGE = new URL("../docs/event-log.md", import.meta.url);

/** Keys of events that have to do with a file. */
const FILE_KEYS = ["inode", "device", "file_mode", "file_owner", "path"];
/** What differs from type to type, in words. */
const COMMON: Record<string, string> = {
  category: "file, process, network or user",
  event_type: "a name of the tables below",
  syscall: "how the call is spelled; `io_uring:` and an operation; null: it is no system call",
  parent_pid: "thread group of the real parent; of a `fork` that of the process made",
};
/** Operations of io_uring that are logged: log_uring_type of bpf/log/uring.h. */
const URING =
  "openat, openat2, close, statx, read, write and their vector, fixed and multishot forms, " +
  "renameat, unlinkat, mkdirat, symlinkat, linkat, ftruncate, send, sendmsg and their zero-copy forms, " +
  "recv, recvmsg, accept, connect and bind";

function cell(text: string): string {
  return text.replaceAll("|", "\\|").replaceAll("\n", " ");
}

function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.map(cell).join(" | ")} |`;
  return [line(head), `|${"---|".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

const code = (text: string) => `\`${text}\``;

/** Properties of the objects of a type, with shared ones in their place. */
function propertiesOf(name: string): Record<string, Schema> {
  const definitions = eventLogSchema().$defs as Record<string, Schema>;
  const { properties } = definitions[name] as { properties: Record<string, Schema> };
  return Object.fromEntries(
    Object.entries(properties).map(([key, schema]) => {
      const reference = schema.$ref;
      if (typeof reference !== "string") return [key, schema];
      return [key, definitions[reference.replace("#/$defs/", "")]];
    }),
  );
}

/** "number", "text", "number or null". */
function kindOf({ type, const: value }: Schema): string {
  const words: Record<string, string> = { integer: "number", number: "number", string: "text" };
  return [type ?? typeof (value ?? "")].flat().map((word) => words[String(word)] ?? String(word))
    .join(" or ");
}

function commonTable(): string {
  const own = new Set(EVENT_TYPES.flatMap(({ fields }) => fields.map(({ name }) => name)));
  const marks = new Set(EVENT_MARKS.map(({ name }) => name));
  const rows = Object.entries(propertiesOf("kill")).filter(([key]) =>
    !FILE_KEYS.includes(key) && !marks.has(key) &&
    (Object.hasOwn(COMMON, key) || !own.has(key) || key === "pid")
  );
  return table(
    ["key", "", "what it is"],
    rows.map(([key, schema]) => [
      code(key),
      key === "errno" ? "text, not always" : kindOf(schema),
      COMMON[key] ?? String(schema.description ?? ""),
    ]),
  );
}

function fileTable(): string {
  const properties = propertiesOf("read");
  return table(
    ["key", "", "what it is"],
    FILE_KEYS.map((key) => {
      const schema = properties[key];
      return [code(key), kindOf(schema), String(schema.description ?? "")];
    }),
  );
}

function marksTable(): string {
  return table(
    ["key", "what it means"],
    EVENT_MARKS.map(({ name, about }) => [code(name), about]),
  );
}

/** How a value is written, in a word. */
function writtenAs({ kind, when, optional }: EventField): string {
  const words: Partial<Record<EventField["kind"], string>> = {
    hex: 'text, "0x1f"',
    octal: 'text, "0644"',
    rdev: 'text, "8:1"',
    bool: "true or false",
    pair: "two numbers",
    exit_core: "true",
    comm: "text",
    name: "text or null",
    name2: "text or null",
    dir: "text",
    dir2: "text",
    argv: "texts or null",
  };
  const word = words[kind] ?? "number";
  if (optional === true) return `${word}, not always`;
  return when === undefined || word.endsWith("null") ? word : `${word} or null`;
}

/** An address is four fields of the output. */
const ADDRESS = [
  ["family", "text or null", "address family, `AF_INET`"],
  ["port", "number or null", "port of IPv4 and IPv6"],
  ["addr", "text or null", "the address; an abstract unix one begins with @"],
  ["abstract", "true, not always", "a unix address of the abstract name space"],
];

function fieldRows({ fields }: EventType): string[][] {
  return fields.flatMap((field) =>
    field.kind === "address" ? ADDRESS : [[field.name, writtenAs(field), field.about]]
  );
}

/** The types of a class, then what their fields are; the same field of several types in one row. */
function classTables(category: LogCategory): string {
  const types = EVENT_TYPES.filter((type) => type.category === category);
  const rows = types.map((type) => [
    `${type.event_id}`,
    `**${type.name}**`,
    type.about,
    type.syscalls.join(", "),
    fieldRows(type).map(([name]) => code(name)).join(", "),
  ]);
  const users = new Map<string, { row: string[]; of: string[] }>();
  for (const type of types) {
    for (const row of fieldRows(type)) {
      const key = row.join("\0");
      const entry = users.get(key) ?? { row, of: [] };
      entry.of.push(type.name);
      users.set(key, entry);
    }
  }
  const sorted = [...users.values()].sort((a, b) =>
    a.row[0] < b.row[0] ? -1 : a.row[0] > b.row[0] ? 1 : 0
  );
  const fields = sorted.map(({ row: [name, kind, about], of }) => [
    code(name),
    of.length === types.length ? "all" : of.join(", "),
    kind,
    about,
  ]);
  const title = `### ${category[0].toUpperCase()}${category.slice(1)}`;
  return [
    title,
    table(["id", "event", "what happened", "calls", "fields"], rows),
    table(["field", "of", "", "what it is"], fields),
  ].join("\n\n");
}

function sample(name: string): string {
  const file = name === "costs" ? "costs.md" : `${name}.txt`;
  return Deno.readTextFileSync(new URL(file, HERE)).trimEnd();
}

/** What a marker stands for. */
function contentOf(marker: string): string {
  const [kind, name] = marker.split(": ");
  if (kind === "generated") {
    return "<!-- Generated by packaging/gen_event_log_docs.ts from packaging/event_log/page.md and " +
      "the table\nof event types in src/probe/event_log: do not edit. -->";
  }
  if (kind === "include") return sample(name);
  const contents: Record<string, () => string> = {
    "table: common": commonTable,
    "table: file": fileTable,
    "table: marks": marksTable,
    "table: events": () => LOG_CATEGORIES.map(classTables).join("\n\n"),
    "value: slots": () => String(LOG_SIZE.PATH_SLOTS),
    "value: depth": () => String(LOG_SIZE.PATH_DEPTH),
    "value: uring": () => URING,
  };
  const make = contents[marker];
  if (make === undefined) throw new Error(`Cannot write the page: because of <!-- ${marker} -->`);
  return make();
}

/** The text of docs/event-log.md. */
export function eventLogMarkdown(): string {
  const page = Deno.readTextFileSync(new URL("page.md", HERE));
  return page.replace(/<!-- (.+?) -->/g, (_all, marker: string) => contentOf(marker));
}

if (import.meta.main) {
  const text = eventLogMarkdown();
  if (!Deno.args.includes("--check")) Deno.writeTextFileSync(PAGE, text);
  else if (Deno.readTextFileSync(PAGE) !== text) {
    console.error("docs/event-log.md is out of date: deno run -A packaging/gen_event_log_docs.ts");
    Deno.exit(1);
  }
}
