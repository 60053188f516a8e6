/**
 * The last resort against hung threads: the process replaces itself, keeping its pid, its arguments
 * and its environment; every thread ends with it. What no collector accepted goes along in a file.
 * @module
 */
import type { Anomaly } from "../detect/anomaly.ts";
import type { StuckChild } from "../evidence/stuck.ts";
import { ownEnvironment } from "../os/preload.ts";
import { execve, ownCommandLine } from "../os/process.ts";
import { LOG_WARNING, type Syslog } from "../os/syslog.ts";
import type { Logger } from "./log.ts";
import type { WorkerRole } from "./messages.ts";
import type { SavedState } from "./saved_state.ts";

const WINDOW_MS = 10 * 60_000;
/** More replacements than this within ten minutes help nobody: the service manager decides. */
const MAX_REPLACEMENTS = 3;

/** The times of earlier replacements that still count, and this one; null when it is one too many. */
export function nextReplacement(earlier: readonly number[], wall_ms: number): number[] | null {
  const recent = earlier.filter((at) => at <= wall_ms && wall_ms - at < WINDOW_MS);
  return recent.length >= MAX_REPLACEMENTS ? null : [...recent, wall_ms];
}

/** Who is told of a replacement. */
export interface ReplacementWitness {
  /** Log on stderr. */
  log: Logger;
  /** System log. */
  syslog: Syslog;
  /** Ends the agent where it cannot be replaced. */
  fatal: (code: number) => void;
}

/** Replaces the process because a worker hung twice; says so, and ends the agent where it cannot. */
export async function replaceHung(
  role: WorkerRole,
  options: Omit<ReplacementOptions, "reason">,
  { log, syslog, fatal }: ReplacementWitness,
): Promise<void> {
  syslog.log(LOG_WARNING, `AOD component ${role} restarted due to unexpected exit`);
  try {
    await replaceProcess({ reason: `${role} hung twice`, ...options });
  } catch (error) {
    log.error("controller", error instanceof Error ? error.message : String(error));
    fatal(1);
  }
}

/** What a replacement needs of the controller. */
export interface ReplacementOptions {
  /** Why, for the log. */
  reason: string;
  /** Times of the replacements that led to this life. */
  replaced_at: readonly number[];
  /** Children that are stuck in the kernel. */
  stuck: StuckChild[];
  /** Seals what can be sealed, flushes logs; resolves with the anomalies that wait. */
  settle: () => Promise<Anomaly[]>;
  /** Keeps the state for the successor. */
  save: (state: SavedState) => void;
}

/**
 * Saves the state and executes this program anew. Returns only by throwing.
 * @throws {Error} when it has happened too often, or the kernel refuses
 */
export async function replaceProcess(options: ReplacementOptions): Promise<never> {
  const { reason, stuck, settle, save } = options;
  const replaced_at = nextReplacement(options.replaced_at, Date.now());
  if (replaced_at === null) {
    throw new Error("Cannot go on: because workers hang again and again");
  }
  save({ reason, replaced_at, stuck, anomalies: await settle() });
  execve("/proc/self/exe", ownCommandLine(), ownEnvironment());
}
