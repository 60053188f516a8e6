/**
 * A process that existed when the log began, as outputs show it: what came before is told by these.
 * @module
 */

/**
 * One process (thread group). Texts that come from the system are as src/probe/event_log/text.ts
 * makes them of bytes: what is no UTF-8 is kept as lone surrogates.
 */
export interface SnapshotEvent {
  /** CLOCK_MONOTONIC when it was looked at. */
  time_ns: bigint;
  /** CLOCK_MONOTONIC when the process was started. */
  started_ns: bigint;
  /** Thread group id. */
  pid: number;
  /** Thread group of the parent; 0 for none. */
  parent_pid: number;
  /** Real user id. */
  uid: number;
  /** Id of its cgroup v2; null where not known. */
  cgroup_id: bigint | null;
  /** Threads it has. */
  threads: number;
  /** /proc/PID/comm */
  comm: string;
  /** The program; null for a kernel thread, or where not known. */
  exe: string | null;
  /** The arguments; null where not known. */
  argv: string[] | null;
  /** There are more arguments. */
  argv_cut: boolean;
  /** Working directory; null where not known. */
  cwd: string | null;
  /** Root, where it is not "/". */
  root: string | null;
}
