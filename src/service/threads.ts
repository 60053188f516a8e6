/**
 * The threads of this process by name, from /proc: a worker whose thread is gone has exited, one
 * whose thread is still there and silent hangs.
 * @module
 */
import type { WorkerRole } from "./messages.ts";

/** Name of a worker's thread. */
export function threadName(role: string): string {
  return `aod-${role}`;
}

/** How many threads of this process carry the name of `role`. */
export function countThreads(role: WorkerRole): number {
  const name = threadName(role);
  let count = 0;
  for (const { name: tid } of Deno.readDirSync("/proc/self/task")) {
    try {
      if (Deno.readTextFileSync(`/proc/self/task/${tid}/comm`).trimEnd() === name) count++;
    } catch {
      // The thread has ended meanwhile.
    }
  }
  return count;
}
