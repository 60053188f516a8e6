/**
 * What the API's routes call, put together from the parts of the platform's worker.
 * @module
 */
import type {
  Answer,
  ApiData,
  EventFilter,
  HistoryPoint,
  MetricsUpdate,
  RealtimeAnswer,
  StatsAnswer,
  Trend,
} from "../../api/data.ts";
import type {
  BundleMade,
  Readiness,
  ReloadResult,
  SmbAnswer,
  TopProcesses,
} from "../../api/data_agent.ts";
import type { MetricFamily } from "../../api/prometheus.ts";
import type { SelfStats } from "../../api/self_stats.ts";
import type { KeyDescriber } from "../../collect/describe.ts";
import { type BusEvent, metricPoints } from "../../stream/bus_event.ts";
import type { SealedInfo } from "../bundles.ts";
import type { ConfigChange } from "../reload.ts";
import type { AgentLink } from "./agent_link.ts";
import type { Pipeline } from "./pipeline.ts";
import type { TrendView } from "./trend_view.ts";

/** The parts; those that may change with the configuration are asked for anew each time. */
export interface ApiSources {
  /** The pipeline in force. */
  pipeline: () => Pipeline;
  /** Metrics on disk; null while they are off. */
  stored: () => StoredMetrics | null;
  /** Trends in force; null while they are off. */
  trends: () => TrendView | null;
  /** What keys mean. */
  describer: KeyDescriber;
  /** The main thread. */
  link: AgentLink;
  /** The last sample of the process collector. */
  processes: () => TopProcesses;
  /** SMB. */
  smb: () => Promise<SmbAnswer>;
  /** For Prometheus. */
  families: () => Promise<MetricFamily[]>;
  /** What the agent costs and does. */
  self: () => Promise<SelfStats>;
  /** Whether everything that is on works. */
  ready: () => Readiness;
  /** Where bundles are. */
  outputDir: () => string;
  /** Seconds since the epoch. */
  now_sec: () => number;
}

/** Metrics on disk, as far as the API reads them. */
export interface StoredMetrics {
  /** Points of a span, oldest first; empty for a key that is not there. */
  range(
    key: string,
    from_sec: number,
    to_sec: number,
  ): { timestamps: ArrayLike<number>; values: ArrayLike<number> } | null;
}

/** Implements the routes' interface. */
export class PlatformData implements ApiData {
  readonly #sources: ApiSources;
  /** Valid until the next sample. */
  #realtime: { events: number; answer: RealtimeAnswer } | null = null;

  /** Reads the parts when it is asked. */
  constructor(sources: ApiSources) {
    this.#sources = sources;
  }

  realtime(): RealtimeAnswer {
    const { pipeline, now_sec } = this.#sources;
    const { series, ...now } = pipeline();
    const processor_stats = pipeline().stats();
    const events = now.bus.stats().total_events;
    if (this.#realtime?.events === events) return this.#realtime.answer;
    const metrics = Object.fromEntries(series.keys().map((key) => [key, series.summary(key)]));
    const answer = { timestamp: now_sec(), metrics, processor_stats };
    this.#realtime = { events, answer };
    return answer;
  }

  history(key: string, seconds: number): HistoryPoint[] | null {
    const { pipeline, stored, now_sec, describer } = this.#sources;
    const { series } = pipeline();
    const now = now_sec();
    const from = now - seconds;
    const recent = series.range(key, from);
    const first = recent.timestamps[0] ?? Infinity;
    const older = stored()?.range(key, from, Math.min(now, first));
    const known = series.latest(key) !== null || (older?.timestamps.length ?? 0) > 0;
    if (!known) return null;
    const { metric_type = "gauge", unit } = describer.of(key)?.descriptor ?? {};
    const metadata = { metric_type, ...(unit ? { unit } : {}) };
    const points: HistoryPoint[] = [];
    const add = (timestamps: ArrayLike<number>, values: ArrayLike<number>, before: number) => {
      for (let i = 0; i < timestamps.length; i++) {
        if (timestamps[i] >= before) break;
        points.push({ timestamp: timestamps[i], value: values[i], metadata });
      }
    };
    if (older) add(older.timestamps, older.values, first);
    add(recent.timestamps, recent.values, Infinity);
    return points;
  }

  anomalies(limit: number): { anomalies: BusEvent[]; total: number } {
    const { recent } = this.#sources.pipeline();
    const { events, total } = recent.find({ event_type: "anomaly", limit });
    return { anomalies: events, total };
  }

  trends(): Answer<Record<string, Trend>> {
    return this.#sources.trends()?.all() ?? {};
  }

  events(filter: EventFilter): { events: BusEvent[]; total: number } {
    return this.#sources.pipeline().recent.find(filter);
  }

  async stats(): Promise<StatsAnswer> {
    const pipeline = this.#sources.pipeline();
    const self = await this.#sources.self();
    return { event_bus: pipeline.bus.stats(), processor: pipeline.stats(), self };
  }

  smb(): Promise<SmbAnswer> {
    return this.#sources.smb();
  }

  processes(): TopProcesses {
    return this.#sources.processes();
  }

  async status(): Promise<Record<string, unknown>> {
    return { ...await this.#sources.link.status() };
  }

  ready(): Readiness {
    return this.#sources.ready();
  }

  families(): Promise<MetricFamily[]> {
    return this.#sources.families();
  }

  outputDir(): string {
    return this.#sources.outputDir();
  }

  async snapshot(): Promise<BundleMade> {
    const response = await this.#sources.link.ask("snapshot");
    if (!response.ok) throw new Error(response.error);
    const { id, bytes, verdict } = response.result as SealedInfo;
    return { id, bytes, verdict };
  }

  async reload(): Promise<ReloadResult> {
    const response = await this.#sources.link.ask("reload");
    if (!response.ok) return response;
    const { changes } = response.result as { changes: ConfigChange[] };
    return { ok: true, changes };
  }

  onEvent(listener: (event: BusEvent) => void): () => void {
    return subscribe(this.#sources.pipeline().onEvent, listener);
  }

  onMetrics(listener: (update: MetricsUpdate) => void): () => void {
    return subscribe(this.#sources.pipeline().onSample, (event: BusEvent) => {
      const points = metricPoints(event).map(({ key, value }) => [key, value]);
      listener({ timestamp: event.timestamp, values: Object.fromEntries(points) });
    });
  }
}

function subscribe<T>(listeners: Set<T>, listener: T): () => void {
  listeners.add(listener);
  return () => void listeners.delete(listener);
}
