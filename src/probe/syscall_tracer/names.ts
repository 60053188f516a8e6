/**
 * Names of syscalls, and which of them wait by design.
 * @module
 */
import { SYSCALLS_AARCH64, SYSCALLS_X86_64 } from "./names.gen.ts";

/** Machines that aod is built for, as `Deno.build.arch` names them. */
export type TracedMachine = "x86_64" | "aarch64";

/** Number to name. */
export type SyscallNames = ReadonlyMap<number, string>;

function parse(table: string): SyscallNames {
  return new Map(
    table.split(",").map((entry) => {
      const [number, name] = entry.trim().split(" ");
      return [Number(number), name];
    }),
  );
}

/** The syscalls of a machine. */
export function syscallNames(machine: TracedMachine): SyscallNames {
  return parse(machine === "x86_64" ? SYSCALLS_X86_64 : SYSCALLS_AARCH64);
}

/**
 * Calls whose time is that of a wait for somebody else, as a rule: only in histograms. What waits on a
 * socket or a pipe in read and write is not here: these calls are the work, too.
 */
export const WAITING_CALLS: readonly string[] = [
  ...["futex", "futex_wait", "futex_waitv", "poll", "ppoll", "select", "pselect6"],
  ...["epoll_wait", "epoll_pwait", "epoll_pwait2", "nanosleep", "clock_nanosleep", "pause"],
  ...[
    "rt_sigtimedwait",
    "rt_sigsuspend",
    "wait4",
    "waitid",
    "accept",
    "accept4",
    "restart_syscall",
  ],
  ...["io_getevents", "io_pgetevents", "io_uring_enter", "msgrcv", "mq_timedreceive", "semop"],
  ...["semtimedop", "sched_yield"],
];

/** Calls from which the new task returns as well. */
export const FORKING_CALLS: readonly string[] = ["fork", "vfork", "clone", "clone3"];

/** The name of a number; one that is not known (a later kernel's) is `syscall_` and the number. */
export function syscallName(names: SyscallNames, nr: number): string {
  return names.get(nr) ?? `syscall_${nr}`;
}
