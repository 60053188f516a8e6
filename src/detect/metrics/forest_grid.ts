/**
 * The numbers of a forest's rows as whole numbers: in every column 2^29 equal steps from the smallest
 * to the largest value of the training. Two values that fall into one step differ by less than
 * 2e-9 of the range: a random cut would part them once in 500 million cuts.
 * @module
 */

/** Steps of a column; small enough that the difference of any two cells fits in 32 bits. */
export const GRID_STEPS = 2 ** 29;

/** Where the cells of each column begin and how wide they are. */
export class ForestGrid {
  readonly #width: number;
  readonly #min: Float64Array;
  /** Range of the values; 0 for a column that is the same everywhere. */
  readonly #range: Float64Array;

  /** Takes the range of every column of `count` rows. */
  constructor(rows: Float64Array, count: number, width: number) {
    this.#width = width;
    this.#min = new Float64Array(width).fill(Infinity);
    const max = new Float64Array(width).fill(-Infinity);
    for (let i = 0; i < count * width; i += width) {
      for (let k = 0; k < width; k++) {
        const value = rows[i + k];
        if (value < this.#min[k]) this.#min[k] = value;
        if (value > max[k]) max[k] = value;
      }
    }
    // Halved: the range of two doubles may be too large for one.
    this.#range = max.map((value, k) => value / 2 - this.#min[k] / 2);
  }

  /** Puts the cells of the row at `base` of `rows` to `to` of `cells`. */
  fill(cells: Int32Array, to: number, rows: Float64Array, base: number): void {
    for (let k = 0; k < this.#width; k++) {
      const range = this.#range[k];
      const part = (rows[base + k] / 2 - this.#min[k] / 2) / range;
      // What lies outside of all that was seen is on the same side of every cut as the end is.
      cells[to + k] = part > 0 ? (part < 1 ? part * GRID_STEPS : GRID_STEPS) : 0;
    }
  }

  /** The cells of `count` rows. */
  cells(rows: Float64Array, count: number): Int32Array<ArrayBuffer> {
    const cells = new Int32Array(count * this.#width);
    for (let i = 0; i < cells.length; i += this.#width) this.fill(cells, i, rows, i);
    return cells;
  }
}
