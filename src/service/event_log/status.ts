/**
 * What `aod status` tells of the event log.
 * @module
 */
import type { EventLogLedger } from "./ledger.ts";

/** See part.ts. */
export type EventLogState = "off" | "opening" | "on" | "failed" | "ended";

/** The event log as `aod status --json` has it. */
export interface EventLogStatus {
  /** Where it is. */
  state: EventLogState;
  /** Why it is not on although it should be; "" otherwise. */
  reason: string;
  /** Until it is tried again; null where it is not. */
  retry_in_sec: number | null;
  /** File it writes to; "" while it has never been on. */
  output: string;
  /** json, text or origin. */
  format: string;
  /** Event types that are logged. */
  types: number;
  /** Size of the ring. */
  ring_bytes: number;
  /** Every program, and what kept it out. */
  programs: { name: string; attached: boolean; error?: string }[];
  /** Where events went since the agent started. */
  ledger: EventLogLedger;
}
