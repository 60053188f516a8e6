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

/** The detectors by name, for the banner. */
export const DETECTORS = ["z_score", "three_sigma", "isolation_forest"] as const;

/** Watches a pipeline. */
export class Learning {
  readonly #pipeline: Pipeline;
  readonly #detection: MetricDetection;
  readonly #host = new HostVector();
  readonly #onPoint: PointListener = (key, at, value) => this.#point(key, at, value);
  readonly #onSample: EventListener = (event) => this.#sample(event);
  /** Of the forest's score. */
  readonly threshold: number;
  /** Anomalies found. */
  found = 0;

  /** Begins at once. */
  constructor(
    pipeline: Pipeline,
    { anomaly_threshold }: Pick<LearningConfig, "anomaly_threshold">,
    describer: KeyDescriber,
  ) {
    this.#pipeline = pipeline;
    this.threshold = anomaly_threshold;
    this.#detection = new MetricDetection({
      threshold: anomaly_threshold,
      floor_of: (key) => floorOfUnit(describer.of(key)?.descriptor.unit ?? ""),
    });
    pipeline.onPoint.add(this.#onPoint);
    pipeline.onSample.add(this.#onSample);
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
  }
}
