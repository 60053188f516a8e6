/**
 * What learning costs: the isolation forest beside scikit-learn's on the same rows, one point of a
 * series, one state of the host, one trend.
 *
 * The forest's rounds are timed one by one and their median taken, as scikit-learn's are within one
 * process; its figures without a peer are in milliseconds only. Twenty of the thousand rows are
 * outliers, 5 to 8 deviations away in every column, and must come first in both.
 * @module
 */
import { MetricDetection } from "../src/detect/metrics/detection.ts";
import { IsolationForest } from "../src/detect/metrics/forest.ts";
import { Random } from "../src/detect/metrics/random.ts";
import { trendOf } from "../src/detect/trends/trend.ts";
import { type Benchmark, type BenchOptions, type Figure, quantileOf } from "./support/figure.ts";
import { ForestPeer, NO_PEER } from "./support/forest_peer.ts";

const ROWS = 1000;
const WIDTH = 8;
const OUTLIERS = 20;
/** A second apart. */
const START = 1_700_000_000;
/** Keys of a host with some disks and interfaces. */
const KEYS = 200;

function plantedRows(): Float64Array<ArrayBuffer> {
  const random = new Random(2008);
  return Float64Array.from({ length: ROWS * WIDTH }, (_, i) => {
    if (i < (ROWS - OUTLIERS) * WIDTH) return random.normal();
    return (5 + 3 * random.unit()) * (random.unit() < 0.5 ? -1 : 1);
  });
}

/** Milliseconds of each round, sorted. */
function timed(rounds: number, work: (round: number) => void): number[] {
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const begun = performance.now();
    work(round);
    times.push(performance.now() - begun);
  }
  return times.sort((a, b) => a - b);
}

/** How many of the first twenty are planted. */
function plantedFirst(scores: ArrayLike<number>): number {
  const order = Array.from(scores, (_, row) => row).sort((a, b) => scores[b] - scores[a]);
  return order.slice(0, OUTLIERS).filter((row) => row >= ROWS - OUTLIERS).length;
}

async function forestFigures({ quick, say }: BenchOptions): Promise<Figure[]> {
  const rows = plantedRows();
  const rounds = quick ? 15 : 101;
  let forest = new IsolationForest(rows, ROWS, WIDTH);
  let scores = forest.scores(rows, ROWS);
  const fit = timed(rounds, (seed) => {
    forest = new IsolationForest(rows, ROWS, WIDTH, { seed });
  });
  const score = timed(rounds, () => {
    scores = forest.scores(rows, ROWS);
  });
  const [fitMs, scoreMs] = [quantileOf(fit, 0.5), quantileOf(score, 0.5)];
  const detail = { rounds, rows: ROWS, width: WIDTH };
  const figures: Figure[] = [
    { name: "forest of 100 trees, 1000 x 8: fit", value: fitMs, unit: "ms", detail },
    { name: "forest of 100 trees, 1000 x 8: score", value: scoreMs, unit: "ms", detail },
    {
      name: "planted outliers among the first 20",
      value: plantedFirst(scores),
      unit: "",
      target: { at_least: OUTLIERS },
    },
  ];
  const peer = await ForestPeer.find();
  if (peer === null) {
    say(`  scikit-learn ${NO_PEER}`);
    return figures;
  }
  const theirs = await peer.time(rows, WIDTH, quick ? 5 : 31);
  const theirFit = quantileOf((theirs.fit_ms ?? []).sort((a, b) => a - b), 0.5);
  const theirScore = quantileOf((theirs.score_ms ?? []).sort((a, b) => a - b), 0.5);
  const versus = { scikit_learn: peer.version };
  return [
    ...figures,
    { name: "scikit-learn: fit", value: theirFit, unit: "ms", detail: versus },
    { name: "scikit-learn: score", value: theirScore, unit: "ms", detail: versus },
    {
      name: "fit takes of scikit-learn's time",
      value: fitMs / theirFit,
      unit: "",
      target: { at_most: 1 / 8 },
      detail: versus,
    },
    {
      name: "score takes of scikit-learn's time",
      value: scoreMs / theirScore,
      unit: "",
      target: { at_most: 1 / 4 },
      detail: versus,
    },
    {
      name: "scikit-learn: planted outliers among the first 20",
      value: plantedFirst(theirs.scores.map((value) => value ?? 0)),
      unit: "",
      detail: versus,
    },
  ];
}

/** Nanoseconds per point of 200 series, their windows full. */
function pointFigure(name: string, robust: boolean, quick: boolean): Figure {
  const detection = new MetricDetection({ robust });
  const random = new Random(1);
  const keys = Array.from({ length: KEYS }, (_, i) => `disk.sd${i}.read_bytes_delta`);
  const values = Float64Array.from({ length: 4096 }, () => 1000 + 100 * random.normal());
  let now = 0;
  const seconds = (count: number) => {
    for (let i = 0; i < count; i++) {
      now++;
      for (let k = 0; k < KEYS; k++) {
        detection.observe(keys[k], START + now, values[(now * 31 + k) & 4095]);
      }
    }
  };
  seconds(600);
  const stretch = 100;
  const times = timed(quick ? 10 : 101, () => seconds(stretch))
    .map((ms) => ms * 1e6 / stretch / KEYS);
  const { report, flat } = detection.counts().outcomes;
  return {
    name,
    value: quantileOf(times, 0.5),
    unit: "ns/point",
    target: { at_most: 1000 },
    detail: { keys: KEYS, p90: quantileOf(times, 0.9), reports: report, flat },
  };
}

function hostFigure(quick: boolean): Figure {
  const detection = new MetricDetection();
  const random = new Random(2);
  const rows = Float64Array.from({ length: ROWS * WIDTH }, () => random.normal());
  let at = 0;
  const states = (count: number) => {
    for (let i = 0; i < count; i++, at++) {
      const base = (at % ROWS) * WIDTH;
      detection.observeHost(rows.subarray(base, base + WIDTH), START + at);
    }
  };
  states(2000);
  // One training falls into each stretch.
  const times = timed(quick ? 5 : 41, () => states(250)).map((ms) => ms * 1000 / 250);
  return {
    name: "a state of the host, its part of the training included",
    value: quantileOf(times, 0.5),
    unit: "us/state",
    detail: { trained: detection.counts().trained },
  };
}

function trendFigure(quick: boolean): Figure {
  const random = new Random(3);
  const times = Float64Array.from({ length: 300 }, (_, i) => START + i);
  const values = times.map((t) => (t - START) / 100 + random.normal());
  let clear = 0;
  const rounds = timed(quick ? 10 : 101, () => {
    for (let i = 0; i < 200; i++) {
      if (trendOf(times, values)?.trend_direction === "increasing") clear++;
    }
  }).map((ms) => ms * 1000 / 200);
  return {
    name: "a trend over 300 points",
    value: quantileOf(rounds, 0.5),
    unit: "us",
    detail: { clear },
  };
}

/** The cost of learning. */
export const forestBenchmark: Benchmark = {
  name: "learning",
  about: "isolation forest beside scikit-learn's; cost of a point, a state of the host, a trend",
  async run(options) {
    return [
      ...await forestFigures(options),
      pointFigure("a point, z-score and three sigma", false, options.quick),
      pointFigure("a point, with median and MAD", true, options.quick),
      hostFigure(options.quick),
      trendFigure(options.quick),
    ];
  },
};
