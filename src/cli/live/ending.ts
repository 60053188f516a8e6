/**
 * Why and when a live tool ends, and waiting that the end cuts short.
 * @module
 */
import type { ExitCode } from "../exit.ts";

/** The end of one run. */
export class Ending {
  #code: ExitCode | null = null;
  readonly #listeners = new Set<() => void>();

  /** The exit code; null while it goes on. */
  get code(): ExitCode | null {
    return this.#code;
  }

  /** How many are told of the end. */
  get listeners(): number {
    return this.#listeners.size;
  }

  /** The first reason counts. */
  end(code: ExitCode): void {
    this.#code ??= code;
    for (const listener of this.#listeners) listener();
  }

  /** Calls `listener` at the end, and at every further reason to end. */
  listen(listener: () => void): void {
    this.#listeners.add(listener);
  }

  /** Resolves after `ms`, or at the end. */
  pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const done = () => {
        clearTimeout(timer);
        this.#listeners.delete(done);
        resolve();
      };
      const timer = setTimeout(done, ms);
      this.listen(done);
    });
  }
}
