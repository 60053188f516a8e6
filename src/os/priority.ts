/**
 * The share of the processors that threads get. On Linux a nice value belongs to a thread; one that is
 * made later has that of its maker.
 * @module
 */
import { setPriority } from "node:os";

/**
 * Gives every thread of this process a nice value, -20 (before others) to 19 (after others).
 * @throws where it is not permitted
 */
export function setNice(nice: number): void {
  for (const { name } of Deno.readDirSync("/proc/self/task")) {
    try {
      setPriority(Number(name), nice);
    } catch (error) {
      // A thread that has ended meanwhile needs none.
      if (!(error instanceof Error && /ESRCH/.test(error.message))) throw error;
    }
  }
}
