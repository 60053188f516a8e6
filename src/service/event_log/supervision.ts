/**
 * The event log's worker, as its part has it supervised.
 * @module
 */
import { type LoneWorkerHooks, type LoneWorkerOptions, superviseLone } from "../lone_worker.ts";
import type { WorkerRole } from "../messages.ts";
import type { Supervisor } from "../supervisor.ts";
import type { LoadEventLog } from "./loads.ts";

/** The event log's role. */
export const EVENT_LOG_ROLE: WorkerRole = "event_log";

/** What the event log has of the agent. */
export interface EventLogPartOptions extends LoneWorkerOptions {
  /** Loads its programs. */
  load: LoadEventLog;
  /** Tells people at once. */
  alert: (text: string) => void;
}

/** A supervisor that is not started yet. */
export function superviseEventLog(
  options: EventLogPartOptions,
  hooks: LoneWorkerHooks,
): Supervisor {
  return superviseLone(EVENT_LOG_ROLE, options, hooks);
}
