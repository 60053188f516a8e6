/**
 * When a failed component may start again: exponential backoff, and a circuit breaker that stops
 * trying for a while when it fails again and again. Times are given in, nothing is read or random.
 * @module
 */

export interface BackoffOptions {
  /** Wait after the first failure. */
  first_ms: number;
  /** Longest wait between two starts. */
  max_ms: number;
  /** Failures within `window_ms` that open the circuit. */
  breaker_failures: number;
  /** Time within which failures add up. */
  window_ms: number;
  /** How long an open circuit waits before one more try. */
  open_ms: number;
}

/** Waits of the running agent. */
export const DEFAULT_BACKOFF: BackoffOptions = {
  first_ms: 100,
  max_ms: 10_000,
  breaker_failures: 8,
  window_ms: 60_000,
  open_ms: 60_000,
};

/** Counts failures and says how long to wait. */
export class Backoff {
  readonly #options: BackoffOptions;
  #failures: number[] = [];
  #open = false;

  /** A component without failures. */
  constructor(options: BackoffOptions = DEFAULT_BACKOFF) {
    this.#options = options;
  }

  /** True after too many failures: the next start is a trial, and its failure waits long again. */
  get open(): boolean {
    return this.#open;
  }

  /** A failure at `now_ms`; returns the ms to wait before the next start. */
  failed(now_ms: number): number {
    const { window_ms, breaker_failures, open_ms, first_ms, max_ms } = this.#options;
    this.#failures = this.#failures.filter((at) => now_ms - at < window_ms);
    this.#failures.push(now_ms);
    if (this.#open || this.#failures.length >= breaker_failures) {
      this.#open = true;
      return open_ms;
    }
    return Math.min(max_ms, first_ms * 2 ** (this.#failures.length - 1));
  }

  /** The component has run well: an open circuit closes and the next failure waits little. */
  succeeded(): void {
    this.#failures = [];
    this.#open = false;
  }
}
