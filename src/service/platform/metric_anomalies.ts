/**
 * What becomes of the anomalies that learning finds: the configured ones open bundles, all are kept for
 * a while for the bundles of SMB, which name those that coincide.
 * @module
 */
import type { KeyDescriber } from "../../collect/describe.ts";
import { familyMatches } from "../../detect/metrics/key_match.ts";
import { IdSource } from "../../detect/ids.ts";
import type { MetricAnomaly, NamedMetricAnomaly } from "../../detect/metrics/metric_anomaly.ts";
import { MetricTriggers, type TriggerRules } from "../../detect/metrics/trigger.ts";
import {
  type MetricsAnswer,
  type MetricSeries,
  type MetricsRequest,
  MOST_COINCIDING,
  MOST_POINTS,
  MOST_SERIES,
} from "../../evidence/host_metrics.ts";
import { monotonicNs, wallNs, wallOffsetNs } from "../../os/clock.ts";
import type { SeriesStore } from "../../stream/series.ts";
import type { FromWorker } from "../messages.ts";

/** Kept for bundles; ten come in a minute at most. */
const MOST_KEPT = 100;
/** Follow-ups are told and violations counted so often. */
const TICK_MS = 1000;

/** What a bundle takes after the keys it asks for, the most telling first. */
const TELLING: readonly RegExp[] = [
  /^cpu\.(?!core)/,
  /^memory\.(?:percent|available|dirty|writeback|swap|pressure)/,
  /^disk\.pressure/,
  /^network\.total\.|^tcp\./,
  /^smb\./,
  /^disk\..*\.(?:utilization|await_ms|queue)$/,
  /^disk\./,
  /^network\./,
  /^process\./,
  /^memory\./,
  /^cpu\./,
];
/** The agent's own series say little of the host. */
const OWN = /^(?:collector|aod)\./;

/** What it works with. */
export interface MetricAnomaliesHost {
  /** Sends to the controller. */
  send: (message: FromWorker) => void;
  /** Units and types of keys. */
  describer: KeyDescriber;
  /** Keys as in docs/metrics.md. */
  families: readonly string[];
  /** Warns a person. */
  warn: (text: string) => void;
}

/** Triggers, and what was found lately. */
export class MetricAnomalies {
  readonly #host: MetricAnomaliesHost;
  readonly #triggers: MetricTriggers;
  #recent: NamedMetricAnomaly[] = [];
  #timer: ReturnType<typeof setInterval> | null = null;
  #warned = new Set<string>();

  /** Nothing is configured. */
  constructor(host: MetricAnomaliesHost) {
    this.#host = host;
    this.#triggers = new MetricTriggers({
      ids: new IdSource(wallNs),
      nowNs: monotonicNs,
      wallOffsetNs,
      onAnomaly: (anomaly) => host.send({ kind: "anomaly", anomaly }),
      onFollowup: (followup) => host.send({ kind: "followup", followup }),
    });
  }

  /** Puts rules in force. */
  configure(rules: readonly TriggerRules[]): void {
    this.#triggers.configure(rules);
    for (const { name, metrics } of rules) {
      for (const pattern of metrics) this.#checkPattern(name, pattern);
    }
    if (rules.length > 0) this.#timer ??= setInterval(() => this.#tick(), TICK_MS);
    else this.#stopTimer();
  }

  /** Learning found something. */
  found(anomaly: MetricAnomaly): void {
    const unit = this.#host.describer.of(anomaly.metric_key)?.descriptor.unit ?? "";
    const named = { ...anomaly, unit };
    this.#recent.push(named);
    if (this.#recent.length > MOST_KEPT) this.#recent.shift();
    this.#triggers.observe(named);
  }

  /** What a bundle gets. */
  answer(request: MetricsRequest, series: SeriesStore): MetricsAnswer {
    const { from_sec, anomalies_from_sec } = request;
    const anomalies = this.#recent.filter(({ timestamp }) => timestamp >= anomalies_from_sec)
      .slice(-MOST_COINCIDING);
    const outside = new Set(anomalies.map(({ metric_key }) => metric_key));
    const asked = new Set(request.keys);
    const rank = (key: string) => {
      if (outside.has(key)) return -2;
      if (asked.has(key)) return -1;
      const place = TELLING.findIndex((pattern) => pattern.test(key));
      return place < 0 ? TELLING.length : place;
    };
    const keys = series.keys().filter((key) => !OWN.test(key))
      .filter((key) => (series.latest(key)?.timestamp ?? -Infinity) >= from_sec);
    const ranked = keys.map((key) => ({ key, rank: rank(key) })).sort((a, b) => a.rank - b.rank);
    return {
      series: ranked.slice(0, MOST_SERIES).map(({ key }) => this.#series(key, from_sec, series)),
      left_out: Math.max(0, keys.length - MOST_SERIES),
      anomalies,
    };
  }

  /** Tells what is left to tell. */
  close(): void {
    this.#stopTimer();
    this.#triggers.tick(true);
    this.#tellViolations();
  }

  #series(key: string, from_sec: number, store: SeriesStore): MetricSeries {
    const { timestamps, values } = store.range(key, from_sec);
    const descriptor = this.#host.describer.of(key)?.descriptor;
    return {
      metric_key: key,
      unit: descriptor?.unit ?? "",
      metric_type: descriptor?.metric_type ?? "",
      timestamps: timestamps.slice(-MOST_POINTS),
      values: values.slice(-MOST_POINTS),
    };
  }

  #tick(): void {
    this.#triggers.tick();
    this.#tellViolations();
  }

  #tellViolations(): void {
    const counts = this.#triggers.takeViolations();
    if (Object.keys(counts).length > 0) this.#host.send({ kind: "violations", counts });
  }

  #stopTimer(): void {
    if (this.#timer !== null) clearInterval(this.#timer);
    this.#timer = null;
  }

  /** A pattern that no key can ever fit is a slip of the pen. */
  #checkPattern(name: string, pattern: string): void {
    if (this.#warned.has(pattern) || this.#warned.size >= MOST_KEPT) return;
    if (["host", ...this.#host.families].some((family) => familyMatches(pattern, family))) return;
    this.#warned.add(pattern);
    this.#host.warn(`anomaly ${name}: no metric has a key like ${pattern}`);
  }
}
