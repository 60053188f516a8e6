/**
 * Watches the metrics of a host: every key by itself and eight of them together. What it finds is
 * returned; what it leaves unsaid is counted.
 * @module
 */
import { RateLimit } from "./excursion.ts";
import { HOST_WINDOW, HostDetector } from "./host_detector.ts";
import { HOST_VECTOR } from "./host_vector.ts";
import { KeyDetector, type Outcome } from "./key_detector.ts";
import type { MetricAnomaly, MetricMethod } from "./metric_anomaly.ts";
import { DETECTION_DEFAULTS, type DetectionOptions, LARGEST_VALUE } from "./options.ts";

/** A key without a point for so long gives its place to a new one, in seconds. */
const STALE_SEC = 3600;

/** What has been seen and said since the start. */
export interface DetectionCounts {
  /** Keys watched now. */
  keys: number;
  /** Points and states of the host that came. */
  observed: number;
  /** What became of each. */
  outcomes: Record<Outcome, number>;
  /** No number, or one too large to square. */
  refused_value: number;
  /** Points of keys beyond the most that are watched. */
  refused_key: number;
  /** Anomalies by method; their sum is `outcomes.report`. */
  found: Record<MetricMethod, number>;
  /** Forests trained. */
  trained: number;
}

/** Anomalies of metrics. */
export class MetricDetection {
  readonly #options: DetectionOptions;
  readonly #rate: RateLimit;
  readonly #keys = new Map<string, KeyDetector>();
  readonly #host: HostDetector;
  #sweptAt = -Infinity;
  #observed = 0;
  #refusedValue = 0;
  #refusedKey = 0;
  readonly #outcomes: Record<Outcome, number> = {
    warming: 0,
    flat: 0,
    usual: 0,
    report: 0,
    excursion: 0,
    cooldown: 0,
    rate: 0,
  };
  readonly #found: Record<MetricMethod, number> = {
    z_score: 0,
    three_sigma: 0,
    robust: 0,
    isolation_forest: 0,
  };

  /**
   * Knows nothing yet.
   * @throws RangeError where a limit is no positive number, or warm-up is longer than the window
   */
  constructor(options: Partial<DetectionOptions> & { host_window?: number } = {}) {
    const all = { ...DETECTION_DEFAULTS, ...options };
    for (const key of ["threshold", "window", "warmup", "z_threshold", "keys"] as const) {
      if (all[key] > 0) continue;
      throw new RangeError(`Cannot detect with ${key} ${all[key]}: because it must be above 0`);
    }
    if (all.warmup > all.window) {
      throw new RangeError(
        `Cannot detect with warmup ${all.warmup}: because the window holds ${all.window} points`,
      );
    }
    this.#options = all;
    this.#rate = new RateLimit(all.per_minute);
    this.#host = new HostDetector(all, this.#rate, options.host_window ?? HOST_WINDOW);
  }

  /** Judges a point of a series, then learns it. @param timestamp_sec seconds since the epoch */
  observe(key: string, timestamp_sec: number, value: number): MetricAnomaly | null {
    this.#observed++;
    if (!(Math.abs(value) <= LARGEST_VALUE) || !Number.isFinite(timestamp_sec)) {
      this.#refusedValue++;
      return null;
    }
    const detector = this.#keys.get(key) ?? this.#make(key, timestamp_sec);
    if (detector === null) {
      this.#refusedKey++;
      return null;
    }
    const outcome = detector.observe(timestamp_sec, value);
    this.#outcomes[outcome]++;
    if (outcome !== "report") return null;
    const { method, center, z } = detector;
    this.#found[method]++;
    return { metric_key: key, value, mean: center, z_score: z, method, timestamp: timestamp_sec };
  }

  /**
   * Judges a state of the host, then learns it.
   * @param vector the values of {@linkcode HOST_VECTOR}; copied
   */
  observeHost(vector: Float64Array, timestamp_sec: number): MetricAnomaly | null {
    this.#observed++;
    const usable = vector.length === HOST_VECTOR.length && Number.isFinite(timestamp_sec) &&
      vector.every((value) => Math.abs(value) <= LARGEST_VALUE);
    if (!usable) {
      this.#refusedValue++;
      return null;
    }
    const outcome = this.#host.observe(vector, timestamp_sec);
    this.#outcomes[outcome]++;
    if (outcome !== "report") return null;
    this.#found.isolation_forest++;
    return this.#host.anomaly;
  }

  /** Score of the host's newest state, 0 to 1; NaN while warming up. */
  get hostScore(): number {
    return this.#host.score;
  }

  /** What has been seen and said. */
  counts(): DetectionCounts {
    return {
      keys: this.#keys.size,
      observed: this.#observed,
      outcomes: { ...this.#outcomes },
      refused_value: this.#refusedValue,
      refused_key: this.#refusedKey,
      found: { ...this.#found },
      trained: this.#host.trained,
    };
  }

  #make(key: string, now: number): KeyDetector | null {
    if (this.#keys.size >= this.#options.keys && !this.#sweep(now)) return null;
    const detector = new KeyDetector(this.#options, this.#options.floor_of(key), this.#rate);
    this.#keys.set(key, detector);
    return detector;
  }

  /** Forgets keys that nothing comes from any more; not more than once a minute. */
  #sweep(now: number): boolean {
    if (Math.abs(now - this.#sweptAt) < 60) return false;
    this.#sweptAt = now;
    for (const [key, { seen }] of this.#keys) {
      if (now - seen > STALE_SEC) this.#keys.delete(key);
    }
    return this.#keys.size < this.#options.keys;
  }
}
