/**
 * One anomaly for one excursion: what begins, lasts and ends, and what may be said about it when.
 * @module
 */
import { RELEASE_POINTS } from "./options.ts";

/** What becomes of a point that is an anomaly. */
export type Verdict = "report" | "excursion" | "cooldown" | "rate";

/** At most so many in a minute, over all keys: a bucket of tokens that fills again evenly. */
export class RateLimit {
  readonly #perMinute: number;
  #tokens: number;
  #newest = -Infinity;

  /** A full bucket. */
  constructor(perMinute: number) {
    this.#perMinute = perMinute;
    this.#tokens = perMinute;
  }

  /** Takes a token, if there is one. @param timestamp seconds; one that is too early fills nothing */
  take(timestamp: number): boolean {
    if (timestamp > this.#newest) {
      const gained = (timestamp - this.#newest) * this.#perMinute / 60;
      this.#tokens = Math.min(this.#perMinute, this.#tokens + gained);
      this.#newest = timestamp;
    }
    if (this.#tokens < 1) return false;
    this.#tokens--;
    return true;
  }
}

/** The excursion of one series, with hysteresis: it ends after some calm points, not with the first. */
export class Excursion {
  readonly #minIntervalSec: number;
  readonly #rate: RateLimit;
  #active = false;
  #calm = 0;
  #reported = -Infinity;

  /** None. */
  constructor(minIntervalSec: number, rate: RateLimit) {
    this.#minIntervalSec = minIntervalSec;
    this.#rate = rate;
  }

  /** Whether one lasts. */
  get active(): boolean {
    return this.#active;
  }

  /** A point that is an anomaly. */
  outside(timestamp: number): Verdict {
    this.#calm = 0;
    if (this.#active) return "excursion";
    this.#active = true;
    // A clock that was set back does not silence the key until it has caught up.
    const since = timestamp - this.#reported;
    if (since >= 0 && since < this.#minIntervalSec) return "cooldown";
    if (!this.#rate.take(timestamp)) return "rate";
    this.#reported = timestamp;
    return "report";
  }

  /** A point that is none. @param calm whether it counts towards the end */
  inside(calm: boolean): void {
    if (!this.#active) return;
    this.#calm = calm ? this.#calm + 1 : 0;
    if (this.#calm < RELEASE_POINTS) return;
    this.#active = false;
    this.#calm = 0;
  }
}
