/**
 * What is learned from the values that pass: anomalies of single metrics and of the host as a whole.
 * @module
 */
import type { LearningConfig } from "../../config/platform.ts";
import type { KeyDescriber } from "../../collect/describe.ts";
import { MetricDetection } from "../../detect/metrics/detection.ts";
import { HostVector } from "../../detect/metrics/host_vector.ts";
import { anomalyEvent, type MetricAnomaly } from "../../detect/metrics/metric_anomaly.ts";
import { floorOfUnit } from "../../detect/metrics/options.ts";
import { type BusEvent, metricPoints } from "../../stream/bus_event.ts";
import type { EventListener, Pipeline, PointListener } from "./pipeline.ts";

/** Metrics of the agent itself say nothing of the host. */
const OWN = /^(?:collector|aod)\./;

/** What it needs of the configuration. */
export type LearningOptions = Pick<LearningConfig, "anomaly_threshold" | "enable_robust_detection">;

/** Watches a pipeline. */
export class Learning {
  readonly #pipeline: Pipeline;
  readonly #detection: MetricDetection;
  readonly #host = new HostVector();
  readonly #onPoint: PointListener = (key, at, value) => this.#point(key, at, value);
  readonly #onSample: EventListener = (event) => this.#sample(event);
  readonly #options: LearningOptions;
  /** Anomalies found. */
  found = 0;

  readonly #onFound: (anomaly: MetricAnomaly) => void;

  /**
   * Begins at once.
   * @param onFound told of every anomaly, beside the bus
   */
  constructor(
    pipeline: Pipeline,
    options: LearningOptions,
    describer: KeyDescriber,
    onFound: (anomaly: MetricAnomaly) => void = () => {},
  ) {
    this.#onFound = onFound;
    this.#pipeline = pipeline;
    this.#options = options;
    this.#detection = new MetricDetection({
      threshold: options.anomaly_threshold,
      robust: options.enable_robust_detection,
      floor_of: (key) => floorOfUnit(describer.of(key)?.descriptor.unit ?? ""),
    });
    pipeline.onPoint.add(this.#onPoint);
    pipeline.onSample.add(this.#onSample);
  }

  /** The detectors by name, for the banner. */
  get detectors(): string[] {
    const robust = this.#options.enable_robust_detection ? ["robust"] : [];
    return ["z_score", "three_sigma", ...robust, "isolation_forest"];
  }

  /** Whether it learns by these options already: others begin anew. */
  learnsBy({ anomaly_threshold, enable_robust_detection }: LearningOptions): boolean {
    return this.#options.anomaly_threshold === anomaly_threshold &&
      this.#options.enable_robust_detection === enable_robust_detection;
  }

  /** What has been seen and said. */
  counts(): ReturnType<MetricDetection["counts"]> {
    return this.#detection.counts();
  }

  /** Score of the host's newest state; NaN while warming up. */
  get hostScore(): number {
    return this.#detection.hostScore;
  }

  /** Ends. */
  close(): void {
    this.#pipeline.onPoint.delete(this.#onPoint);
    this.#pipeline.onSample.delete(this.#onSample);
  }

  #point(key: string, timestamp_sec: number, value: number): void {
    if (!OWN.test(key)) this.#tell(this.#detection.observe(key, timestamp_sec, value));
  }

  #sample(event: BusEvent): void {
    const { timestamp } = event;
    const state = this.#host.add({ timestamp, points: metricPoints(event) });
    if (state !== null) this.#tell(this.#detection.observeHost(state, timestamp));
  }

  #tell(anomaly: MetricAnomaly | null): void {
    if (anomaly === null) return;
    this.found++;
    this.#pipeline.bus.publish(anomalyEvent(this.#pipeline.nextId(), anomaly));
    this.#onFound(anomaly);
  }
}
