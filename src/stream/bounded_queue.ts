/**
 * A first-in first-out queue that holds no more than its limit. Its array grows to what is needed,
 * by doubling, so that a large limit costs nothing while little waits.
 * @module
 */

/** What a full queue gives up: the item that waits longest, or the one that comes. */
export type OnFull = "drop_oldest" | "drop_newest";

const FIRST_SLOTS = 16;

/** A bounded queue. */
export class BoundedQueue<T> {
  readonly #limit: number;
  #slots: (T | undefined)[] = [];
  #head = 0;
  #size = 0;

  /**
   * Makes an empty queue.
   * @param limit most items it holds; at least 1
   * @throws {RangeError} for a limit below 1 or no integer
   */
  constructor(limit: number) {
    if (!Number.isInteger(limit) || limit < 1) {
      throw new RangeError(`Cannot make a queue of ${limit}: because it must hold 1 or more`);
    }
    this.#limit = limit;
  }

  /** Items in it. */
  get size(): number {
    return this.#size;
  }

  /** Whether the next item has to displace one. */
  get isFull(): boolean {
    return this.#size === this.#limit;
  }

  /** Appends an item. @returns whether one was dropped for it, or it was dropped itself */
  push(item: T, on_full: OnFull): boolean {
    const isFull = this.isFull;
    if (isFull && on_full === "drop_newest") return true;
    if (isFull) this.shift();
    if (this.#size === this.#slots.length) this.#grow();
    this.#slots[(this.#head + this.#size) % this.#slots.length] = item;
    this.#size++;
    return isFull;
  }

  /** Takes the oldest item. */
  shift(): T | undefined {
    if (this.#size === 0) return undefined;
    const item = this.#slots[this.#head];
    this.#slots[this.#head] = undefined;
    this.#head = (this.#head + 1) % this.#slots.length;
    this.#size--;
    return item;
  }

  /** Takes up to `max` of the oldest items, oldest first. */
  take(max: number): T[] {
    const taken: T[] = [];
    while (taken.length < max && this.#size > 0) taken.push(this.shift() as T);
    return taken;
  }

  /** The item at a position: 0 is the oldest, -1 the newest. */
  at(index: number): T | undefined {
    const i = index < 0 ? this.#size + index : index;
    if (i < 0 || i >= this.#size) return undefined;
    return this.#slots[(this.#head + i) % this.#slots.length];
  }

  /** Removes all. */
  clear(): void {
    this.#slots = [];
    this.#head = 0;
    this.#size = 0;
  }

  #grow(): void {
    const ordered = this.#slots.slice(this.#head).concat(this.#slots.slice(0, this.#head));
    const length = Math.min(this.#limit, Math.max(FIRST_SLOTS, 2 * ordered.length));
    for (let i = ordered.length; i < length; i++) ordered.push(undefined);
    this.#slots = ordered;
    this.#head = 0;
  }
}
