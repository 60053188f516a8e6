/**
 * The supervisor of one worker that does not watch SMB: apart from that of those which do, so that its
 * hangs are not counted with theirs.
 * @module
 */
import type { ControlBlock } from "./control.ts";
import type { FromWorker, ToWorker, WorkerRole } from "./messages.ts";
import { Supervisor } from "./supervisor.ts";
import type { SupervisorOptions } from "./supervisor_options.ts";

/** The first wait of a supervisor's backoff is shorter than a tick. */
const SOON_MS = 110;

/** What the owner of such a worker has of the agent. */
export interface LoneWorkerOptions {
  /** Heartbeats and counts. */
  control: ControlBlock;
  /** Starts its worker. */
  spawn: SupervisorOptions["spawn"];
  /** Times of the supervision other than the defaults. */
  supervision?: Partial<SupervisorOptions>;
  /** Threads by role. */
  threads: (role: WorkerRole) => number;
  /** Logs a line. */
  log: (level: "DEBUG" | "INFO" | "WARNING" | "ERROR", text: string) => void;
  /** Writes an audit entry. */
  audit: (event: string, fields: Record<string, unknown>) => void;
  /** Told that the worker runs again. */
  onRestarted: (role: WorkerRole, reason: string) => void;
}

/** What a supervisor needs of the owner. */
export interface LoneWorkerHooks {
  /** Made anew for every worker. */
  startMessage: () => ToWorker;
  /** Takes what it sends. */
  onMessage: (message: FromWorker) => void;
  /** It has ended; another one comes unless it was asked to end. */
  onDown?: () => void;
  /** It hung for the second time. */
  onSecondHang: () => void;
}

/** A supervisor that is not started yet. */
export function superviseLone(
  role: WorkerRole,
  options: LoneWorkerOptions,
  hooks: LoneWorkerHooks,
): Supervisor {
  const { control, spawn, supervision, threads, audit, onRestarted, log } = options;
  const supervisor: Supervisor = new Supervisor({
    control,
    roles: [role],
    spawn,
    startMessage: hooks.startMessage,
    onMessage: (_role, message) => hooks.onMessage(message),
    onDown: () => {
      audit("ended", { component: role });
      hooks.onDown?.();
      setTimeout(() => supervisor.tick(), SOON_MS);
    },
    onRestarted,
    onHang: () => {
      control.add("controller_hangs");
      audit("hung", { component: role });
      return [];
    },
    escalate: hooks.onSecondHang,
    log,
    threads,
    ...supervision,
  });
  return supervisor;
}
