/**
 * Where and for what a quick action runs.
 * @module
 */
import type { Redactor } from "../redact.ts";
import type { ActionContext } from "./action.ts";

/** Where and for what an action runs. */
export interface RunTarget {
  /** What the plan is made from. */
  context: ActionContext;
  /** The directory of the bundle being collected. */
  dir: string;
  /** That of the bundle. */
  redactor: Redactor;
  /** The verdict needs it; the configuration does not ask for it. */
  implied: boolean;
  /** Ends it early. */
  abort: AbortSignal;
}
