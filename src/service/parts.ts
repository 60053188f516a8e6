/**
 * What the controller needs from the rooms below it, as functions: the real ones are in
 * default_parts.ts, tests give workers of their own.
 * @module
 */
import type { Config } from "../config/types.ts";
import type { PassReport } from "../evidence/space_watcher.ts";
import type { LoadEventLog } from "./event_log/loads.ts";
import type { WorkerRole } from "./messages.ts";
import type { BudgetPace } from "./platform/budget.ts";
import type { ProbeParts } from "./probe_manager.ts";
import type { SpacePass } from "./space_keeper.ts";
import type { SupervisorOptions, WorkerHandle } from "./supervisor_options.ts";

/** A configuration with its warnings as lines. */
export interface CheckedConfig {
  /** Read and checked. */
  config: Config;
  /** What was odd about it, a line each. */
  warnings: string[];
}

/** What the controller is made of; tests put other parts in. */
export interface ControllerParts {
  /**
   * Reads a configuration, null for the embedded default.
   * @throws {ConfigError} from src/config/load.ts
   */
  loadConfig: (path: string | null) => CheckedConfig;
  /** Starts a worker. */
  spawn: (role: WorkerRole) => WorkerHandle;
  /** A new event queue between dispatcher and watcher. */
  createEventQueue: () => SharedArrayBuffer;
  /** The kernel side. */
  probe: ProbeParts;
  /** Loads the kernel event log. */
  loadEventLog: LoadEventLog;
  /** Makes the space watcher. */
  createSpaceWatcher: (config: () => Config, report: PartReport) => SpacePass<PassReport>;
  /** Pace of the budget, where it is not the usual one. */
  pace?: BudgetPace;
  /** Times of the supervision other than the defaults. */
  supervision?: Partial<
    Pick<SupervisorOptions, "backoff" | "hang_ms" | "start_ms" | "tolerated_hangs">
  >;
}

/** Where a part tells what happened. */
export interface PartReport {
  /** Logs a line. */
  log: (level: "INFO" | "WARNING" | "ERROR", text: string) => void;
  /** Writes an audit entry. */
  audit: (event: string, fields: Record<string, unknown>) => void;
}
