/**
 * Token buckets by client address, in bounded memory.
 * @module
 */

interface Bucket {
  tokens: number;
  at_ms: number;
}

/** Allows `per_sec` on the average and `burst` at once, for each key. */
export class RateLimit {
  readonly #per_ms: number;
  readonly #burst: number;
  readonly #keys: number;
  readonly #now_ms: () => number;
  readonly #buckets = new Map<string, Bucket>();

  /**
   * Without clients yet.
   * @param keys how many keys are told apart; beyond that the one that was used least lately is forgotten
   * @param now_ms a clock that does not jump
   */
  constructor(
    options: { per_sec: number; burst: number; keys?: number },
    now_ms: () => number = () => performance.now(),
  ) {
    this.#per_ms = options.per_sec / 1000;
    this.#burst = options.burst;
    this.#keys = options.keys ?? 1024;
    this.#now_ms = now_ms;
  }

  /** Keys in memory. */
  get size(): number {
    return this.#buckets.size;
  }

  /** Takes one; null when that is allowed, else how long to wait for the next. */
  take(key: string): number | null {
    const bucket = this.#bucket(key);
    if (bucket.tokens >= 1) {
      bucket.tokens -= 1;
      return null;
    }
    return (1 - bucket.tokens) / this.#per_ms;
  }

  /** Looks without taking. */
  wouldWait(key: string): number | null {
    const { tokens } = this.#bucket(key);
    return tokens >= 1 ? null : (1 - tokens) / this.#per_ms;
  }

  #bucket(key: string): Bucket {
    const now = this.#now_ms();
    const known = this.#buckets.get(key);
    const bucket = known ?? { tokens: this.#burst, at_ms: now };
    if (known !== undefined) {
      const earned = Math.max(0, now - known.at_ms) * this.#per_ms;
      known.tokens = Math.min(this.#burst, known.tokens + earned);
      known.at_ms = now;
      // Re-inserting keeps the map in the order of use.
      this.#buckets.delete(key);
    } else if (this.#buckets.size >= this.#keys) {
      for (const oldest of this.#buckets.keys()) {
        this.#buckets.delete(oldest);
        break;
      }
    }
    this.#buckets.set(key, bucket);
    return bucket;
  }
}
