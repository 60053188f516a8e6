/**
 * The 9 process, 7 network and 6 user events.
 * @module
 */
import { LOG_TYPE } from "./layout.gen.ts";
import { arg, DIR, type EventField, type EventType, item, option } from "./event_type.ts";

/** A type, as these lists have it. */
export type Entry = Omit<EventType, "category" | "event_id">;

/** In the order of event_id. */
export const PROCESS_EVENTS: Entry[] = [
  {
    type: LOG_TYPE.FORK,
    name: "fork",
    about: "a process or thread was made; parent_pid is that of the one made",
    syscalls: [],
    fields: [
      item("grandparent_pid", "parent", "parent of the process that forked"),
      item("parent_comm", "comm", "name of the thread that forked"),
      arg(1, "child_pid", "int", "the thread made"),
      arg(2, "child_tgid", "int", "its thread group: another one than tgid where it is a process"),
      item("child_comm", "name", "its name"),
    ],
  },
  {
    type: LOG_TYPE.EXEC,
    name: "exec",
    about: "a program was executed, or could not be",
    syscalls: ["execve", "execveat"],
    fields: [
      arg(0, "old_pid", "int", "thread that called; the program runs as the group's first thread"),
      item("filename", "name", "name as given"),
      arg(1, "fd", "int", "directory descriptor of execveat(2)"),
      arg(2, "flags", "hex", "flags of execveat(2)"),
      item("argv", "argv", "arguments"),
      DIR,
    ],
  },
  {
    type: LOG_TYPE.CLONE,
    name: "clone",
    about: "a clone call returned in the caller; result is the thread made",
    syscalls: ["clone", "clone3", "vfork"],
    fields: [
      arg(0, "clone_flags", "hex", "CLONE_ flags"),
      arg(1, "newsp", "hex", "stack"),
      arg(2, "parent_tidptr", "hex", "address"),
      arg(3, "child_tidptr", "hex", "address"),
      arg(4, "tls", "hex", "address"),
    ],
  },
  {
    type: LOG_TYPE.EXIT,
    name: "exit",
    about: "a thread ended",
    syscalls: [],
    fields: [
      arg(0, "exit_code", "exit_code", "status given to exit(2); null for a killed one", "exited"),
      option(0, "exit_signal", "exit_signal", "signal that killed it", "killed"),
      option(0, "core_dumped", "exit_core", "a core was dumped", "dumped"),
      arg(1, "prio", "int", "priority of the kernel: 120 is nice 0"),
      arg(2, "last_thread", "bool", "the process ended with it"),
    ],
  },
  {
    type: LOG_TYPE.PIPE,
    name: "pipe",
    about: "a pipe was made",
    syscalls: ["pipe", "pipe2"],
    fields: [
      arg(0, "fildes", "pair", "read end, write end; null where it failed", "success"),
      arg(2, "flags", "hex", "flags of pipe2(2)"),
    ],
  },
  {
    type: LOG_TYPE.KILL,
    name: "kill",
    about: "a signal was sent",
    syscalls: ["kill", "tkill", "tgkill"],
    fields: [
      arg(0, "target_pid", "int", "whom: as the call takes it"),
      arg(1, "sig", "int", "signal number"),
      option(2, "target_tgid", "int", "thread group of tgkill(2)", "not_minus_one"),
    ],
  },
  {
    type: LOG_TYPE.PTRACE,
    name: "ptrace",
    about: "ptrace was called",
    syscalls: ["ptrace"],
    fields: [
      arg(0, "request", "int", "PTRACE_ request"),
      arg(1, "target_pid", "int", "whom"),
      arg(2, "addr", "hex", "argument"),
      arg(3, "data", "hex", "argument"),
    ],
  },
  {
    type: LOG_TYPE.MMAP,
    name: "mmap",
    about: "memory was mapped; result is the address",
    syscalls: ["mmap"],
    fields: [
      arg(0, "addr", "hex", "address asked for"),
      arg(1, "len", "uint", "bytes"),
      arg(2, "prot", "hex", "PROT_ flags"),
      arg(3, "flags", "hex", "MAP_ flags"),
      arg(4, "fd", "int", "descriptor; -1 for none"),
      arg(5, "off", "uint", "offset in the file"),
    ],
  },
  {
    type: LOG_TYPE.MPROTECT,
    name: "mprotect",
    about: "the protection of memory was changed",
    syscalls: ["mprotect"],
    fields: [
      arg(0, "start", "hex", "address"),
      arg(1, "len", "uint", "bytes"),
      arg(2, "prot", "hex", "PROT_ flags"),
    ],
  },
];

const FD = arg(0, "fd", "int", "socket");
const ADDRESS = item("addr", "address", "address");
const MESSAGE: EventField[] = [
  FD,
  arg(1, "len", "uint", "bytes given; for a receive room for so many"),
  arg(2, "flags", "hex", "MSG_ flags"),
  arg(3, "addr_len", "uint", "bytes of the address"),
  ADDRESS,
  option(4, "message", "uint", "which of the call's messages, from 0", "messages"),
  option(5, "messages", "uint", "messages of the call", "messages"),
];

/** In the order of event_id. */
export const NETWORK_EVENTS: Entry[] = [
  {
    type: LOG_TYPE.CONNECT,
    name: "connect",
    about: "a connection was made or begun",
    syscalls: ["connect"],
    fields: [FD, arg(1, "addr_len", "uint", "bytes of the address"), ADDRESS],
  },
  {
    type: LOG_TYPE.SEND,
    name: "send",
    about: "a message was sent",
    syscalls: ["sendto", "sendmsg", "sendmmsg"],
    fields: MESSAGE,
  },
  {
    type: LOG_TYPE.RECEIVE,
    name: "receive",
    about: "a message was received",
    syscalls: ["recvfrom", "recvmsg", "recvmmsg"],
    fields: MESSAGE,
  },
  {
    type: LOG_TYPE.ACCEPT,
    name: "accept",
    about: "a connection was accepted; result is its descriptor",
    syscalls: ["accept", "accept4"],
    fields: [
      FD,
      arg(1, "addr_len", "uint", "bytes of the address"),
      arg(2, "flags", "hex", "flags of accept4(2)"),
      ADDRESS,
    ],
  },
  {
    type: LOG_TYPE.BIND,
    name: "bind",
    about: "a socket was given its own address",
    syscalls: ["bind"],
    fields: [FD, arg(1, "addr_len", "uint", "bytes of the address"), ADDRESS],
  },
  {
    type: LOG_TYPE.GETPEERNAME,
    name: "getpeername",
    about: "a socket's peer was asked for",
    syscalls: ["getpeername"],
    fields: [FD, arg(1, "addr_len", "uint", "bytes of the address"), ADDRESS],
  },
  {
    type: LOG_TYPE.SOCKETPAIR,
    name: "socketpair",
    about: "two connected sockets were made",
    syscalls: ["socketpair"],
    fields: [
      arg(0, "family", "family", "address family"),
      arg(1, "type", "int", "SOCK_ type and flags"),
      arg(2, "protocol", "int", "protocol"),
      arg(3, "usockvec", "pair", "both descriptors; null where it failed", "success"),
    ],
  },
];

function ids(type: number, name: string, fields: readonly string[]): Entry {
  const kind = name.endsWith("gid") ? "group" : "user";
  return {
    type,
    name,
    about: `${kind} ids were set`,
    syscalls: [name],
    fields: fields.map((field, i) => arg(i, field, "id", `${kind} id; -1 leaves it as it is`)),
  };
}

/** In the order of event_id. A field `uid` of setuid is `new_uid`: `uid` is who called. */
export const USER_EVENTS: Entry[] = [
  ids(LOG_TYPE.SETGID, "setgid", ["gid"]),
  ids(LOG_TYPE.SETREGID, "setregid", ["rgid", "egid"]),
  ids(LOG_TYPE.SETRESGID, "setresgid", ["rgid", "egid", "sgid"]),
  ids(LOG_TYPE.SETUID, "setuid", ["new_uid"]),
  ids(LOG_TYPE.SETREUID, "setreuid", ["ruid", "euid"]),
  ids(LOG_TYPE.SETRESUID, "setresuid", ["ruid", "euid", "suid"]),
];
