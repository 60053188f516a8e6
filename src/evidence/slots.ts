/**
 * Bounded concurrency: at most `size` tasks at a time, the others wait in order of arrival.
 * @module
 */

/** A counting semaphore for async tasks. */
export class Slots {
  readonly #waiting: (() => void)[] = [];
  #free: number;

  /**
   * Makes free slots.
   * @throws {RangeError} when `size` is not a positive integer
   */
  constructor(size: number) {
    if (!Number.isInteger(size) || size < 1) {
      throw new RangeError(`Cannot make slots: because ${size} is not a positive integer`);
    }
    this.#free = size;
  }

  /** Tasks that wait for a slot. */
  get waiting(): number {
    return this.#waiting.length;
  }

  /** Runs `task` when a slot is free; the slot is given back whatever becomes of the task. */
  async run<T>(task: () => Promise<T>): Promise<T> {
    if (this.#free > 0) this.#free--;
    else await new Promise<void>((resolve) => this.#waiting.push(resolve));
    try {
      return await task();
    } finally {
      const next = this.#waiting.shift();
      if (next === undefined) this.#free++;
      else next();
    }
  }
}
