/**
 * The JSON Schema of the event log's lines, made of the table of event types.
 * @module
 */
import type { EventField, EventType, FieldKind } from "../probe/event_log/event_type.ts";
import { EVENT_TYPES } from "../probe/event_log/event_types.ts";
import { EVENT_MARKS } from "../probe/event_log/flags.ts";

/** A JSON Schema, or a part of one. */
export type Schema = Record<string, unknown>;

const INTEGER = { type: "integer" };
const TEXT = { type: "string" };
const MICROS = "µs since 1970-01-01 UTC";

function or(schema: Schema): Schema {
  return { ...schema, type: [schema.type, "null"] };
}

/** What every event has; by key. */
function commonProperties(type: EventType): Record<string, Schema> {
  const calls = type.syscalls.length > 0;
  const isFork = type.name === "fork";
  return {
    timestamp: { ...INTEGER, description: `${MICROS}, when the call was entered` },
    category: { const: type.category },
    event_id: { const: type.event_id, description: "number in the category" },
    event_type: { const: type.name, description: type.about },
    syscall: {
      type: ["string", "null"],
      description: calls
        ? `${type.syscalls.join(", ")}, or io_uring: and an operation`
        : "null: it is no system call",
    },
    comm: { ...TEXT, description: "name of the thread" },
    pid: { ...INTEGER, description: "thread" },
    ppid: { ...INTEGER, description: "thread group" },
    process_type: { enum: ["process", "thread"], description: "process where tid is tgid" },
    tid: { ...INTEGER, description: "thread" },
    tgid: { ...INTEGER, description: "thread group: what ps calls pid" },
    parent_pid: {
      ...INTEGER,
      description: isFork
        ? "parent of the process made: who forked"
        : "thread group of the real parent",
    },
    uid: { ...INTEGER, description: "real user id" },
    cgroup_id: { ...INTEGER, minimum: 0, description: "cgroup v2; 64 bits" },
    result: {
      type: ["integer", "null"],
      description: "what the call returned, negative for an error; null where not known; 64 bits",
    },
    errno: { ...TEXT, description: "name of the error, where the call failed" },
    duration_ns: { type: ["integer", "null"], minimum: 0, description: "null where not known" },
  };
}
const COMMON_OPTIONAL = new Set(["errno"]);

const KINDS: Record<Exclude<FieldKind, "address">, Schema> = {
  int: INTEGER,
  uint: { ...INTEGER, minimum: 0 },
  id: { ...INTEGER, minimum: -1 },
  hex: { ...TEXT, pattern: "^0x[0-9a-f]+$" },
  octal: { ...TEXT, pattern: "^0[0-7]*$" },
  rdev: { ...TEXT, pattern: "^[0-9]+:[0-9]+$" },
  bool: { type: "boolean" },
  pair: { type: "array", items: INTEGER, minItems: 2, maxItems: 2 },
  family: { ...TEXT, pattern: "^AF_" },
  exit_code: { ...INTEGER, minimum: 0, maximum: 255 },
  exit_signal: { ...INTEGER, minimum: 1, maximum: 127 },
  exit_core: { const: true },
  parent: INTEGER,
  comm: TEXT,
  name: or(TEXT),
  name2: or(TEXT),
  dir: TEXT,
  dir2: TEXT,
  argv: or({ type: "array", items: TEXT }),
};

function fieldSchema(field: EventField): Record<string, Schema> {
  const { name, kind, about } = field;
  if (kind === "address") {
    return {
      family: { ...or(TEXT), description: "address family; null where there is no address" },
      port: { ...or(INTEGER), description: "port of IPv4 and IPv6" },
      addr: { ...or(TEXT), description: "the address; an abstract unix one begins with @" },
      abstract: { const: true, description: "a unix address of the abstract name space" },
    };
  }
  const schema = KINDS[kind];
  const mayBeNull = field.when !== undefined && field.optional !== true;
  return { [name]: { ...(mayBeNull ? or(schema) : schema), description: about } };
}

/** Keys of a type that may be absent. */
function isOptional(field: EventField, key: string): boolean {
  return field.optional === true || key === "abstract";
}

const FILE: Record<string, Schema> = {
  inode: { ...INTEGER, minimum: 0, description: "inode of the file; 64 bits" },
  device: { ...TEXT, pattern: "^[0-9]+:[0-9]+$", description: "its file system's device" },
  file_mode: { ...TEXT, pattern: "^0[0-7]*$", description: "its type and permissions" },
  file_owner: { ...INTEGER, description: "its owner" },
  path: { ...TEXT, description: "its path; socket:[inode], pipe:[inode] for what has none" },
};

function marks(): Record<string, Schema> {
  return Object.fromEntries(
    EVENT_MARKS.map(({ name, about }) => [name, { const: true, description: about }]),
  );
}

function object(title: string, properties: Record<string, Schema>, required: string[]): Schema {
  return { title, type: "object", properties, required, additionalProperties: false };
}

function typeSchema(type: EventType): Schema {
  const common = commonProperties(type);
  const own = type.fields.map((field) => ({ field, schemas: fieldSchema(field) }));
  const required = [
    ...Object.keys(common).filter((key) => !COMMON_OPTIONAL.has(key)),
    ...own.flatMap(({ field, schemas }) =>
      Object.keys(schemas).filter((key) => !isOptional(field, key))
    ),
  ];
  const fields = Object.assign({}, ...own.map(({ schemas }) => schemas));
  return object(type.about, { ...common, ...fields, ...FILE, ...marks() }, required);
}

function gapSchema(): Schema {
  const properties = {
    timestamp: { ...INTEGER, description: `${MICROS}: from` },
    event_type: { const: "gap" },
    events: { ...INTEGER, minimum: 0, description: "how many found no room" },
    from: { ...INTEGER, description: `${MICROS}: end of the first of them` },
    to: { ...INTEGER, description: `${MICROS}: end of the last of them` },
    cpu: { ...INTEGER, minimum: 0 },
  };
  return object("events of one CPU are not in the log", properties, Object.keys(properties));
}

function snapshotSchema(): Schema {
  const process: EventType = {
    type: 0,
    category: "process",
    event_id: 0,
    name: "snapshot",
    about: "a process that existed when the log began",
    syscalls: [],
    fields: [],
  };
  const { errno: _none, cgroup_id, ...common } = commonProperties(process);
  const properties = {
    ...common,
    cgroup_id: or(cgroup_id),
    started: { ...INTEGER, description: `${MICROS}: when the process was started` },
    threads: { ...INTEGER, minimum: 0 },
    exe: or(TEXT),
    argv: or({ type: "array", items: TEXT }),
    cwd: or(TEXT),
  };
  const root = { ...TEXT, description: "its root, where that is not /" };
  const cut = { const: true, description: "there are more arguments" };
  return object(
    process.about,
    { ...properties, root, argv_cut: cut },
    Object.keys(properties),
  );
}

/** Different in each type. */
const NOT_SHARED = new Set(["category", "event_id", "event_type", "syscall"]);

/** Puts what is the same in several types into one place: `#/$defs/key`. */
function shared(types: Record<string, Schema>): Record<string, Schema> {
  const definitions: Record<string, Schema> = {};
  const count = new Map<string, number>();
  const all = Object.values(types).map(({ properties }) => properties as Record<string, Schema>);
  const keyOf = (name: string, schema: Schema) => `${name} ${JSON.stringify(schema)}`;
  for (const [name, schema] of all.flatMap((properties) => Object.entries(properties))) {
    if (NOT_SHARED.has(name)) continue;
    const key = keyOf(name, schema);
    count.set(key, (count.get(key) ?? 0) + 1);
  }
  // One name may mean different things; the most frequent one is shared.
  for (const [key] of [...count].filter(([, n]) => n > 2).sort((a, b) => b[1] - a[1])) {
    const at = key.indexOf(" ");
    definitions[`field_${key.slice(0, at)}`] ??= JSON.parse(key.slice(at + 1));
  }
  for (const properties of all) {
    for (const [name, schema] of Object.entries(properties)) {
      const definition = definitions[`field_${name}`];
      if (definition === undefined || keyOf(name, definition) !== keyOf(name, schema)) continue;
      properties[name] = { $ref: `#/$defs/field_${name}` };
    }
  }
  return definitions;
}

/** The schema of one line. */
export function eventLogSchema(): Schema {
  const types = {
    ...Object.fromEntries(EVENT_TYPES.map((type) => [type.name, typeSchema(type)])),
    gap: gapSchema(),
    snapshot: snapshotSchema(),
  };
  const definitions = shared(types);
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "A line of aod trace -f json",
    description:
      "One object a line. In texts a byte that is no part of valid UTF-8 is the lone surrogate " +
      "U+DC00 + byte, written \\udc80 to \\udcff.",
    anyOf: Object.keys(types).map((name) => ({ $ref: `#/$defs/${name}` })),
    $defs: { ...types, ...definitions },
  };
}
