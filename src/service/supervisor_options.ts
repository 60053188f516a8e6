/**
 * What a supervisor is given, and what it tells of its components.
 * @module
 */
import type { BackoffOptions } from "./backoff.ts";
import type { ControlBlock } from "./control.ts";
import type { FromWorker, ToWorker, WorkerRole } from "./messages.ts";

/** What the supervisor needs of a worker; a `Worker` is one. */
export interface WorkerHandle {
  /** As of Worker. */
  postMessage(message: ToWorker): void;
  /** As of Worker. */
  terminate(): void;
  /** As of Worker. */
  onmessage: ((event: MessageEvent) => void) | null;
  /** As of Worker. */
  onerror: ((event: ErrorEvent) => void) | null;
  /** As of Worker. */
  onmessageerror: ((event: MessageEvent) => void) | null;
}

/** Where a component is. */
export type ComponentState = "starting" | "running" | "waiting" | "failed" | "stopping" | "stopped";

/** One supervised worker, as `aod status` shows it. */
export interface ComponentStatus {
  /** Its role. */
  name: WorkerRole;
  /** Where it is. */
  state: ComponentState;
  /** Times it was started again. */
  restarts: number;
  /** Of them, after a hang. */
  hangs: number;
  /** ms since its heartbeat last moved. */
  heartbeat_age_ms: number;
  /** "" where there was none. */
  last_error: string;
}

/** What the supervisor works with. */
export interface SupervisorOptions {
  /** Heartbeats and stop flags. */
  control: ControlBlock;
  /** In the order of the start. */
  roles: readonly WorkerRole[];
  /** Starts a worker. */
  spawn: (role: WorkerRole) => WorkerHandle;
  /** The start message of a role, made anew for every worker. */
  startMessage: (role: WorkerRole) => ToWorker;
  /** Takes what a worker sends. */
  onMessage: (role: WorkerRole, message: FromWorker) => void;
  /** A worker has ended: before its replacement is started. */
  onDown: (role: WorkerRole) => void;
  /** A replacement runs again (`AOD component ... restarted`). */
  onRestarted: (role: WorkerRole, reason: string) => void;
  /** Before a hung worker's replacement starts: new buffers; returns the other roles to replace too. */
  onHang: (role: WorkerRole) => readonly WorkerRole[];
  /** A second hang. */
  escalate: (role: WorkerRole) => void;
  /** Logs a line. */
  log: (level: "INFO" | "WARNING" | "ERROR", text: string) => void;
  /** Threads of this process with the name of the role; tells an exit from a hang. */
  threads?: (role: WorkerRole) => number;
  /** Milliseconds that never go back. */
  now?: () => number;
  /** Waits between restarts. */
  backoff?: BackoffOptions;
  /** No heartbeat for this long is a hang. */
  hang_ms?: number;
  /** A worker that is not ready by then hangs as well. */
  start_ms?: number;
  /** Hangs in the life of this process that are answered by a replacement. */
  tolerated_hangs?: number;
}
