/**
 * How good the anomalies are: precision and recall on generated series with planted faults, of every
 * method and of scikit-learn's forest on the same data, trained as often on as many rows and read by
 * the same rules (tests/support/learning). Counted by fault, not by point.
 *
 * The data are generated: the figures compare methods and show what each cannot see; no host is like
 * this.
 * @module
 */
import { FOREST_SAMPLES } from "../src/detect/metrics/forest.ts";
import { HOST_WINDOW, RETRAIN_AFTER } from "../src/detect/metrics/host_detector.ts";
import {
  flagsNearOthers,
  judgeHost,
  judgeKey,
  judgeTrend,
  KEY_JUDGES,
} from "../tests/support/learning/judges.ts";
import {
  type Fault,
  FAULTS,
  type Planted,
  plantedHost,
  plantedSeries,
  type Shape,
  SHAPES,
} from "../tests/support/learning/planted.ts";
import {
  addQuality,
  falseAlarmsPerHour,
  noQuality,
  precision,
  type Quality,
  recall,
  reportsOf,
} from "../tests/support/learning/quality.ts";
import type { Benchmark, Figure } from "./support/figure.ts";
import { ForestPeer, NO_PEER } from "./support/forest_peer.ts";

/** The agent's threshold, and one that finds more. */
const THRESHOLDS = [0.7, 0.65];
/** Faults of the host reach so many of the eight metrics. */
const REACH = 8;

/** Every fault's quality, and that of all. */
class Tally {
  readonly #all = noQuality();
  readonly #byFault = new Map<string, Quality>();

  add(
    fault: Fault | null,
    planted: Pick<Planted, "faults">,
    reports: number[],
    points: number,
  ): void {
    const name = fault ?? "no fault";
    const own = this.#byFault.get(name) ?? noQuality();
    this.#byFault.set(name, own);
    for (const sum of [own, this.#all]) addQuality(sum, planted.faults, reports, points);
  }

  figures(method: string, shape: Shape): Figure[] {
    const round = (value: number) => Math.round(value * 1000) / 1000;
    const detail: Record<string, number> = {
      false_alarms_per_hour: round(falseAlarmsPerHour(this.#all)),
    };
    for (const [fault, quality] of this.#byFault) {
      if (quality.faults > 0) detail[`recall: ${fault}`] = round(recall(quality));
      detail[`precision: ${fault}`] = round(precision(quality));
    }
    return [
      { name: `${shape}, ${method}: recall`, value: recall(this.#all), unit: "", detail },
      { name: `${shape}, ${method}: precision`, value: precision(this.#all), unit: "" },
    ];
  }
}

function keyFigures(shape: Shape, seeds: number): Figure[] {
  const judges: [string, (values: Float64Array) => number[]][] = [
    ...Object.entries(KEY_JUDGES).map((
      [name, options],
    ): [string, (values: Float64Array) => number[]] => [
      `a series, ${name}`,
      (values) => judgeKey(values, options),
    ]),
    ["a series, trend over 300 s", judgeTrend],
  ];
  return judges.flatMap(([name, judge]) => {
    const tally = new Tally();
    for (const fault of [null, ...FAULTS]) {
      for (let seed = 0; seed < seeds; seed++) {
        const planted = plantedSeries(shape, fault, 7 * seed + 1);
        tally.add(fault, planted, judge(planted.values), planted.values.length);
      }
    }
    return tally.figures(name, shape);
  });
}

async function hostFigures(
  shape: Shape,
  seeds: number,
  peer: ForestPeer | null,
): Promise<Figure[]> {
  const ours = THRESHOLDS.map(() => new Tally());
  const theirs = THRESHOLDS.map(() => new Tally());
  for (const fault of [null, ...FAULTS]) {
    for (let seed = 0; seed < seeds; seed++) {
      const planted = plantedHost(shape, fault, REACH, 7 * seed + 1);
      const points = planted.rows.length / planted.width;
      THRESHOLDS.forEach((threshold, i) => {
        ours[i].add(fault, planted, judgeHost(planted, { threshold }), points);
      });
      if (peer === null) continue;
      const { scores } = await peer.roll(planted.rows, planted.width, {
        warm: FOREST_SAMPLES,
        window: HOST_WINDOW,
        step: RETRAIN_AFTER,
      });
      THRESHOLDS.forEach((threshold, i) => {
        const flags = flagsNearOthers(scores.map((score) => (score ?? 0) >= threshold));
        theirs[i].add(fault, planted, reportsOf(flags), points);
      });
    }
  }
  return THRESHOLDS.flatMap((threshold, i) => [
    ...ours[i].figures(`the host, forest at ${threshold}`, shape),
    ...peer === null ? [] : theirs[i].figures(`the host, scikit-learn at ${threshold}`, shape),
  ]);
}

/** Precision and recall. */
export const anomalyQualityBenchmark: Benchmark = {
  name: "anomaly-quality",
  about:
    "precision and recall on generated series with planted faults, beside scikit-learn's forest",
  async run({ quick, say }) {
    const peer = await ForestPeer.find();
    if (peer === null) say(`  scikit-learn ${NO_PEER}`);
    const figures: Figure[] = [];
    for (const shape of SHAPES) {
      figures.push(...keyFigures(shape, quick ? 2 : 20));
      figures.push(...await hostFigures(shape, quick ? 1 : 5, peer));
      say(`  ${shape} done`);
    }
    return figures;
  },
};
