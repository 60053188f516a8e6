/**
 * What `aod status` tells of the platform.
 * @module
 */
import type { PlatformReport } from "./messages.ts";

/** See part.ts. */
export type PlatformState = "off" | "starting" | "on" | "ended";

/** The platform as `aod status --json` has it. */
export interface PlatformStatus extends PlatformReport {
  /** Where it is. */
  state: PlatformState;
  /** Why it is not on although it should be; "" otherwise. */
  reason: string;
  /** File of the API's token; "" while the API is not wanted. */
  token_file: string;
  /** Unix socket of the API; "" while the API is not wanted. */
  socket: string;
}

/** What a worker that has said nothing yet reports. */
export const NO_REPORT: PlatformReport = {
  seq: 0,
  collectors: [],
  tracers: [],
  detectors: [],
  trends: false,
  history: false,
  shed: [],
  api: [],
  faults: [],
};
