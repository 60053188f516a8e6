/** The isolation forest: the paper's numbers, planted outliers, awkward rows. @module */
import assert from "node:assert/strict";
import fc from "fast-check";
import { IsolationForest } from "../../../../src/detect/metrics/forest.ts";
import { ForestGrid, GRID_STEPS } from "../../../../src/detect/metrics/forest_grid.ts";
import {
  averagePathLength,
  growTree,
  PASS_LEFT,
} from "../../../../src/detect/metrics/forest_tree.ts";
import { Random } from "../../../../src/detect/metrics/random.ts";

const WIDTH = 8;

/** Normal rows, the last `outliers` of them six times as wide. */
function normalRows(count: number, outliers: number, seed: number): Float64Array {
  const random = new Random(seed);
  return Float64Array.from(
    { length: count * WIDTH },
    (_, i) => random.normal() * (i >= (count - outliers) * WIDTH ? 6 : 1),
  );
}

function ranking(scores: Float64Array): number[] {
  return [...scores.keys()].sort((a, b) => scores[b] - scores[a]);
}

Deno.test("c(n) is the mean depth of an unsuccessful search", () => {
  assert.equal(averagePathLength(0), 0);
  assert.equal(averagePathLength(1), 0);
  assert.equal(averagePathLength(2), 1);
  // 2 H(255) - 2 * 255 / 256 with the exact harmonic number.
  let harmonic = 0;
  for (let i = 1; i <= 255; i++) harmonic += 1 / i;
  assert.ok(Math.abs(averagePathLength(256) - (2 * harmonic - 510 / 256)) < 0.005);
});

Deno.test("planted outliers come first, whatever the seed", () => {
  const rows = normalRows(1000, 20, 17);
  for (let seed = 0; seed < 5; seed++) {
    const scores = new IsolationForest(rows, 1000, WIDTH, { seed }).scores(rows, 1000);
    const first = ranking(scores).slice(0, 20);
    // Six times the noise is near the middle now and then: one may be missed.
    assert.ok(first.filter((row) => row >= 980).length >= 19, `${first}`);
    assert.ok(scores.every((score) => score > 0 && score < 1));
    const usual = scores.slice(0, 980).toSorted()[490];
    assert.ok(usual > 0.35 && usual < 0.5, `median ${usual}`);
  }
});

Deno.test("the same seed gives the same scores, another one others", () => {
  const rows = normalRows(400, 4, 3);
  const scores = (seed: number) =>
    new IsolationForest(rows, 400, WIDTH, { seed }).scores(rows, 400);
  assert.deepEqual(scores(9), scores(9));
  assert.notDeepEqual(scores(9), scores(10));
});

Deno.test("one row scores as it does among others, wherever it lies", () => {
  const rows = normalRows(300, 5, 4);
  const forest = new IsolationForest(rows, 300, WIDTH);
  const all = forest.scores(rows, 300);
  for (let i = 0; i < 300; i++) assert.equal(forest.score(rows, i * WIDTH), all[i]);
});

Deno.test("scores do not depend on the unit or the zero of a column", () => {
  const rows = normalRows(500, 10, 5);
  const other = rows.map((value, i) => i % WIDTH === 2 ? value * 2 ** 40 : value);
  assert.deepEqual(
    new IsolationForest(rows, 500, WIDTH).scores(rows, 500),
    new IsolationForest(other, 500, WIDTH).scores(other, 500),
  );
});

Deno.test("rows that are all the same score one half or less, and what is elsewhere no more", () => {
  const rows = new Float64Array(300 * WIDTH).fill(42);
  const forest = new IsolationForest(rows, 300, WIDTH);
  assert.ok(Math.abs(forest.score(rows) - 0.5) < 1e-6);
  assert.equal(forest.score(new Float64Array(WIDTH).fill(1e9)), forest.score(rows));
});

Deno.test("a column that never changes is never cut", () => {
  const rows = normalRows(300, 0, 6).map((value, i) => i % WIDTH < 7 ? 1 : value);
  const forest = new IsolationForest(rows, 300, WIDTH);
  const far = new Float64Array(WIDTH).fill(1);
  far[7] = 50;
  const near = new Float64Array(WIDTH).fill(1);
  near[7] = 0;
  assert.ok(forest.score(far) > forest.score(near) + 0.1);
});

Deno.test("any finite rows give scores between 0 and 1", () => {
  const double = fc.double({ noNaN: true, noDefaultInfinity: true });
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.array(double, { minLength: 10, maxLength: 200, size: "max" }),
      fc.array(double, { minLength: 5, maxLength: 5 }),
      (width, numbers, extra) => {
        const count = Math.floor(numbers.length / width);
        const rows = Float64Array.from(numbers);
        const forest = new IsolationForest(rows, count, width, { trees: 10, samples: 64 });
        for (
          const score of [...forest.scores(rows, count), forest.score(Float64Array.from(extra))]
        ) {
          assert.ok(score > 0 && score < 1, `${score}`);
        }
      },
    ),
    { numRuns: 200 },
  );
});

Deno.test("sizes that do not fit are refused", () => {
  const rows = new Float64Array(80);
  assert.throws(() => new IsolationForest(rows, 11, 8), /Cannot train a forest: because 11 rows/);
  assert.throws(() => new IsolationForest(rows, 1, 8), RangeError);
  assert.throws(() => new IsolationForest(rows, 10, 0), RangeError);
});

Deno.test("every row of a tree ends in the leaf that counts it", () => {
  fc.assert(
    fc.property(fc.integer(), fc.integer({ min: 2, max: 64 }), (seed, count) => {
      const random = new Random(seed);
      const width = 3;
      const height = 4;
      const rows = Int32Array.from({ length: count * width }, () => random.below(20));
      const tree = {
        rows: rows.slice(),
        count,
        width,
        height,
        features: new Uint8Array(15),
        cuts: new Int32Array(15).fill(PASS_LEFT),
        lengths: new Float32Array(16),
        columns: Uint8Array.of(0, 1, 2),
        random,
      };
      growTree(tree);
      const reached = new Map<number, number>();
      for (let row = 0; row < count; row++) {
        let node = 0;
        let depth = 0;
        while (node < 15) {
          if (tree.cuts[node] !== PASS_LEFT) depth++;
          node = 2 * node + (rows[row * width + tree.features[node]] < tree.cuts[node] ? 1 : 2);
        }
        reached.set(node - 15, (reached.get(node - 15) ?? 0) + 1);
        assert.ok(tree.lengths[node - 15] >= depth);
      }
      for (const [leaf, rowsThere] of reached) {
        const depth = tree.lengths[leaf] - averagePathLength(rowsThere);
        assert.ok(Math.abs(depth - Math.round(depth)) < 1e-5, `leaf ${leaf} says ${depth}`);
      }
    }),
    { numRuns: 200 },
  );
});

Deno.test("cells keep the order of values, from the smallest to the largest seen", () => {
  const rows = Float64Array.of(3, -1, 7, 7);
  const grid = new ForestGrid(rows, 4, 1);
  const cells = grid.cells(Float64Array.of(-5, -1, 3, 7, 1e300), 5);
  assert.deepEqual([...cells], [0, 0, GRID_STEPS / 2, GRID_STEPS, GRID_STEPS]);
});
