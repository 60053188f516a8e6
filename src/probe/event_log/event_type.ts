/**
 * How an event type is described: which field of the output is made of what in the record. The table
 * (event_types.ts) is all that decoding, JSON, text, the JSON Schema and the documentation go by.
 * @module
 */

/** The four classes, as `-e` names them; a type is its category's number * 100 + event_id. */
export const LOG_CATEGORIES = ["file", "process", "network", "user"] as const;
/** One of them. */
export type LogCategory = typeof LOG_CATEGORIES[number];

/** How a field is written. */
export type FieldKind =
  /** A signed number. */
  | "int"
  /** An unsigned number. */
  | "uint"
  /** An unsigned number of 32 bits; -1 for 2^32-1, which means "leave it" for user and group ids. */
  | "id"
  /** Text "0x1f". */
  | "hex"
  /** Text "0644". */
  | "octal"
  /** Text "8:1", of the number that mknod(2) takes. */
  | "rdev"
  /** true or false. */
  | "bool"
  /** Array of two signed numbers: this argument and the next one. */
  | "pair"
  /** Text "AF_INET". */
  | "family"
  /** Exit status, killing signal, or whether there was a core dump, of what wait(2) gives. */
  | "exit_code"
  | "exit_signal"
  | "exit_core"
  /** Thread group of the real parent. */
  | "parent"
  /** Text: name of the thread. */
  | "comm"
  /** Text: a name that the call was given. */
  | "name"
  | "name2"
  /** Text: the directory that the name is relative to. */
  | "dir"
  | "dir2"
  /** Array of texts. */
  | "argv"
  /** Three fields: family, port, addr; and `abstract` for such a unix address. */
  | "address";

/** When a field has a value. */
export type FieldCondition =
  /** The argument is not 0. */
  | "nonzero"
  /** The argument is not -1. */
  | "not_minus_one"
  /** The call succeeded. */
  | "success"
  /** stat(2) found something: the mode in argument 5 is not 0. */
  | "mode_found"
  /** The flags in argument 1 hold O_CREAT or O_TMPFILE: there is a mode. */
  | "creates"
  /** close_range(2): the last descriptor (argument 1) is not the first. */
  | "range"
  /** sendmmsg(2), recvmmsg(2): the number of messages in argument 5 is not 0. */
  | "messages"
  /** wait(2) would give an exit status in argument 0, and no signal. */
  | "exited"
  /** wait(2) would give a signal in argument 0. */
  | "killed"
  /** wait(2) would give a core dump in argument 0. */
  | "dumped"
  /** There is a directory. */
  | "dir_known";

/** One field of the output. */
export interface EventField {
  /** Key in JSON. */
  name: string;
  /** How it is written. */
  kind: FieldKind;
  /** Argument of the record it is made of; -1 for none. */
  arg: number;
  /** When it has a value; always, where undefined. */
  when?: FieldCondition;
  /** Where it has no value: left out; otherwise null. */
  optional?: boolean;
  /** What it is, for the schema and the documentation. */
  about: string;
}

/** One event type. */
export interface EventType {
  /** Value in the record: `enum aod_log_type`. */
  type: number;
  /** Its class. */
  category: LogCategory;
  /** Number in its category. */
  event_id: number;
  /** `event_type` in JSON; the word of `--only` and of the events file. */
  name: string;
  /** What has happened, in a few words. */
  about: string;
  /** The system calls that it is made of; empty for what is no system call. */
  syscalls: readonly string[];
  /** Its own fields, in the order of the output. */
  fields: readonly EventField[];
}

/** A field made of an argument. */
export function arg(
  index: number,
  name: string,
  kind: FieldKind,
  about: string,
  when?: FieldCondition,
): EventField {
  return { name, kind, arg: index, about, ...(when === undefined ? {} : { when }) };
}

/** The same, left out where it has no value. */
export function option(
  index: number,
  name: string,
  kind: FieldKind,
  about: string,
  when: FieldCondition = "nonzero",
): EventField {
  return { name, kind, arg: index, about, when, optional: true };
}

/** A field made of what the call was given in memory. */
export function item(name: string, kind: FieldKind, about: string): EventField {
  return { name, kind, arg: -1, about };
}

/** The directory that the name is relative to. */
export const DIR: EventField = {
  name: "dir",
  kind: "dir",
  arg: -1,
  when: "dir_known",
  optional: true,
  about: "directory that the name is relative to; the root where chroot is set",
};
/** The same of the second name. */
export const DIR2: EventField = { ...DIR, name: "dir2", kind: "dir2" };
