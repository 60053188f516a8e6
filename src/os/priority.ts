/**
 * The share of the processors that a thread gets.
 * @module
 */
import { getPriority, setPriority } from "node:os";

/** The nice value of a thread that goes before all others but those of the same kind (PRIO_MIN). */
const FIRST = -20;

/**
 * Lets the calling thread, and the threads it starts from now on, go before others; not where somebody
 * gave the process a nice value already, nor where it is not allowed.
 * @returns true when it was done
 */
export function goFirst(): boolean {
  try {
    if (getPriority() !== 0) return false;
    setPriority(FIRST);
    return true;
  } catch {
    return false;
  }
}
