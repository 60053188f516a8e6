/**
 * A list of numbers that grows, outside the heap of objects: a million rows are 8 MB a column.
 * @module
 */

/** Numbers in the order in which they were added. */
export class NumberList {
  #values = new Float64Array(1024);
  #length = 0;

  /** How many there are. */
  get length(): number {
    return this.#length;
  }

  /** Adds one. */
  push(value: number): void {
    if (this.#length === this.#values.length) {
      const larger = new Float64Array(2 * this.#length);
      larger.set(this.#values);
      this.#values = larger;
    }
    this.#values[this.#length++] = value;
  }

  /** All of them, in an array of their own. */
  toArray(): Float64Array {
    return this.#values.slice(0, this.#length);
  }
}
