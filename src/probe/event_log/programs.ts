/**
 * Which programs of bpf/event_log.bpf.c are loaded for a choice of event types.
 * @module
 */
import { LOG_GROUP, LOG_TYPE } from "./layout.gen.ts";
import { type CallName, callsOfTypes, groupOfCall } from "./syscalls.ts";

/** Runs once, on request: leaves the caller and its descendants out. */
export const LEAVE_OUT_PROGRAM = "log_leave_out_caller";

/** The handler of each group of syscalls. */
const HANDLERS: Record<keyof Omit<typeof LOG_GROUP, "NONE" | "COUNT">, string> = {
  READ_WRITE: "log_read_write",
  OPEN: "log_open",
  NAMES: "log_names",
  STAT: "log_named_stat",
  TWO_NAMES: "log_two_names",
  DESCRIPTOR: "log_descriptor",
  PROCESS: "log_process",
  EXEC: "log_exec",
  NETWORK: "log_network",
  MESSAGES: "log_messages",
  USER: "log_user",
};

/** What is to be loaded, and how. */
export interface LogPlan {
  /** Programs to attach; each is needed. */
  attach: string[];
  /**
   * Programs to attach that a kernel may refuse: the first set of them that it takes, or none. A set
   * is known by its first program.
   */
  firstOf: readonly (readonly [string, ...string[]])[];
  /** Program to jump to, by index of `log_handlers`. */
  handlers: Map<number, string>;
  /** The spellings looked at. */
  calls: Set<CallName>;
}

/** The plan for `types`; `follow`: children of logged processes are logged. */
export function logPlan(types: ReadonlySet<number>, follow: boolean): LogPlan {
  const calls = callsOfTypes(types);
  const handlers = new Map<number, string>();
  for (const call of calls) {
    const group = groupOfCall(call);
    handlers.set(LOG_GROUP[group], HANDLERS[group]);
  }
  // The keeper of lineages first: who is born from now on is known.
  const attach = ["log_sched_fork"];
  if (types.has(LOG_TYPE.EXEC)) attach.push("log_sched_exec");
  if (types.has(LOG_TYPE.EXIT) || follow) attach.push("log_sched_exit");
  if (follow) attach.push("log_sched_free");
  // Exits before entries: no call is noted whose end nobody looks at.
  if (calls.size > 0) attach.push("log_exit", "log_enter");
  const overUring = [...types].some((type) => type < 200 || (type >= 300 && type < 400));
  return {
    attach,
    firstOf: overUring
      ? [
        ["log_uring_submit_req", "log_uring_complete"],
        ["log_uring_submit_sqe", "log_uring_complete"],
      ]
      : [],
    handlers,
    calls,
  };
}
