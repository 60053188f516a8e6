/**
 * One tree of an isolation forest: algorithm 2 of the paper, on rows that may be moved about.
 * @module
 */
import type { Random } from "./random.ts";

/** Euler's constant, for the harmonic numbers. */
const EULER = 0.5772156649015329;

/**
 * Mean length of an unsuccessful search in a binary search tree of `n` rows: c(n) of the paper's
 * equation 1, with H(i) = ln i + 0.5772.
 */
export function averagePathLength(n: number): number {
  if (n <= 1) return 0;
  if (n === 2) return 1;
  return 2 * (Math.log(n - 1) + EULER) - 2 * (n - 1) / n;
}

/** A cut that every cell is below. */
export const PASS_LEFT = 2 ** 30;

/** What a tree is grown from and into. */
export interface TreeSpace {
  /** The cells of the tree's rows, one behind the other; their order changes. */
  rows: Int32Array;
  /** Number of rows. */
  count: number;
  /** Numbers in a row. */
  width: number;
  /** Levels of cuts. */
  height: number;
  /** Column of each cut, 2^height - 1. */
  features: Uint8Array;
  /** Rows with a smaller value go left; filled with PASS_LEFT before. */
  cuts: Int32Array;
  /** Path length of each of the 2^height leaves. */
  lengths: Float32Array;
  /** The columns in any order; the order changes. */
  columns: Uint8Array;
  /** Of the cuts. */
  random: Random;
}

/** Grows a tree over all rows. */
export function growTree(space: TreeSpace): void {
  grow(space, 0, 0, 0, space.count);
}

function grow(space: TreeSpace, node: number, depth: number, from: number, to: number): void {
  if (depth === space.height || to - from < 2 || !chooseCut(space, node, from, to)) {
    endHere(space, node, depth, to - from);
    return;
  }
  const middle = partition(space, node, from, to);
  grow(space, 2 * node + 1, depth + 1, from, middle);
  grow(space, 2 * node + 2, depth + 1, middle, to);
}

/**
 * A leaf above the last level is found at the end of the way that turns left all the time, since
 * nothing reaches a cut at PASS_LEFT.
 */
function endHere(space: TreeSpace, node: number, depth: number, count: number): void {
  let leaf = node;
  for (let level = depth; level < space.height; level++) leaf = 2 * leaf + 1;
  space.lengths[leaf - space.cuts.length] = depth + averagePathLength(count);
}

/** A column in which the rows differ, each equally likely, and a cut in its range, if there is one. */
function chooseCut(space: TreeSpace, node: number, from: number, to: number): boolean {
  const { rows, width, columns, random } = space;
  for (let tried = 0; tried < width; tried++) {
    const at = tried + random.below(width - tried);
    const feature = columns[at];
    columns[at] = columns[tried];
    columns[tried] = feature;
    let min = rows[from * width + feature];
    let max = min;
    for (let i = (from + 1) * width + feature; i < to * width; i += width) {
      const value = rows[i];
      if (value < min) min = value;
      else if (value > max) max = value;
    }
    if (min === max) continue;
    // In (min, max]: neither side is empty.
    space.features[node] = feature;
    space.cuts[node] = min + 1 + random.below(max - min);
    return true;
  }
  return false;
}

/** Moves the rows below the cut to the front; returns where the others begin. */
function partition(space: TreeSpace, node: number, from: number, to: number): number {
  const { rows, width } = space;
  const feature = space.features[node];
  const cut = space.cuts[node];
  let left = from;
  let right = to - 1;
  while (left <= right) {
    if (rows[left * width + feature] < cut) {
      left++;
    } else if (rows[right * width + feature] >= cut) {
      right--;
    } else {
      for (let a = left * width, b = right * width; a < (left + 1) * width; a++, b++) {
        const value = rows[a];
        rows[a] = rows[b];
        rows[b] = value;
      }
      left++;
      right--;
    }
  }
  return left;
}
