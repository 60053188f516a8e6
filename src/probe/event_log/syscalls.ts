/**
 * The syscalls of the event log: their numbers on each machine, and which event types they make.
 * @module
 */
import { LOG_CALL, type LOG_GROUP, LOG_TYPE } from "./layout.gen.ts";

/** The spelling of a call: a key of `enum aod_log_call`. */
export type CallName = keyof typeof LOG_CALL;

/** Machines that aod is built for, as `Deno.build.arch` names them. */
export type Machine = "x86_64" | "aarch64";

/**
 * `name x86-64 arm64`; `-`: the machine has no such call. From arch/x86/entry/syscalls/syscall_64.tbl
 * and include/uapi/asm-generic/unistd.h.
 */
const NUMBERS = `
READ 0 63, PREAD64 17 67, READV 19 65, PREADV 295 69, PREADV2 327 286,
WRITE 1 64, PWRITE64 18 68, WRITEV 20 66, PWRITEV 296 70, PWRITEV2 328 287,
OPEN 2 -, OPENAT 257 56, OPENAT2 437 437, CREAT 85 -, MKNOD 133 -, MKNODAT 259 33,
CLOSE 3 57, CLOSE_RANGE 436 436, UNLINK 87 -, UNLINKAT 263 35, RMDIR 84 -,
RENAME 82 -, RENAMEAT 264 38, RENAMEAT2 316 276,
CHMOD 90 -, FCHMOD 91 52, FCHMODAT 268 53, FCHMODAT2 452 452,
STAT 4 -, LSTAT 6 -, FSTAT 5 80, NEWFSTATAT 262 79, STATX 332 291,
CHDIR 80 49, FCHDIR 81 50, MKDIR 83 -, MKDIRAT 258 34,
DUP 32 23, DUP2 33 -, DUP3 292 24, FCNTL 72 25, TRUNCATE 76 45, FTRUNCATE 77 46,
LINK 86 -, LINKAT 265 37, SYMLINK 88 -, SYMLINKAT 266 36,
EXECVE 59 221, EXECVEAT 322 281, CLONE 56 220, CLONE3 435 435, VFORK 58 -,
PIPE 22 -, PIPE2 293 59, KILL 62 129, TKILL 200 130, TGKILL 234 131,
PTRACE 101 117, MMAP 9 222, MPROTECT 10 226,
CONNECT 42 203, BIND 49 200, GETPEERNAME 52 205,
SENDTO 44 206, SENDMSG 46 211, SENDMMSG 307 269,
RECVFROM 45 207, RECVMSG 47 212, RECVMMSG 299 243,
ACCEPT 43 202, ACCEPT4 288 242, SOCKETPAIR 53 199,
SETGID 106 144, SETREGID 114 143, SETRESGID 119 149,
SETUID 105 146, SETREUID 113 145, SETRESUID 117 147`;

/** mount, umount2, move_mount, pivot_root: what AOD_CALL_NAMES_CHANGE stands for. */
const NAMES_CHANGE: Record<Machine, number[]> = {
  x86_64: [165, 166, 429, 155],
  aarch64: [40, 39, 429, 41],
};

const NUMBER_TABLE = new Map<CallName, Record<Machine, number | null>>();
for (const entry of NUMBERS.split(",")) {
  const [name, x86_64, aarch64] = entry.trim().split(" ");
  if (!isCallName(name)) throw new Error(`unreachable: ${name} is no call of bpf/log_events.h`);
  const number = (text: string) => text === "-" ? null : Number(text);
  NUMBER_TABLE.set(name, { x86_64: number(x86_64), aarch64: number(aarch64) });
}

function isCallName(name: string): name is CallName {
  return Object.hasOwn(LOG_CALL, name);
}

const T = LOG_TYPE;

/** Which spellings make an event of a type. The scheduler's events (FORK, EXIT) have none. */
const CALLS_OF_TYPE: Record<number, CallName[]> = {
  [T.CREATE]: ["OPEN", "OPENAT", "OPENAT2", "CREAT", "MKNOD", "MKNODAT"],
  [T.DELETE]: ["UNLINK", "UNLINKAT"],
  [T.RENAME]: ["RENAME", "RENAMEAT", "RENAMEAT2"],
  [T.OPEN]: ["OPEN", "OPENAT", "OPENAT2", "CREAT"],
  [T.CHMOD]: ["CHMOD", "FCHMOD", "FCHMODAT", "FCHMODAT2"],
  [T.STAT]: ["STAT", "LSTAT", "FSTAT", "NEWFSTATAT", "STATX"],
  [T.CHDIR]: ["CHDIR", "FCHDIR"],
  [T.MKDIR]: ["MKDIR", "MKDIRAT"],
  [T.RMDIR]: ["RMDIR", "UNLINKAT"],
  [T.READ]: ["READ", "PREAD64", "READV", "PREADV", "PREADV2"],
  [T.WRITE]: ["WRITE", "PWRITE64", "WRITEV", "PWRITEV", "PWRITEV2"],
  [T.DUP]: ["DUP", "DUP2", "DUP3", "FCNTL"],
  [T.CLOSE]: ["CLOSE", "CLOSE_RANGE"],
  [T.TRUNCATE]: ["TRUNCATE", "FTRUNCATE"],
  [T.LINK]: ["LINK", "LINKAT"],
  [T.SYMLINK]: ["SYMLINK", "SYMLINKAT"],
  [T.FORK]: [],
  [T.EXEC]: ["EXECVE", "EXECVEAT"],
  [T.CLONE]: ["CLONE", "CLONE3", "VFORK"],
  [T.EXIT]: [],
  [T.PIPE]: ["PIPE", "PIPE2"],
  [T.KILL]: ["KILL", "TKILL", "TGKILL"],
  [T.PTRACE]: ["PTRACE"],
  [T.MMAP]: ["MMAP"],
  [T.MPROTECT]: ["MPROTECT"],
  [T.CONNECT]: ["CONNECT"],
  [T.SEND]: ["SENDTO", "SENDMSG", "SENDMMSG"],
  [T.RECEIVE]: ["RECVFROM", "RECVMSG", "RECVMMSG"],
  [T.ACCEPT]: ["ACCEPT", "ACCEPT4"],
  [T.BIND]: ["BIND"],
  [T.GETPEERNAME]: ["GETPEERNAME"],
  [T.SOCKETPAIR]: ["SOCKETPAIR"],
  [T.SETGID]: ["SETGID"],
  [T.SETREGID]: ["SETREGID"],
  [T.SETRESGID]: ["SETRESGID"],
  [T.SETUID]: ["SETUID"],
  [T.SETREUID]: ["SETREUID"],
  [T.SETRESUID]: ["SETRESUID"],
};

/** Every type that can be logged. */
export const LOGGED_TYPES: readonly number[] = Object.keys(CALLS_OF_TYPE).map(Number);

/** Types whose events name paths: they need to hear of renames and mounts. */
const WITHOUT_PATHS = new Set<number>([
  ...[T.FORK, T.EXIT, T.CLONE, T.PIPE, T.KILL, T.PTRACE, T.MPROTECT],
  ...LOGGED_TYPES.filter((type) => type >= 300),
]);

const TWO_NAMES: readonly CallName[] = [
  ...["RENAME", "RENAMEAT", "RENAMEAT2", "LINK", "LINKAT", "SYMLINK", "SYMLINKAT"] as const,
];
const DESCRIPTOR: readonly CallName[] = [
  ...["CLOSE", "CLOSE_RANGE", "FCHMOD", "FSTAT", "FCHDIR", "DUP", "DUP2", "DUP3"] as const,
  ...["FCNTL", "FTRUNCATE", "NAMES_CHANGE"] as const,
];

const STAT: readonly CallName[] = ["STAT", "LSTAT", "NEWFSTATAT", "STATX"];

/** The handler that log_exit jumps to: log_group_of of bpf/log/dispatch.h. */
export function groupOfCall(call: CallName): keyof Omit<typeof LOG_GROUP, "NONE" | "COUNT"> {
  const number = LOG_CALL[call];
  if (number <= LOG_CALL.PWRITEV2) return "READ_WRITE";
  if (number <= LOG_CALL.CREAT) return "OPEN";
  if (STAT.includes(call)) return "STAT";
  if (TWO_NAMES.includes(call)) return "TWO_NAMES";
  if (DESCRIPTOR.includes(call)) return "DESCRIPTOR";
  if (call === "EXECVE" || call === "EXECVEAT") return "EXEC";
  if (call === "SENDMMSG" || call === "RECVMMSG") return "MESSAGES";
  if (number <= LOG_CALL.SYMLINKAT) return "NAMES";
  if (number <= LOG_CALL.MPROTECT) return "PROCESS";
  if (number <= LOG_CALL.SOCKETPAIR) return "NETWORK";
  return "USER";
}

/** The number of a call; null where the machine has no such call. */
export function syscallNumber(call: CallName, machine: Machine = Deno.build.arch): number | null {
  return NUMBER_TABLE.get(call)?.[machine] ?? null;
}

/** The call's name as the kernel spells it, by its number; null for what the log does not know. */
export function syscallName(number: number, machine: Machine = Deno.build.arch): string | null {
  for (const [name, numbers] of NUMBER_TABLE) {
    if (numbers[machine] === number) return name.toLowerCase();
  }
  return null;
}

/** The calls to look at for events of `types`. */
export function callsOfTypes(types: ReadonlySet<number>): Set<CallName> {
  const calls = new Set<CallName>();
  for (const type of types) {
    for (const call of CALLS_OF_TYPE[type] ?? []) calls.add(call);
    if (WITHOUT_PATHS.has(type)) continue;
    calls.add("NAMES_CHANGE");
    for (const call of CALLS_OF_TYPE[T.RENAME]) calls.add(call);
  }
  return calls;
}

/** `aod_log_config.call`: the spelling of each syscall number that is looked at. */
export function callTable(
  calls: ReadonlySet<CallName>,
  entries: number,
  machine: Machine = Deno.build.arch,
): Uint8Array {
  const table = new Uint8Array(entries);
  for (const call of calls) {
    const numbers = call === "NAMES_CHANGE"
      ? NAMES_CHANGE[machine]
      : [syscallNumber(call, machine)];
    for (const number of numbers) {
      if (number !== null) table[number] = LOG_CALL[call];
    }
  }
  return table;
}
