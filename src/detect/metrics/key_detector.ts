/**
 * Judges the points of one series against the window before them.
 * @module
 */
import { Excursion, type RateLimit, type Verdict } from "./excursion.ts";
import type { MetricMethod } from "./metric_anomaly.ts";
import {
  type DetectionOptions,
  FLAT_PARTS,
  LEARN_REACH,
  RECORD,
  RELATIVE_FLOOR,
  RELEASE_SIGMA,
  THREE_SIGMA,
  THREE_SIGMA_RUN,
} from "./options.ts";
import { MAD_TO_DEVIATION, modifiedZ, SortedWindow } from "./robust.ts";
import { RollingWindow } from "./rolling.ts";

/** What a point was. */
export type Outcome = "warming" | "flat" | "usual" | Verdict;

/**
 * One series. After {@link KeyDetector.observe} has answered "report", the rest tells about the
 * point: nothing is allocated for the others.
 */
export class KeyDetector {
  readonly #options: DetectionOptions;
  readonly #floor: number;
  readonly #window: RollingWindow;
  readonly #sorted: SortedWindow | null;
  readonly #excursion: Excursion;
  /** Points in a row outside three sigma, below zero where they are on the lower side. */
  #run = 0;
  /** Of the newest point. */
  method: MetricMethod = "z_score";
  /** Mean (robust: median) that the newest point was compared with. */
  center = 0;
  /** Distance of the newest point from it. */
  z = 0;
  /** When the newest point came, in seconds since the epoch. */
  seen: number = -Infinity;

  /**
   * Knows nothing yet.
   * @param floor least spread that counts, in the unit of the metric
   */
  constructor(options: DetectionOptions, floor: number, rate: RateLimit) {
    this.#options = options;
    this.#floor = floor;
    this.#window = new RollingWindow(options.window);
    this.#sorted = options.robust ? new SortedWindow(options.window) : null;
    this.#excursion = new Excursion(options.min_interval_sec, rate);
  }

  /** Judges a finite value, then learns it. */
  observe(timestamp: number, value: number): Outcome {
    const window = this.#window;
    this.seen = timestamp;
    if (window.size < this.#options.warmup) {
      this.#learn(value);
      return "warming";
    }
    const mean = window.mean;
    const spread = Math.max(window.deviation, this.#floor, Math.abs(mean) * RELATIVE_FLOOR);
    if (window.steps * FLAT_PARTS < window.size || !(spread > 0)) {
      this.#run = 0;
      this.#excursion.inside(true);
      this.#learn(value);
      return "flat";
    }
    const z = (value - mean) / spread;
    const robust = this.#sorted === null ? 0 : this.#robustZ(this.#sorted, value);
    const outside = this.#isOutside(value, z, robust, mean);
    const reach = LEARN_REACH * this.#options.z_threshold * spread;
    this.#learn(Math.min(Math.max(value, mean - reach), mean + reach));
    if (outside) return this.#excursion.outside(timestamp);
    this.#excursion.inside(Math.max(Math.abs(z), Math.abs(robust)) < RELEASE_SIGMA);
    return "usual";
  }

  #isOutside(value: number, z: number, robust: number, mean: number): boolean {
    const { z_threshold } = this.#options;
    if (Math.abs(z) < THREE_SIGMA) this.#run = 0;
    else if (z > 0) this.#run = Math.max(this.#run, 0) + 1;
    else this.#run = Math.min(this.#run, 0) - 1;
    this.center = mean;
    this.z = z;
    if (Math.abs(z) >= z_threshold && (this.#excursion.active || this.#isRecord(value, mean))) {
      this.method = "z_score";
      return true;
    }
    if (Math.abs(this.#run) >= THREE_SIGMA_RUN) {
      this.method = "three_sigma";
      return true;
    }
    if (this.#sorted === null || Math.abs(robust) < z_threshold) return false;
    this.method = "robust";
    this.center = this.#sorted.median();
    this.z = robust;
    return true;
  }

  /** Whether a value is clearly farther from the mean than all of the window. */
  #isRecord(value: number, mean: number): boolean {
    const within = Math.abs(value - mean) / RECORD;
    for (let age = 0; age < this.#window.size; age++) {
      if (Math.abs(this.#window.at(age) - mean) > within) return false;
    }
    return true;
  }

  #robustZ(sorted: SortedWindow, value: number): number {
    const median = sorted.median();
    const floor = Math.max(this.#floor, Math.abs(median) * RELATIVE_FLOOR) * MAD_TO_DEVIATION;
    return modifiedZ(value, median, Math.max(sorted.mad(), floor));
  }

  #learn(value: number): void {
    this.#sorted?.replace(this.#window.oldest, value);
    this.#window.add(value);
  }
}
