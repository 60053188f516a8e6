/**
 * Messages between the controller and the event log's worker.
 * @module
 */
import type { LogFilters } from "../../probe/event_log/filters.ts";
import type { LogHandles } from "../../probe/event_log/handles.ts";
import type { OutputSettings } from "./plan.ts";

/** A loaded event log, as the worker sees it. */
export interface EventLogSource {
  /** Another number for every load. */
  id: number;
  /** Its maps. */
  handles: LogHandles;
}

/** What the worker is to do; each one replaces the one before. */
export interface EventLogWork {
  /** Grows; the answer carries it. */
  seq: number;
  /** What to read; null: let go of it, and of the output. */
  source: EventLogSource | null;
  /** Where to write. */
  output: OutputSettings;
}

/** What the controller sends to the event log's worker. */
export type ToEventLog =
  | { kind: "event_log_start"; control: SharedArrayBuffer; work: EventLogWork }
  | { kind: "event_log_work"; work: EventLogWork }
  /** Events are logged from now on: tell of the processes that exist. */
  | { kind: "event_log_armed"; types: number[]; filters: LogFilters };

/** How the worker is. */
export type FromEventLog = {
  kind: "event_log_state";
  /** Of the work that led to it. */
  seq: number;
  /**
   * open: it reads and writes; closed: it has let go of every other source; failed: the output takes
   * nothing.
   */
  state: "open" | "closed" | "failed";
  /** Why it failed, one sentence; "" otherwise. */
  reason: string;
};
