/**
 * The 16 file events.
 * @module
 */
import { LOG_TYPE } from "./layout.gen.ts";
import { arg, DIR, DIR2, type EventField, type EventType, item, option } from "./event_type.ts";

const DFD = arg(0, "dfd", "int", "directory descriptor; -100 is AT_FDCWD");
const FILENAME = item("filename", "name", "name as given; null where the call took a descriptor");
const OLD = item("oldname", "name", "old name as given");
const NEW = item("newname", "name2", "new name as given");
const OLD_DFD = arg(0, "olddfd", "int", "directory descriptor of the old name");
const NEW_DFD = arg(1, "newdfd", "int", "directory descriptor of the new name");

const OPEN: EventField[] = [
  DFD,
  FILENAME,
  arg(1, "flags", "hex", "open(2) flags"),
  arg(2, "mode", "octal", "mode of a new file; null without O_CREAT and O_TMPFILE", "creates"),
  option(4, "resolve", "hex", "resolve flags of openat2(2)"),
  DIR,
];

const TRANSFER: EventField[] = [
  arg(0, "fd", "int", "descriptor"),
  arg(1, "count", "uint", "bytes asked for; result says how many it were"),
  option(2, "offset", "int", "position given by the call", "not_minus_one"),
  option(3, "vectors", "uint", "number of vectors of a vector call"),
  option(4, "flags", "hex", "RWF_ flags of preadv2(2), pwritev2(2)"),
];

/** In the order of event_id. */
export const FILE_EVENTS: Omit<EventType, "category" | "event_id">[] = [
  {
    type: LOG_TYPE.CREATE,
    name: "create",
    about: "a file was created",
    syscalls: ["open", "openat", "openat2", "creat", "mknod", "mknodat"],
    fields: [
      DFD,
      FILENAME,
      arg(1, "flags", "hex", "open(2) flags; 0x0 for mknod"),
      arg(2, "mode", "octal", "mode given, before the umask"),
      option(3, "rdev", "rdev", "device that mknod(2) makes"),
      option(4, "resolve", "hex", "resolve flags of openat2(2)"),
      DIR,
    ],
  },
  {
    type: LOG_TYPE.DELETE,
    name: "delete",
    about: "a name was removed",
    syscalls: ["unlink", "unlinkat"],
    fields: [
      DFD,
      item("pathname", "name", "name as given"),
      arg(1, "flag", "hex", "flags of unlinkat(2)"),
      DIR,
    ],
  },
  {
    type: LOG_TYPE.RENAME,
    name: "rename",
    about: "a name was changed or moved",
    syscalls: ["rename", "renameat", "renameat2"],
    fields: [OLD_DFD, OLD, NEW_DFD, NEW, arg(2, "flags", "hex", "RENAME_ flags"), DIR, DIR2],
  },
  {
    type: LOG_TYPE.OPEN,
    name: "open",
    about: "a file was opened, or an open failed",
    syscalls: ["open", "openat", "openat2", "creat"],
    fields: OPEN,
  },
  {
    type: LOG_TYPE.CHMOD,
    name: "chmod",
    about: "permissions were changed",
    syscalls: ["chmod", "fchmod", "fchmodat", "fchmodat2"],
    fields: [
      DFD,
      FILENAME,
      arg(1, "mode", "octal", "mode given"),
      option(2, "flags", "hex", "flags of fchmodat2(2)"),
      DIR,
    ],
  },
  {
    type: LOG_TYPE.STAT,
    name: "stat",
    about: "mode and owner were asked for",
    syscalls: ["stat", "lstat", "fstat", "newfstatat", "statx"],
    fields: [
      DFD,
      FILENAME,
      arg(1, "flags", "hex", "AT_ flags"),
      option(2, "mask", "hex", "mask of statx(2)"),
      arg(5, "mode", "octal", "type and permissions found", "mode_found"),
      arg(3, "owner", "id", "owner found (the call's uid)", "mode_found"),
      arg(4, "group", "id", "group found (the call's gid)", "mode_found"),
      DIR,
    ],
  },
  {
    type: LOG_TYPE.CHDIR,
    name: "chdir",
    about: "the working directory was changed",
    syscalls: ["chdir", "fchdir"],
    fields: [arg(0, "dfd", "int", "descriptor of fchdir(2); -100 for chdir(2)"), FILENAME, DIR],
  },
  {
    type: LOG_TYPE.MKDIR,
    name: "mkdir",
    about: "a directory was created",
    syscalls: ["mkdir", "mkdirat"],
    fields: [DFD, FILENAME, arg(1, "mode", "octal", "mode given, before the umask"), DIR],
  },
  {
    type: LOG_TYPE.RMDIR,
    name: "rmdir",
    about: "a directory was removed",
    syscalls: ["rmdir", "unlinkat"],
    fields: [DFD, FILENAME, arg(1, "flag", "hex", "flags of unlinkat(2)"), DIR],
  },
  {
    type: LOG_TYPE.READ,
    name: "read",
    about: "a file was read",
    syscalls: ["read", "pread64", "readv", "preadv", "preadv2"],
    fields: TRANSFER,
  },
  {
    type: LOG_TYPE.WRITE,
    name: "write",
    about: "a file was written",
    syscalls: ["write", "pwrite64", "writev", "pwritev", "pwritev2"],
    fields: TRANSFER,
  },
  {
    type: LOG_TYPE.DUP,
    name: "dup",
    about: "a descriptor was copied; result is the copy",
    syscalls: ["dup", "dup2", "dup3", "fcntl"],
    fields: [
      arg(0, "olddfd", "int", "descriptor that was copied"),
      arg(1, "newdfd", "int", "descriptor asked for; null for any", "not_minus_one"),
      option(2, "flags", "hex", "O_CLOEXEC"),
    ],
  },
  {
    type: LOG_TYPE.CLOSE,
    name: "close",
    about: "a descriptor was closed",
    syscalls: ["close", "close_range"],
    fields: [
      arg(0, "dfd", "int", "descriptor; the first one of close_range(2)"),
      option(1, "last", "uint", "last descriptor of close_range(2)", "range"),
      option(2, "flags", "hex", "CLOSE_RANGE_ flags"),
    ],
  },
  {
    type: LOG_TYPE.TRUNCATE,
    name: "truncate",
    about: "a file was given a length",
    syscalls: ["truncate", "ftruncate"],
    fields: [
      arg(0, "dfd", "int", "descriptor of ftruncate(2)", "not_minus_one"),
      item("filename", "name", "name as given to truncate(2)"),
      arg(1, "length", "int", "bytes"),
      DIR,
    ],
  },
  {
    type: LOG_TYPE.LINK,
    name: "link",
    about: "a hard link was made",
    syscalls: ["link", "linkat"],
    fields: [OLD_DFD, OLD, NEW_DFD, NEW, arg(2, "flags", "hex", "AT_ flags"), DIR, DIR2],
  },
  {
    type: LOG_TYPE.SYMLINK,
    name: "symlink",
    about: "a symbolic link was made",
    syscalls: ["symlink", "symlinkat"],
    fields: [item("oldname", "name", "what the link points to, as given"), NEW_DFD, NEW, DIR2],
  },
];
