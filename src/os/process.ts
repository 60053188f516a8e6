/**
 * The process itself: who it runs as, its threads' names, locks, and replacing it in place.
 * @module
 */
import { SyscallError } from "./errno.ts";
import { cString, errno, libc } from "./libc.ts";

/** prctl(2) option, <linux/prctl.h>. */
const PR_SET_NAME = 15;
/** Thread names are cut to this by the kernel (TASK_COMM_LEN - 1). */
const MAX_THREAD_NAME = 15;
/** flock(2), <sys/file.h>. */
const LOCK_EX = 2;
const LOCK_NB = 4;

const SYMBOLS = {
  prctl: { parameters: ["i32", "buffer", "u64", "u64", "u64"], result: "i32" },
  execve: { parameters: ["buffer", "buffer", "buffer"], result: "i32" },
  flock: { parameters: ["i32", "i32"], result: "i32" },
  getsockopt: { parameters: ["i32", "i32", "i32", "buffer", "buffer"], result: "i32" },
} as const;

let library: Deno.DynamicLibrary<typeof SYMBOLS> | null = null;

function symbols(): Deno.DynamicLibrary<typeof SYMBOLS>["symbols"] {
  library ??= Deno.dlopen("libc.so.6", SYMBOLS);
  return library.symbols;
}

/** Effective user id. */
export function effectiveUid(): number {
  return libc().geteuid();
}

/** Names the calling thread, as `ps -L` and `top -H` show it; cut to 15 bytes. */
export function setThreadName(name: string): void {
  symbols().prctl(PR_SET_NAME, cString(name.slice(0, MAX_THREAD_NAME)), 0n, 0n, 0n);
}

/** Takes an exclusive flock(2) on a descriptor without waiting; false when another holds it. */
export function tryLockFile(fd: number): boolean {
  return symbols().flock(fd, LOCK_EX | LOCK_NB) === 0;
}

/** User id of the process at the other end of a unix socket (SO_PEERCRED); null where it is not told. */
export function peerUid(fd: number): number | null {
  const SOL_SOCKET = 1;
  const SO_PEERCRED = 17;
  const ucred = new Uint32Array(3);
  const length = new Uint32Array([ucred.byteLength]);
  const result = symbols().getsockopt(fd, SOL_SOCKET, SO_PEERCRED, ucred, length);
  return result === 0 && length[0] === ucred.byteLength ? ucred[1] : null;
}

/** True while a process with this id exists, whoever owns it. */
export function processExists(pid: number): boolean {
  try {
    Deno.lstatSync(`/proc/${pid}`);
    return true;
  } catch {
    return false;
  }
}

/** The command line this process was started with (program name first). */
export function ownCommandLine(): string[] {
  return Deno.readTextFileSync("/proc/self/cmdline").split("\0").slice(0, -1);
}

/**
 * Replaces the process by `path`, keeping its pid. Every thread ends, stuck ones too; descriptors
 * without FD_CLOEXEC stay open. Returns only when it failed.
 * @throws {SyscallError} with the errno of execve(2)
 */
export function execve(path: string, args: string[], environment: Record<string, string>): never {
  const argv = pointerArray(args);
  const envp = pointerArray(Object.entries(environment).map(([key, value]) => `${key}=${value}`));
  const code = symbols().execve(cString(path), argv.table, envp.table);
  const number = errno();
  // The strings must outlive the call; this use keeps them from being collected before it.
  const kept = argv.strings.length + envp.strings.length;
  throw new SyscallError(`execve(${path}, ${kept} strings) = ${code}`, number);
}

function pointerArray(
  texts: string[],
): { table: BigUint64Array<ArrayBuffer>; strings: Uint8Array<ArrayBuffer>[] } {
  const strings = texts.map(cString);
  const table = new BigUint64Array(strings.length + 1);
  strings.forEach((bytes, i) => {
    table[i] = Deno.UnsafePointer.value(Deno.UnsafePointer.of(bytes));
  });
  return { table, strings };
}
