/**
 * The supervisor of the event log's worker: apart from that of the workers which watch SMB, so that
 * its hangs are not counted with theirs.
 * @module
 */
import type { ControlBlock } from "../control.ts";
import type { FromWorker, ToWorker, WorkerRole } from "../messages.ts";
import { Supervisor } from "../supervisor.ts";
import type { SupervisorOptions } from "../supervisor_options.ts";
import type { LoadEventLog } from "./loads.ts";

/** The event log's role. */
export const EVENT_LOG_ROLE: WorkerRole = "event_log";

/** The first wait of a supervisor's backoff is shorter than a tick. */
const SOON_MS = 110;

/** What the event log has of the agent. */
export interface EventLogPartOptions {
  /** Heartbeats and counts. */
  control: ControlBlock;
  /** Starts its worker. */
  spawn: SupervisorOptions["spawn"];
  /** Loads its programs. */
  load: LoadEventLog;
  /** Times of the supervision other than the defaults. */
  supervision?: Partial<SupervisorOptions>;
  /** Threads by role. */
  threads: (role: WorkerRole) => number;
  /** Logs a line. */
  log: (level: "DEBUG" | "INFO" | "WARNING" | "ERROR", text: string) => void;
  /** Tells people at once. */
  alert: (text: string) => void;
  /** Writes an audit entry. */
  audit: (event: string, fields: Record<string, unknown>) => void;
  /** Told that the worker runs again. */
  onRestarted: (role: WorkerRole, reason: string) => void;
}

/** What a supervisor needs of the part. */
export interface EventLogHooks {
  /** Made anew for every worker. */
  startMessage: () => ToWorker;
  /** Takes what it sends. */
  onMessage: (message: FromWorker) => void;
  /** It hung for the second time. */
  onSecondHang: () => void;
}

/** A supervisor that is not started yet. */
export function superviseEventLog(options: EventLogPartOptions, hooks: EventLogHooks): Supervisor {
  const { control, spawn, supervision, threads, audit, onRestarted, log } = options;
  const supervisor: Supervisor = new Supervisor({
    control,
    roles: [EVENT_LOG_ROLE],
    spawn,
    startMessage: hooks.startMessage,
    onMessage: (_role, message) => hooks.onMessage(message),
    onDown: (role) => {
      audit("ended", { component: role });
      setTimeout(() => supervisor.tick(), SOON_MS);
    },
    onRestarted,
    onHang: (role) => {
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
