/**
 * Judges the state of the host by an isolation forest that is trained on the states before.
 * @module
 */
import { Excursion, type RateLimit } from "./excursion.ts";
import { FOREST_SAMPLES, IsolationForest } from "./forest.ts";
import { HOST_VECTOR } from "./host_vector.ts";
import type { Outcome } from "./key_detector.ts";
import type { MetricAnomaly, MetricShare } from "./metric_anomaly.ts";
import { type DetectionOptions, HOST_NEAR, RELEASE_SCORE } from "./options.ts";
import { RollingWindow } from "./rolling.ts";

/** States that a forest is trained on: four times what one tree sees. */
export const HOST_WINDOW = 1000;
/** A new forest after so many states. */
export const RETRAIN_AFTER = 250;
/** Shares that an anomaly names. */
const MOST_SHARES = 3;
/** Scores of a quiet host hardly differ: less spread than this is none. */
const SCORE_FLOOR = 0.01;
const WIDTH = HOST_VECTOR.length;

/** The host. */
export class HostDetector {
  readonly #options: DetectionOptions;
  readonly #rows: Float64Array;
  readonly #states: number;
  readonly #columns: RollingWindow[];
  readonly #scores: RollingWindow;
  readonly #excursion: Excursion;
  #forest: IsolationForest | null = null;
  #next = 0;
  #size = 0;
  #sinceTrained = 0;
  /** States since the last one at or over the threshold. */
  #sinceOver = Infinity;
  /** Forests made so far. */
  trained = 0;
  /** The newest state's score; NaN while warming up. */
  score: number = NaN;
  /** What the newest anomaly was. */
  anomaly: MetricAnomaly | null = null;

  /**
   * Knows nothing yet.
   * @param states how many states to train on; not fewer than a tree's samples
   */
  constructor(options: DetectionOptions, rate: RateLimit, states: number) {
    this.#options = options;
    this.#states = Math.max(FOREST_SAMPLES, Math.floor(states));
    this.#rows = new Float64Array(this.#states * WIDTH);
    this.#columns = HOST_VECTOR.map(() => new RollingWindow(options.window));
    this.#scores = new RollingWindow(options.window);
    this.#excursion = new Excursion(options.min_interval_sec, rate);
  }

  /** Judges a state of finite numbers, then learns it. */
  observe(vector: Float64Array, timestamp: number): Outcome {
    const outcome = this.#judge(vector, timestamp);
    this.#rows.set(vector, this.#next * WIDTH);
    this.#next = (this.#next + 1) % this.#states;
    this.#size = Math.min(this.#size + 1, this.#states);
    this.#sinceTrained++;
    for (let i = 0; i < WIDTH; i++) this.#columns[i].add(vector[i]);
    return outcome;
  }

  #judge(vector: Float64Array, timestamp: number): Outcome {
    if (this.#size < FOREST_SAMPLES) return "warming";
    if (this.#forest === null || this.#sinceTrained >= RETRAIN_AFTER) this.#train();
    const score = this.#forest?.score(vector) ?? 0;
    const { mean, deviation } = this.#scores;
    this.score = score;
    this.#scores.add(score);
    const over = score >= this.#options.threshold;
    const again = over && this.#sinceOver <= HOST_NEAR;
    this.#sinceOver = over ? 1 : this.#sinceOver + 1;
    if (!again) {
      this.#excursion.inside(score < this.#options.threshold - RELEASE_SCORE);
      return "usual";
    }
    const verdict = this.#excursion.outside(timestamp);
    if (verdict === "report") {
      this.anomaly = {
        metric_key: "host",
        value: score,
        mean,
        z_score: (score - mean) / Math.max(deviation, SCORE_FLOOR),
        method: "isolation_forest",
        score,
        shares: this.#shares(vector),
        timestamp,
      };
    }
    return verdict;
  }

  #train(): void {
    const seed = this.#options.seed + this.trained;
    this.#forest = new IsolationForest(this.#rows, this.#size, WIDTH, { seed });
    this.trained++;
    this.#sinceTrained = 0;
  }

  #shares(vector: Float64Array): MetricShare[] {
    return HOST_VECTOR.map((metric_key, i) => {
      const { mean, deviation } = this.#columns[i];
      const z_score = deviation > 0 ? (vector[i] - mean) / deviation : 0;
      return { metric_key, value: vector[i], mean, z_score };
    }).sort((a, b) => Math.abs(b.z_score) - Math.abs(a.z_score)).slice(0, MOST_SHARES);
  }
}
