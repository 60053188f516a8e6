/**
 * Isolation Forest (Liu, Ting and Zhou: Isolation Forest, ICDM 2008): rows that random cuts separate
 * from the others early are unusual. All trees lie in three flat arrays.
 *
 * A tree is a complete binary tree in the order of a heap: the children of node i are 2i + 1 and
 * 2i + 2. Where it ends early, the rest is filled with cuts that everything passes on the left, so
 * that a row always goes down the full height. With whole numbers in the cells (see forest_grid.ts)
 * the way down has no branch that the processor could guess wrong: three times as fast.
 * @module
 */
import { ForestGrid } from "./forest_grid.ts";
import { averagePathLength, growTree, PASS_LEFT } from "./forest_tree.ts";
import { Random } from "./random.ts";

/** How a forest is made. */
export interface ForestOptions {
  /** Number of trees; 100 as in the paper, where path lengths had converged by then. */
  trees?: number;
  /** Rows per tree, drawn without repetition; 256 as in the paper. At most 65536. */
  samples?: number;
  /** Of the random cuts. */
  seed?: number;
}

/** The paper's number of trees. */
export const FOREST_TREES = 100;
/** The paper's subsample. */
export const FOREST_SAMPLES = 256;
/** A tree of 2^16 leaves takes 0.6 MB: nobody needs more. */
const MOST_SAMPLES = 65_536;

/** A trained forest. It does not change. */
export class IsolationForest {
  /** Numbers in a row. */
  readonly width: number;
  /** Rows that each tree has seen. */
  readonly samples: number;
  readonly #trees: number;
  readonly #height: number;
  readonly #features: Uint8Array;
  readonly #cuts: Int32Array;
  readonly #lengths: Float32Array;
  readonly #norm: number;
  readonly #grid: ForestGrid;
  readonly #cells: Int32Array;

  /**
   * Trains.
   * @param rows the rows, one behind the other; all numbers finite
   * @param count how many rows; at least 2
   * @param width numbers in a row; 1 to 255
   * @throws RangeError where the sizes are not so
   */
  constructor(rows: Float64Array, count: number, width: number, options: ForestOptions = {}) {
    if (!(width >= 1 && width <= 255) || !(count >= 2) || rows.length < count * width) {
      throw new RangeError(
        `Cannot train a forest: because ${count} rows of ${width} numbers are not in ${rows.length}`,
      );
    }
    this.width = width;
    this.samples = Math.min(count, MOST_SAMPLES, Math.max(2, options.samples ?? FOREST_SAMPLES));
    this.#trees = Math.max(1, options.trees ?? FOREST_TREES);
    // Below the mean depth there are no outliers (section 3 of the paper).
    this.#height = Math.ceil(Math.log2(this.samples));
    this.#norm = averagePathLength(this.samples);
    const leaves = 2 ** this.#height;
    this.#features = new Uint8Array(this.#trees * (leaves - 1));
    this.#cuts = new Int32Array(this.#trees * (leaves - 1)).fill(PASS_LEFT);
    this.#lengths = new Float32Array(this.#trees * leaves);
    this.#grid = new ForestGrid(rows, count, width);
    this.#cells = new Int32Array(width);
    this.#train(this.#grid.cells(rows, count), count, new Random(options.seed ?? 0));
  }

  #train(rows: Int32Array, count: number, random: Random): void {
    const { samples, width } = this;
    const leaves = 2 ** this.#height;
    const inner = leaves - 1;
    const order = Uint32Array.from({ length: count }, (_, i) => i);
    const columns = Uint8Array.from({ length: width }, (_, i) => i);
    const scratch = new Int32Array(samples * width);
    for (let tree = 0; tree < this.#trees; tree++) {
      // The beginning of a shuffle (Fisher and Yates): whatever order was before it will do.
      for (let i = 0; i < samples; i++) {
        const j = i + random.below(count - i);
        const row = order[j];
        order[j] = order[i];
        order[i] = row;
        for (let k = 0; k < width; k++) scratch[i * width + k] = rows[row * width + k];
      }
      growTree({
        rows: scratch,
        count: samples,
        width,
        height: this.#height,
        features: this.#features.subarray(tree * inner, (tree + 1) * inner),
        cuts: this.#cuts.subarray(tree * inner, (tree + 1) * inner),
        lengths: this.#lengths.subarray(tree * leaves, (tree + 1) * leaves),
        columns,
        random,
      });
    }
  }

  /** The path length in one tree of the row whose cells begin at `base`. */
  #pathLength(tree: number, cells: Int32Array, base: number): number {
    const features = this.#features;
    const cuts = this.#cuts;
    const inner = (1 << this.#height) - 1;
    const root = tree * inner;
    let node = 0;
    for (let level = this.#height; level > 0; level--) {
      // The sign bit is 1 where the cell is below the cut: left.
      const below = (cells[base + features[root + node]] - cuts[root + node]) >>> 31;
      node = 2 * node + 2 - below;
    }
    return this.#lengths[tree + root + node - inner];
  }

  #toScore(lengths: number): number {
    return 2 ** (-lengths / this.#trees / this.#norm);
  }

  /**
   * The anomaly score of one row, 2^(-E(h) / c(samples)): near 1 unusual, below 0.5 usual, about 0.5
   * everywhere where nothing stands out.
   * @param row where it is; finite numbers
   * @param base index of its first number
   */
  score(row: Float64Array, base = 0): number {
    this.#grid.fill(this.#cells, 0, row, base);
    let lengths = 0;
    for (let tree = 0; tree < this.#trees; tree++) {
      lengths += this.#pathLength(tree, this.#cells, 0);
    }
    return this.#toScore(lengths);
  }

  /** The scores of `count` rows, tree by tree, so that each tree comes into the cache once. */
  scores(rows: Float64Array, count: number): Float64Array<ArrayBuffer> {
    const cells = this.#grid.cells(rows, count);
    const sums = new Float64Array(count);
    for (let tree = 0; tree < this.#trees; tree++) {
      for (let i = 0; i < count; i++) sums[i] += this.#pathLength(tree, cells, i * this.width);
    }
    for (let i = 0; i < count; i++) sums[i] = this.#toScore(sums[i]);
    return sums;
  }
}
