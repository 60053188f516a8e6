/**
 * The last resort against hung threads: the process replaces itself, keeping its pid, its arguments
 * and its environment; every thread ends with it. What no collector accepted goes along in a file.
 * @module
 */
import { execve, ownCommandLine } from "../os/process.ts";
import type { SavedState } from "./saved_state.ts";

const WINDOW_MS = 10 * 60_000;
/** More replacements than this within ten minutes help nobody: the service manager decides. */
const MAX_REPLACEMENTS = 3;

/** The times of earlier replacements that still count, and this one; null when it is one too many. */
export function nextReplacement(earlier: readonly number[], wall_ms: number): number[] | null {
  const recent = earlier.filter((at) => at <= wall_ms && wall_ms - at < WINDOW_MS);
  return recent.length >= MAX_REPLACEMENTS ? null : [...recent, wall_ms];
}

/**
 * Saves the state and executes this program anew. Returns only by throwing.
 * @throws {SyscallError} when the kernel refuses
 */
export function replaceProcess(save: (state: SavedState) => void, state: SavedState): never {
  save(state);
  execve("/proc/self/exe", ownCommandLine(), Deno.env.toObject());
}
